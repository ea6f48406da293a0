"""Slip a check in among the tasks of a claim. To its annotator it is a task like any other: same row, same lease.

The cost is that of the pool of checks, whatever the size of the project: each is asked for through a unique index.
"""

from collections import Counter
from collections.abc import Hashable
from datetime import datetime
from random import Random, SystemRandom
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from labeling.outbox import events
from labeling.quality.gold_choice import next_gold
from labeling.quality.gold_place import MOST, difficulty, place_of_gold
from tasks.models import ClaimCursor, Gold, Task
from tasks.models.gold import GoldKind
from tasks.selectors.eligibility import OpenProject
from tasks.services.claim_order import Order
from tasks.states import AssignmentState, GoldState, TaskState

MOST_CONSIDERED = 1000  # of a pool of checks
Stratum = tuple[str, str]  # class, difficulty
rng: Random = SystemRandom()

POOL = """
SELECT g.task_id, g.label, g.judged, g.failed, a.state, a.leased_at IS NOT NULL
FROM tasks_gold g LEFT JOIN tasks_assignment a ON a.task_id = g.task_id AND a.annotator_id = %s
WHERE g.project_id = %s AND g.kind = %s AND g.state = 'active' ORDER BY g.id LIMIT %s
"""
GIVE = """
INSERT INTO tasks_assignment (organization_id, project_id, task_id, annotator_id, state, schema_version, expires_at,
                              offered_at, leased_at, active_ms, skip_reason, skip_note)
VALUES (%s, %s, %s, %s, %s, COALESCE((SELECT own_version FROM tasks_task WHERE id = %s), %s), %s, %s, %s, 0, '', '')
ON CONFLICT (task_id, annotator_id) DO UPDATE
SET state = excluded.state, schema_version = excluded.schema_version, expires_at = excluded.expires_at,
    offered_at = excluded.offered_at, leased_at = excluded.leased_at, finished_at = NULL
WHERE tasks_assignment.state = 'expired' AND tasks_assignment.leased_at IS NULL
RETURNING id
"""


class Lost(Exception):
    """The task went to the same person in another tab, or is no check any more: there is none this time."""


def place_in(project: OpenProject, count: int) -> int | None:
    """The place of a check among the next `count` tasks; None for none."""
    if not project.checks or count < 1:
        return None
    rate = MOST if project.check_rate is None else project.check_rate
    return place_of_gold(rate, count, after_gold=project.checked, rng=rng)


def take_gold(order: Order) -> list[int]:
    """An assignment of a check this person has not seen, as a list; empty when there is none left for them."""
    chosen = _choose(order)
    if chosen is None:
        return []
    try:
        return [_give(order, chosen)]
    except Lost:
        return []


def _choose(order: Order) -> int | None:
    """A task of the pool. One that was only offered, never opened, was not seen."""
    unseen: dict[int, Stratum] = {}
    met: list[Stratum] = []
    exposed: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(POOL, [order.annotator_id, order.project_id, GoldKind.GOLD.value, MOST_CONSIDERED])
        rows = cursor.fetchall()
    rng.shuffle(rows)  # among equals chance decides, not who was first
    for place, (_, label, judged, failed, state, was_leased) in enumerate(rows):
        stratum = (label, difficulty(judged, failed))
        if state is None or (state == AssignmentState.EXPIRED and not was_leased):
            unseen[place], exposed[place] = stratum, judged
        else:
            met.append(stratum)
    strata = Counter([*unseen.values(), *met])
    shares: dict[Hashable, float] = {stratum: number / strata.total() for stratum, number in strata.items()}
    chosen = next_gold(unseen, met, shares, exposed)
    return None if chosen is None else int(rows[chosen][0])


@transaction.atomic
def _give(order: Order, task_id: int) -> int:
    """The task is locked before the assignment, as everywhere."""
    if not Task.objects.filter(pk=task_id, state=TaskState.CHECK).update(taken=F("taken") + 1):
        raise Lost
    assignment_id = insert_turn(order, task_id)
    ClaimCursor.objects.bulk_create(
        [ClaimCursor(project_id=order.project_id, annotator_id=order.annotator_id, epoch=order.epoch, checked=True)],
        update_conflicts=True,
        unique_fields=["project", "annotator"],
        update_fields=["checked"],
    )
    events.emit(
        f"assignment.{order.state}",
        organization_id=order.organization_id,
        project_id=order.project_id,
        actor_id=order.annotator_id,
        assignments=[assignment_id],
    )
    return assignment_id


def insert_turn(order: Order, task_id: int) -> int:
    """The person's assignment of the task; Lost when they have had it. On both databases RETURNING tells which."""

    def when(moment: datetime | None) -> Any:
        return connection.ops.adapt_datetimefield_value(moment) if moment is not None else None

    offered = order.state == AssignmentState.OFFERED
    values: list[Any] = [
        order.organization_id,
        order.project_id,
        task_id,
        order.annotator_id,
        order.state,
        task_id,
        order.version,
    ]
    values += [when(order.until), when(order.now if offered else None), when(None if offered else order.now)]
    with connection.cursor() as cursor:
        cursor.execute(GIVE, values)
        row = cursor.fetchone()
    if row is None:
        raise Lost
    return int(row[0])


def checks_of(project_id: int) -> int:
    return Gold.objects.filter(project=project_id, kind=GoldKind.GOLD, state=GoldState.ACTIVE).count()
