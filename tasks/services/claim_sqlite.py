"""The same claim on SQLite, which has no statement that writes three tables: one short transaction instead.

It must run inside `transaction.atomic` with `transaction_mode=IMMEDIATE`: nobody else writes between its statements.
"""

from typing import Any

from django.db import connection

from tasks.services.claim_order import Order, Taken

CANDIDATES = """
    SELECT t.id, t.priority * -1, t.taken FROM tasks_task t
    WHERE t.project_id = %s AND COALESCE(t.kept_for_id, 0) = %s AND t.state = 'open' AND t.taken < t.wanted AND {behind}
      AND COALESCE((SELECT a.state FROM tasks_assignment a
                    WHERE a.task_id = t.id AND a.annotator_id = %s), 'expired') IN ('expired', 'returned')
      AND (t.batch_id IS NULL OR (SELECT b.state FROM tasks_batch b WHERE b.id = t.batch_id)
           NOT IN ('staging', 'paused'))
      AND (SELECT p.state FROM tasks_project p WHERE p.id = t.project_id) = 'running'
    ORDER BY {order} LIMIT %s
"""
LANES = """
    SELECT 0 UNION SELECT given.batch_id FROM tasks_batch_groups given
    JOIN workers_group_users member ON member.group_id = given.group_id WHERE member.user_id = %s
"""
# SQLite walks no row comparison on an expression: what lies behind (rank, taken, id) are three ranges, nearest first.
# Each is ordered by what varies in it, else SQLite would sort the whole range.
RANGES: tuple[tuple[str, str, slice], ...] = (
    ("t.priority * -1 = %s AND t.taken = %s AND t.id > %s", "t.id", slice(0, 3)),
    ("t.priority * -1 = %s AND t.taken > %s", "t.taken, t.id", slice(0, 2)),
    ("t.priority * -1 > %s", "t.priority * -1, t.taken, t.id", slice(0, 1)),
)
GIVE = """
    INSERT INTO tasks_assignment (organization_id, project_id, task_id, annotator_id, state, schema_version, expires_at,
                                  offered_at, leased_at, active_ms, skip_reason, skip_note)
    SELECT %s, %s, t.id, %s, %s, COALESCE(t.own_version, %s), %s, %s, %s, 0, '', '' FROM tasks_task t WHERE t.id = %s
    ON CONFLICT (task_id, annotator_id) DO UPDATE
    SET state = excluded.state, schema_version = excluded.schema_version, expires_at = excluded.expires_at,
        offered_at = COALESCE(excluded.offered_at, offered_at), leased_at = COALESCE(excluded.leased_at, leased_at),
        finished_at = NULL
"""
MOVE_CURSOR = """
    INSERT INTO tasks_claimcursor (project_id, annotator_id, epoch, rank, taken, task_id, exhausted_until, rewound_at,
                                   checked)
    VALUES (%s, %s, %s, %s, %s, %s, NULL, %s, FALSE)
    ON CONFLICT (project_id, annotator_id) DO UPDATE
    SET epoch = excluded.epoch, rank = excluded.rank, taken = excluded.taken, task_id = excluded.task_id,
        checked = FALSE, exhausted_until = NULL, rewound_at = COALESCE(excluded.rewound_at, rewound_at)
"""


def take(order: Order) -> Taken:
    def when(moment: Any) -> Any:
        return connection.ops.adapt_datetimefield_value(moment)

    with connection.cursor() as cursor:
        found = candidates(cursor, order)
        if not found:
            return Taken([], [])
        offered = order.state == "offered"
        now, until = when(order.now), when(order.until)
        tasks = [task for task, _, _ in found]
        marks = ", ".join(["%s"] * len(tasks))
        cursor.execute(f"UPDATE tasks_task SET taken = taken + 1 WHERE id IN ({marks})", tasks)
        who = (order.organization_id, order.project_id)
        how = (
            order.annotator_id,
            order.state,
            order.version,
            until,
            now if offered else None,
            None if offered else now,
        )
        cursor.executemany(GIVE, [(*who, *how, task) for task in tasks])
        task, rank, taken = found[-1]
        rewound = now if order.start[2] == 0 else None
        cursor.execute(MOVE_CURSOR, [order.project_id, order.annotator_id, order.epoch, rank, taken, task, rewound])
        cursor.execute(
            f"SELECT task_id, id FROM tasks_assignment WHERE annotator_id = %s AND task_id IN ({marks})",
            [order.annotator_id, *tasks],
        )
        ids = dict(cursor.fetchall())
    return Taken([ids[task] for task in tasks], [])


def candidates(cursor: Any, order: Order) -> list[tuple[int, int, int]]:
    """(task, rank, taken) of the first ones behind the start, of all lanes that are this person's."""
    cursor.execute(LANES, [order.annotator_id])
    lanes = [lane for (lane,) in cursor.fetchall()]
    found: list[tuple[int, int, int]] = []
    for behind, nearest, part in RANGES:
        wanted = order.count - len(found)
        if not wanted:
            break
        start: tuple[int, ...] = order.start
        here: list[tuple[int, int, int]] = []
        for lane in lanes:
            values = [order.project_id, lane, *start[part], order.annotator_id, wanted]
            cursor.execute(CANDIDATES.format(behind=behind, order=nearest), values)
            here += cursor.fetchall()
        found += sorted(here, key=lambda row: (row[1], row[2], row[0]))[:wanted]
    return found
