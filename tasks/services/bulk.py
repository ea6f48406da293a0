"""Change many tasks at once: asked for by a selection or by filters, made by a job in chunks, and taken back likewise.

Tasks are walked through in the order of their ids. A chunk, what its tasks were before, and the position after it are
one transaction, so a killed worker loses nothing and repeats nothing; the lease is that of imports.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labeling.errors import GroundworkError, InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import AcceptedTask, Batch, Bulk, BulkChange, Project, Task
from tasks.models.items import BulkKind
from tasks.selectors.item_filters import matching
from tasks.selectors.items import count_up_to
from tasks.services.batch_tasks import OPEN_FOR_TASKS
from tasks.services.bulk_kinds import KINDS
from tasks.services.work_leases import let_go, renew
from tasks.states import BulkState
from workers.models import User

CHUNK = 500
WORK_SECONDS = 20  # of one job; it goes on in another
LEASE = timedelta(seconds=45)
MOST_CRASHES = 3
MOST_CHOSEN = 5000  # tasks of a selection
MOST_COUNTED = 100_000
UNDER_WAY = (BulkState.WAITING, BulkState.RUNNING, BulkState.UNDOING)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do as things stand. At least so many, where `is_more`."""

    matching: int
    affected: int
    is_more: bool


def preview(
    *,
    project: Project,
    kind: str,
    filters: dict[str, Any],
    priority: int | None = None,
    batch: Batch | None = None,
) -> Preview:
    _check(kind, filters, priority, batch)
    found = matching(project, **filters)
    fitting = eligible(kind, found, priority, batch.pk if batch else None)
    all_of, some = count_up_to(found, MOST_COUNTED), count_up_to(fitting, MOST_COUNTED)
    return Preview(min(all_of, MOST_COUNTED), min(some, MOST_COUNTED), all_of > MOST_COUNTED)


@transaction.atomic
def request_bulk(
    *,
    project: Project,
    kind: str,
    filters: dict[str, Any],
    actor: User | None,
    now: datetime,
    priority: int | None = None,
    batch: Batch | None = None,
) -> Bulk:
    """Queue it. Tasks that come later are not meant, nor those that are no longer in a state to be changed."""
    foreseen = preview(project=project, kind=kind, filters=filters, priority=priority, batch=batch)
    last = Task.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
    bulk = Bulk.objects.create(
        project=project,
        kind=kind,
        priority=priority if kind == BulkKind.PRIORITISE else None,
        batch=batch if kind == BulkKind.BATCH else None,
        filters=_stored(filters),
        last_task=last,
        total=foreseen.affected,
        created_by=actor,
        created_at=now,
    )
    _emit("bulk.requested", bulk, actor)
    return bulk


@transaction.atomic
def undo_bulk(*, bulk: Bulk, actor: User | None) -> None:
    """Queue its way back: every task that nobody has changed since becomes what it was."""
    if not KINDS[BulkKind(bulk.kind)].can_undo:
        raise StaleState(f"change {bulk.pk} cannot be undone")
    Bulk.objects.move(
        bulk.pk, BulkState(bulk.state), BulkState.UNDOING, position=0, worked_at=None, finished_at=None, error=""
    )
    _emit("bulk.undo_requested", bulk, actor)


def eligible(kind: str, tasks: QuerySet[Task], priority: int | None, batch_id: int | None = None) -> QuerySet[Task]:
    """Those that are in a state to be changed."""
    found = tasks.filter(KINDS[BulkKind(kind)].eligible)
    if kind == BulkKind.PRIORITISE and priority is not None:
        found = found.exclude(priority=priority)
    if kind == BulkKind.BATCH and batch_id is not None:
        found = found.filter(Q(batch=None) | ~Q(batch=batch_id))
    if kind == BulkKind.REOPEN:  # what a machine settled alone is opened again on the machines' page, all of it
        found = found.exclude(Exists(AcceptedTask.objects.filter(task=OuterRef("pk"), reopened_at=None)))
    return found


def run_bulk(*, bulk_id: int, seconds: float = WORK_SECONDS) -> None:
    """Work on it for a while, if it is free."""
    bulk = _take(bulk_id, timezone.now())
    if bulk is None:
        return
    until = time.monotonic() + seconds
    step = _undo_chunk if bulk.state == BulkState.UNDOING else _do_chunk
    try:
        while step(bulk):
            if time.monotonic() >= until:
                _give_back(bulk)
                return
        _finish(bulk)
    except StaleState:
        return  # somebody else has it now
    except GroundworkError as error:
        fail_bulk(bulk=bulk, error=str(error))


def _take(bulk_id: int, now: datetime) -> Bulk | None:
    bulk = Bulk.objects.select_related("project", "created_by").filter(pk=bulk_id).first()
    if bulk is None or bulk.state not in UNDER_WAY or (bulk.worked_at and bulk.worked_at > now - LEASE):
        return None
    crashes = bulk.crashes + (bulk.worked_at is not None)
    state = BulkState.RUNNING if bulk.state == BulkState.WAITING else BulkState(bulk.state)
    unchanged = Bulk.objects.filter(pk=bulk.pk, state=bulk.state, worked_at=bulk.worked_at)
    if not unchanged.update(state=state, worked_at=now, crashes=crashes):
        return None
    bulk.state, bulk.worked_at, bulk.crashes = state, now, crashes
    if crashes > MOST_CRASHES:
        fail_bulk(bulk=bulk, error=f"it stopped {crashes} times at the same place, after task {bulk.position}")
        return None
    return bulk


@transaction.atomic
def _do_chunk(bulk: Bulk) -> int:
    """How many tasks were looked at; 0 at the end."""
    kind = KINDS[BulkKind(bulk.kind)]
    rest = matching(bulk.project, **_read(bulk.filters)).filter(pk__gt=bulk.position, pk__lte=bulk.last_task)
    ids = list(
        eligible(bulk.kind, rest, bulk.priority, bulk.batch_id).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    )
    if not ids:
        return 0
    _renew(bulk, position=ids[-1], crashes=0)
    fitting = set(Task.objects.filter(kind.eligible, pk__in=ids).values_list("pk", flat=True))
    tasks = [task for task in _locked(ids) if task.pk in fitting and kind.fits(task)]
    before = kind.do(bulk, tasks, timezone.now()) if tasks else {}
    BulkChange.objects.bulk_create([BulkChange(bulk=bulk, task_id=pk, before=was) for pk, was in before.items()])
    _count(bulk, changed=len(before), skipped=len(ids) - len(before))
    return len(ids)


@transaction.atomic
def _undo_chunk(bulk: Bulk) -> int:
    kind = KINDS[BulkKind(bulk.kind)]
    rows = bulk.changes.filter(task__gt=bulk.position).order_by("task_id")
    before = dict(rows.values_list("task_id", "before")[:CHUNK])
    if not before:
        return 0
    _renew(bulk, position=max(before), crashes=0)
    done = kind.undo(bulk, _locked(list(before)), before, timezone.now())
    _count(bulk, undone=done)
    return len(before)


def _locked(ids: list[int]) -> list[Task]:
    tasks = Task.objects.filter(pk__in=ids).order_by("pk")
    if connection.features.has_select_for_update:
        tasks = tasks.select_for_update(no_key=True)
    return list(tasks)


@transaction.atomic
def _finish(bulk: Bulk) -> None:
    is_undo = bulk.state == BulkState.UNDOING
    to = BulkState.UNDONE if is_undo else BulkState.DONE
    _renew(bulk, state=to, finished_at=timezone.now())
    bulk.refresh_from_db(fields=["changed", "undone"])
    count = bulk.undone if is_undo else bulk.changed
    _emit("bulk.undone" if is_undo else f"bulk.{KINDS[BulkKind(bulk.kind)].told}", bulk, bulk.created_by, count=count)


@transaction.atomic
def fail_bulk(*, bulk: Bulk, error: str) -> None:
    """Give up. What was changed until then stays, and can be undone."""
    _renew(bulk, state=BulkState.FAILED, error=error, finished_at=timezone.now())
    _emit("bulk.failed", bulk, bulk.created_by, error=error)


@transaction.atomic
def _give_back(bulk: Bulk) -> None:
    """End the lease and ask for the next job."""
    let_go(bulk)
    _emit("bulk.continued", bulk, None)


def _renew(bulk: Bulk, **changes: Any) -> None:
    renew(bulk, bulk.state, **changes)


def _count(bulk: Bulk, **more: int) -> None:
    Bulk.objects.filter(pk=bulk.pk).update(**{name: F(name) + number for name, number in more.items()})


def stuck_bulks(before: datetime) -> QuerySet[Bulk]:
    """Nobody works on them: a lost message, a killed worker."""
    idle = Q(worked_at=None) | Q(worked_at__lt=before)
    return Bulk.objects.filter(idle, state__in=UNDER_WAY, created_at__lt=timezone.now() - timedelta(seconds=5))


def _check(kind: str, filters: dict[str, Any], priority: int | None, batch: Batch | None) -> None:
    problems = []
    if kind == BulkKind.BATCH and (batch is None or batch.is_ordered or batch.state not in OPEN_FOR_TASKS):
        problems.append(Problem("batch", "must be a batch of this project that takes tasks", "choice"))
    if kind not in BulkKind.values:
        problems.append(Problem("kind", f"must be one of {', '.join(BulkKind.values)}, not {kind!r}", "choice"))
    if kind == BulkKind.PRIORITISE and (priority is None or not -1000 <= priority <= 1000):
        problems.append(Problem("priority", "must be between -1000 and 1000", "range"))
    if len(filters.get("only") or ()) > MOST_CHOSEN:
        problems.append(Problem("tasks", f"at most {MOST_CHOSEN} can be chosen one by one", "max_length"))
    if problems:
        raise InvalidInput(problems)


def _stored(filters: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in filters.items()}


def _read(filters: dict[str, Any]) -> dict[str, Any]:
    times = ("answered_from", "answered_to")
    return {name: parse_datetime(value) if name in times else value for name, value in filters.items()}


def _emit(kind: str, bulk: Bulk, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=bulk.project.organization_id,
        object_id=bulk.pk,
        project_id=bulk.project_id,
        actor_id=actor.pk if actor else None,
        **payload,
    )
