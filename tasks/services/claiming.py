"""Give open slots of tasks to annotators: exact under concurrency, and as cheap in a huge project as in a small one.

Open tasks have an order: urgent first, then those with the fewest slots taken, then the oldest. Each annotator has a
cursor in that order. A slot that opens behind cursors raises the project's epoch; a cursor of a lower epoch goes back
to the start.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from labeling.outbox import events
from tasks.models import ClaimCursor, Task
from tasks.selectors.eligibility import Annotator, OpenProject, open_projects
from tasks.selectors.workload import rooms_in
from tasks.services import claim_postgres, claim_sqlite
from tasks.services.claim_gold import place_in, take_gold
from tasks.services.claim_order import START, Order, Taken
from tasks.services.entering import claim_practice
from tasks.services.slots import slots_opened
from tasks.states import AssignmentState

__all__ = ["claim", "claim_next", "slots_opened"]

EXHAUSTED = timedelta(seconds=5)  # nothing was left: the next look costs as much as the annotator has open answers
REWIND_PAUSE = timedelta(seconds=10)  # slots open behind the cursors all the time, and a rewind has the same cost


def claim_next(
    *, who: Annotator, count: int, now: datetime, project_id: int | None = None, state: str = AssignmentState.LEASED
) -> list[int]:
    """Up to `count` assignments out of everything the annotator may work on, most urgent project first; their ids.

    Offers leave out projects with self-selection: there a slot belongs to whoever chooses it.
    """
    claimed: list[int] = []
    projects = open_projects(who, project_id=project_id, to_offer=state == AssignmentState.OFFERED)
    room = rooms_in({project.id: project.most_answers for project in projects}, who, now)
    for project in projects:
        if len(claimed) >= count:
            break
        if not project.is_admitted:
            lessons, is_through = claim_practice(project=project, annotator_id=who.user_id, now=now)
            claimed += lessons
            if not is_through:
                continue
        wanted = min(count - len(claimed), room.get(project.id, count))
        if wanted and not project.is_exhausted(now):
            claimed += claim(project=project, annotator_id=who.user_id, count=wanted, now=now, state=state)
    return claimed


def claim(
    *, project: OpenProject, annotator_id: int, count: int, now: datetime, state: str = AssignmentState.LEASED
) -> list[int]:
    """Up to `count` slots of one project. Empty only if nothing is left for this annotator.

    The second look, from the start and waiting for others' claims, finds what opened behind the cursor and what
    somebody else held locked. It takes one task, so that two waiting claims can never wait for each other.
    A check takes the place of one of the tasks now and then; the ids of the assignments tell nothing of it.
    """
    behind = project.seen_epoch is None or project.seen_epoch < project.epoch
    rewind = behind and (project.rewound_at is None or project.rewound_at <= now - REWIND_PAUSE)
    start = START if rewind or project.position is None else project.position
    epoch = project.epoch if rewind or project.seen_epoch is None else project.seen_epoch
    lasting = settings.OFFER_SECONDS if state == AssignmentState.OFFERED else settings.LEASE_SECONDS
    order = Order(
        project_id=project.id,
        organization_id=project.organization_id,
        annotator_id=annotator_id,
        version=project.version,
        count=count,
        state=state,
        now=now,
        until=now + timedelta(seconds=lasting),
        start=start,
        epoch=epoch,
        wait=False,
    )
    place = place_in(project, count)
    if place is None:
        return _ordinary(order, project)
    before = _ordinary(replace(order, count=place), project) if place else []
    if len(before) < place:
        return before  # nothing is left: a check would be noticed, and wasted
    gold = take_gold(order)
    left = count - place - len(gold)
    rest = replace(_behind_cursor(order) if before else order, count=left)
    return before + gold + (_ordinary(rest, project) if left else [])


def _ordinary(order: Order, project: OpenProject) -> list[int]:
    again = replace(order, start=START, epoch=project.epoch, count=1, wait=True)
    return _take(order) or _take(again) or _remember_exhausted(project, order.annotator_id, order.now)


def _behind_cursor(order: Order) -> Order:
    """The order again from where the cursor stands by now."""
    cursor = ClaimCursor.objects.get(project=order.project_id, annotator=order.annotator_id)
    return replace(order, start=(cursor.rank, cursor.taken, cursor.task_id), epoch=cursor.epoch)


@transaction.atomic
def _take(order: Order) -> list[int]:
    taken: Taken = (claim_postgres if connection.vendor == "postgresql" else claim_sqlite).take(order)
    if taken.lost_task_ids:
        Task.objects.filter(pk__in=taken.lost_task_ids).update(taken=F("taken") - 1)
    if taken.assignment_ids:
        events.emit(
            f"assignment.{order.state}",
            organization_id=order.organization_id,
            project_id=order.project_id,
            actor_id=order.annotator_id,
            assignments=taken.assignment_ids,
        )
    return taken.assignment_ids


def _remember_exhausted(project: OpenProject, annotator_id: int, now: datetime) -> list[int]:
    rank, taken, task_id = START
    ClaimCursor.objects.bulk_create(
        [
            ClaimCursor(
                project_id=project.id,
                annotator_id=annotator_id,
                epoch=project.epoch,
                rank=rank,
                taken=taken,
                task_id=task_id,
                exhausted_until=now + EXHAUSTED,
                rewound_at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["project", "annotator"],
        update_fields=["epoch", "rank", "taken", "task_id", "exhausted_until", "rewound_at"],
    )
    return []
