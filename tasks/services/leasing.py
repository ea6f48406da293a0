"""Leases: from the inbox to the screen, kept alive, given back.

Lock order everywhere: task, then assignment, then project. Whoever frees a slot raises the project's epoch.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from labeling.errors import StaleState
from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.models import Assignment, Task
from tasks.selectors.eligibility import Annotator
from tasks.services.slots import slots_opened
from tasks.states import HELD, AssignmentState

CHUNK = 200
RENEW = timedelta(seconds=30)  # a lease renewed less than this ago is not written again


def lease_until(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


@transaction.atomic
def lease_offers(*, who: Annotator, assignment_ids: list[int], now: datetime) -> list[int]:
    """Turn own offers into leases with one guarded UPDATE; those that ended meanwhile are left out."""
    until = lease_until(now)
    mine = Assignment.objects.filter(pk__in=assignment_ids, annotator_id=who.user_id)
    leased = mine.filter(state=AssignmentState.OFFERED, expires_at__gt=now).update(
        state=AssignmentState.LEASED, leased_at=now, expires_at=until
    )
    if leased < len(assignment_ids):
        still = set(mine.filter(state=AssignmentState.LEASED, expires_at=until).values_list("pk", flat=True))
        assignment_ids = [pk for pk in assignment_ids if pk in still]
    if assignment_ids:
        events.emit(
            "assignment.leased",
            organization_id=who.organization_id,
            actor_id=who.user_id,
            assignments=assignment_ids,
        )
    return assignment_ids


def heartbeat(*, who: Annotator, assignment_ids: Sequence[int], now: datetime) -> None:
    """Extend the leases that are still alive. Others are silently left: their answer may still be taken late."""
    until = lease_until(now)
    Assignment.objects.filter(
        pk__in=assignment_ids,
        annotator_id=who.user_id,
        organization_id=who.organization_id,
        state=AssignmentState.LEASED,
        expires_at__gt=now,
        expires_at__lt=until - RENEW,
    ).update(expires_at=until)


def take_up(*, who: Annotator, assignment_ids: Sequence[int], now: datetime) -> None:
    """Leases that a page receives once more: they begin anew, so that an older page's farewell does not end them."""
    mine = Assignment.objects.filter(pk__in=assignment_ids, annotator_id=who.user_id, state=AssignmentState.LEASED)
    mine.update(expires_at=lease_until(now))


def renew(*, assignment: Assignment, now: datetime) -> None:
    """Start one lease anew; StaleState when it has ended."""
    alive = Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.LEASED, expires_at__gt=now)
    if not alive.update(expires_at=lease_until(now)):
        raise StaleState(f"the lease of assignment {assignment.pk} has ended")


@transaction.atomic
def give_back(
    *,
    assignment: Assignment,
    to: AssignmentState,
    kind: str,
    now: datetime,
    as_of: datetime | None = None,
    **changes: object,
) -> None:
    """A leased slot goes back to the pool at once: the lease becomes returned or skipped.

    StaleState when it has ended meanwhile, as by an answer from the same person's other tab, or was taken up again
    after `as_of`.
    """
    leases = (
        Assignment.objects.all() if as_of is None else Assignment.objects.filter(expires_at__lte=lease_until(as_of))
    )
    if not Task.objects.filter(pk=assignment.task_id, answered__lt=F("taken")).update(taken=F("taken") - 1):
        raise StaleState(f"the lease of assignment {assignment.pk} has ended")
    leases.move(assignment.pk, AssignmentState.LEASED, to, expires_at=None, finished_at=now, **changes)
    slots_opened(assignment.project_id)
    events.emit(
        kind,
        organization_id=assignment.organization_id,
        object_id=assignment.pk,
        project_id=assignment.project_id,
        actor_id=assignment.annotator_id,
        task=assignment.task_id,
        **{name: value for name, value in changes.items() if name == "skip_reason"},
    )


def return_lease(*, assignment: Assignment, now: datetime, as_of: datetime | None = None) -> None:
    """The annotator does not want it now; they may get it again. A repeat changes nothing.

    Whoever returns it as of a moment knows nothing of what came after: not of another page that took it up since.
    """
    if assignment.state == AssignmentState.RETURNED:
        return
    if assignment.state != AssignmentState.LEASED:
        raise StaleState(f"assignment {assignment.pk} is {assignment.state}, not leased")
    give_back(assignment=assignment, to=AssignmentState.RETURNED, kind="assignment.returned", now=now, as_of=as_of)


def expire_overdue(*, now: datetime) -> int:
    """Give the slots of overdue offers and leases back; returns how many. Safe to run twice at once."""
    expired = 0
    while done := expire(Assignment.objects.filter(state__in=HELD, expires_at__lt=now), now=now):
        expired += done
    return expired


def take_offers_back(*, project_id: int, task_ids: Sequence[int], now: datetime) -> Counter[int]:
    """These tasks ask nobody any more: what of them lies unopened in inboxes goes; how many slots of each.

    For the caller's transaction, which has locked the tasks. An offer that is being opened at this moment is left to
    who opens it: waiting for them could block both.
    """
    offers = Assignment.objects.filter(task__in=task_ids, state=AssignmentState.OFFERED).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        offers = offers.select_for_update(skip_locked=True)
    found = dict(offers.values_list("pk", "task_id"))
    if not found:
        return Counter()
    Assignment.objects.filter(pk__in=found).update(state=AssignmentState.EXPIRED, expires_at=None, finished_at=now)
    freed = Counter(found.values())
    for count in set(freed.values()):
        Task.objects.filter(pk__in=[pk for pk in freed if freed[pk] == count]).update(taken=F("taken") - count)
    organization_id = Assignment.objects.values_list("organization_id", flat=True).get(pk=min(found))
    events.emit("assignment.expired", organization_id=organization_id, project_id=project_id, assignments=sorted(found))
    return freed


@transaction.atomic
def expire(rows: QuerySet[Assignment], *, now: datetime) -> int:
    """One chunk of these rows: back to the pool. Rows that are answered or renewed meanwhile are not touched."""
    found = list(rows.order_by("expires_at").values_list("pk", "task_id")[:CHUNK])
    if not found:
        return 0
    tasks = Task.objects.filter(pk__in={task for _, task in found}).order_by("pk")
    held = rows.filter(pk__in=[pk for pk, _ in found]).order_by("pk")
    if connection.features.has_select_for_update:
        list(tasks.select_for_update(no_key=True).values_list("pk"))
        held = held.select_for_update()
    still = list(held.values_list("pk", "task_id", "project_id", "organization_id"))
    if not still:
        return 0
    Assignment.objects.filter(pk__in=[pk for pk, *_ in still]).update(
        state=AssignmentState.EXPIRED, expires_at=None, finished_at=now
    )
    by_count = defaultdict(list)
    for task, count in Counter(task for _, task, *_ in still).items():
        by_count[count].append(task)
    for count, ids in by_count.items():
        Task.objects.filter(pk__in=ids).update(taken=F("taken") - count)
    by_project = defaultdict(list)
    for pk, _, project, organization in still:
        by_project[organization, project].append(pk)
    for _, project in sorted(by_project):
        slots_opened(project)
    events.emit_many(
        [
            Event(
                organization_id=organization,
                kind="assignment.expired",
                project_id=project,
                payload={"assignments": ids},
            )
            for (organization, project), ids in by_project.items()
        ]
    )
    return len(still)
