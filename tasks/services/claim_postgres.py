"""Claim in one statement: pick open tasks, count their slots, write the assignments, move the cursor.

Nothing here may depend on the size of the project or on how much the annotator has done:
- the row comparison is one range of the partial index `task_open` in each lane: that of everybody's tasks, and one for
  each batch that is given to a group of theirs. What is kept for others is not looked at, however much it is. The lanes
  are locked in the order of their ids, so that two who wait for each other's tasks cannot block both;
- a batch that is staged or paused is asked for its state per candidate: its tasks follow it out of the index, but some
  may be opened meanwhile (`batch_tasks.follow`);
- whether the annotator has had a task is asked per candidate, through the unique index (a NOT EXISTS may become a hash
  join over all of their assignments), and the cursor lies behind what they have had.
"""

from django.db import connection

from tasks.services.claim_order import Order, Taken

CLAIM = """
WITH lane AS MATERIALIZED (
    SELECT 0::bigint AS id
    UNION
    SELECT given.batch_id FROM tasks_batch_groups given
    JOIN workers_group_users member ON member.group_id = given.group_id
    WHERE member.user_id = %(annotator)s
    ORDER BY id
), candidate AS (
    SELECT found.id, found.rank, found.taken FROM lane CROSS JOIN LATERAL (
        SELECT t.id, t.priority * -1 AS rank, t.taken
        FROM tasks_task t
        WHERE t.project_id = %(project)s AND t.state = 'open' AND t.taken < t.wanted
          AND COALESCE(t.kept_for_id, 0) = lane.id
          AND (t.priority * -1, t.taken, t.id) > (%(rank)s, %(taken)s, %(task)s)
          AND COALESCE((SELECT a.state FROM tasks_assignment a WHERE a.task_id = t.id
                        AND a.annotator_id = %(annotator)s), 'expired') IN ('expired', 'returned')
          AND (t.batch_id IS NULL OR (SELECT b.state FROM tasks_batch b WHERE b.id = t.batch_id)
               NOT IN ('staging', 'paused'))
          AND (SELECT p.state FROM tasks_project p WHERE p.id = %(project)s) = 'running'
        ORDER BY t.priority * -1, t.taken, t.id
        LIMIT %(count)s
        FOR UPDATE OF t {locked}
    ) found
    ORDER BY found.rank, found.taken, found.id
    LIMIT %(count)s
), raised AS (
    UPDATE tasks_task t SET taken = t.taken + 1 FROM candidate c WHERE t.id = c.id RETURNING t.id, t.own_version
), moved AS (
    INSERT INTO tasks_claimcursor (project_id, annotator_id, epoch, rank, taken, task_id, exhausted_until, rewound_at,
                                   checked)
    SELECT %(project)s, %(annotator)s, %(epoch)s, c.rank, c.taken, c.id, NULL, %(rewound)s::timestamptz, FALSE
    FROM candidate c ORDER BY c.rank DESC, c.taken DESC, c.id DESC LIMIT 1
    ON CONFLICT (project_id, annotator_id) DO UPDATE
    SET epoch = excluded.epoch, rank = excluded.rank, taken = excluded.taken, task_id = excluded.task_id,
        checked = FALSE, exhausted_until = NULL,
        rewound_at = COALESCE(excluded.rewound_at, tasks_claimcursor.rewound_at)
), given AS (
    INSERT INTO tasks_assignment (organization_id, project_id, task_id, annotator_id, state, schema_version, expires_at,
                                  offered_at, leased_at, active_ms, skip_reason, skip_note)
    SELECT %(organization)s, %(project)s, r.id, %(annotator)s, %(state)s, COALESCE(r.own_version, %(version)s),
           %(until)s, %(offered)s::timestamptz, %(leased)s::timestamptz, 0, '', ''
    FROM raised r
    ON CONFLICT (task_id, annotator_id) DO UPDATE
    SET state = excluded.state, schema_version = excluded.schema_version, expires_at = excluded.expires_at,
        offered_at = COALESCE(excluded.offered_at, tasks_assignment.offered_at),
        leased_at = COALESCE(excluded.leased_at, tasks_assignment.leased_at), finished_at = NULL
    WHERE tasks_assignment.state IN ('expired', 'returned')
    RETURNING id, task_id
)
SELECT c.id, g.id FROM candidate c LEFT JOIN given g ON g.task_id = c.id ORDER BY c.rank, c.taken, c.id
"""


def take(order: Order) -> Taken:
    rank, taken, task = order.start
    offered = order.state == "offered"
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM.format(locked="" if order.wait else "SKIP LOCKED"),
            {
                "project": order.project_id,
                "organization": order.organization_id,
                "annotator": order.annotator_id,
                "version": order.version,
                "epoch": order.epoch,
                "count": order.count,
                "rank": rank,
                "taken": taken,
                "task": task,
                "state": order.state,
                "until": order.until,
                "offered": order.now if offered else None,
                "leased": None if offered else order.now,
                "rewound": order.now if task == 0 else None,
            },
        )
        rows = cursor.fetchall()
    return Taken(
        assignment_ids=[assignment for _, assignment in rows if assignment is not None],
        lost_task_ids=[task_id for task_id, assignment in rows if assignment is None],
    )
