"""The tasks of a batch: put into it, and brought to what it says of them.

A batch says whether its tasks are asked and how urgently. A claim asks the batch itself whether it is paused, so that
this takes effect at once however many tasks there are; the tasks follow, a few in the same transaction, the rest by a
job.
"""

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from labeling.outbox import events
from tasks.models import Batch, Order, Task
from tasks.models.work import LANE
from tasks.services.leasing import take_offers_back
from tasks.services.slots import slots_opened
from tasks.services.task_control import cancel_tasks
from tasks.states import ASKED, UNASKED, BatchState, TaskState

FIRST = 900  # priority of the tasks of the batch that comes first
CHUNK = 2_000
AT_ONCE = 10_000  # tasks that follow in the transaction that changes the batch
WORK_SECONDS = 20  # of one job; it goes on in another
MOST_NEXT = 50_000  # tasks that are put into a batch in one request
OPEN_FOR_TASKS = (BatchState.STAGING, BatchState.IN_PROGRESS, BatchState.PAUSED, BatchState.COMPLETED)
T = TaskState


def locked_batch(batch_id: int | None) -> Batch | None:
    if batch_id is None:
        return None
    rows = Batch.objects.select_related("project").filter(pk=batch_id)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    return rows.first()


def wanted_state(batch: Batch | None) -> TaskState:
    if batch is None:
        return T.OPEN
    return T.CANCELED if batch.state == BatchState.CANCELED else T.PAUSED if batch.state in UNASKED else T.OPEN


# --- putting tasks into a batch -------------------------------------------------------------------------------------
def put(*, batch: Batch, tasks: Collection[Task], now: datetime) -> None:
    """Open or paused tasks, locked by the caller as the batch is. Leases on them stay."""
    kept_for = batch.pk if batch.groups.exists() else None
    priority = F("priority") if batch.place is None else Value(FIRST - batch.place)
    move_to(batch=batch, tasks=tasks, now=now, kept_for_id=kept_for, priority=priority)


def move_to(*, batch: Batch | None, tasks: Collection[Task], now: datetime, **kept: Any) -> None:
    """Into the batch, or out of any."""
    if not tasks:
        return
    state, ids = wanted_state(batch), [task.pk for task in tasks]
    project_id = next(iter(tasks)).project_id
    _bring(tasks, T.OPEN if state == T.CANCELED else state, now)
    Task.objects.filter(pk__in=ids).update(batch=batch, **kept)
    if state != T.PAUSED:
        slots_opened(project_id)


@transaction.atomic
def put_next(*, batch: Batch, number: int, now: datetime) -> int:
    """The tasks that would be asked next of everybody, of no batch yet and held by nobody; returns how many."""
    locked = locked_batch(batch.pk)
    assert locked is not None and locked.work_id is not None
    free = Task.objects.alias(lane=LANE, rank=F("priority") * -1).filter(
        project=locked.work_id, lane=0, state=T.OPEN, taken__lt=F("wanted"), batch=None
    )
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True, no_key=True)
    chosen = list(free.order_by("rank", "taken", "pk").only("pk", "state", "project_id")[:number])
    for start in range(0, len(chosen), CHUNK):
        put(batch=locked, tasks=chosen[start : start + CHUNK], now=now)
    return len(chosen)


# --- following ------------------------------------------------------------------------------------------------------
def follow_or_ask(batch: Batch, now: datetime) -> None:
    """In the transaction that changes the batch: the first tasks here, where there are many the others by a job."""
    if not follow(batch=batch, now=now, most=AT_ONCE):
        ask_to_follow(batch)


def ask_to_follow(batch: Batch) -> None:
    events.emit(
        "batch.following",
        organization_id=batch.organization_id,
        object_id=batch.pk,
        project_id=batch.asked_in,
        mode=batch.mode,
    )


def follow(*, batch: Batch, now: datetime, most: int | None = None, seconds: float = WORK_SECONDS) -> bool:
    """Bring the tasks to what the batch says; false when some are left. Doing it again changes nothing."""
    until, done = time.monotonic() + seconds, 0
    for part in (_strays(batch), _unhurried(batch)):
        last = 0
        while ids := list(part.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            if (most is not None and done >= most) or time.monotonic() > until:
                return False
            _bring_along(batch, ids, now)
            last, done = ids[-1], done + len(ids)
    return True


def _strays(batch: Batch) -> QuerySet[Task]:
    """Tasks in a state that the batch does not want."""
    state = wanted_state(batch)
    wrong = ASKED if state == T.CANCELED else (T.PAUSED,) if state == T.OPEN else (T.OPEN,)
    return Task.objects.filter(batch=batch, state__in=wrong)


def _unhurried(batch: Batch) -> QuerySet[Task]:
    if batch.state == BatchState.CANCELED:
        return Task.objects.none()
    return Task.objects.filter(batch=batch, state=wanted_state(batch)).exclude(priority=_priority(batch))


def _priority(batch: Batch) -> Any:
    """By the place of the batch; without one, each task's own."""
    if batch.place is not None:
        return Value(FIRST - batch.place)
    return Coalesce(Subquery(Order.objects.filter(task=OuterRef("pk")).values("priority")[:1]), 0)


@transaction.atomic
def _bring_along(batch: Batch, ids: Sequence[int], now: datetime) -> None:
    rows = Task.objects.filter(pk__in=ids, batch=batch, state__in=ASKED).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    tasks = list(rows.only("pk", "state", "project_id"))
    state = wanted_state(batch)
    if state == T.CANCELED:
        cancel_tasks(tasks)
        return
    _bring(tasks, state, now)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(priority=_priority(batch))
    if tasks and state == T.OPEN:
        slots_opened(tasks[0].project_id)


def _bring(tasks: Collection[Task], state: TaskState, now: datetime) -> None:
    """Open or paused. What lies unopened in inboxes is taken back; leases stay, and may be answered."""
    moving = [task for task in tasks if task.state != state]
    if not moving:
        return
    ids = [task.pk for task in moving]
    Task.objects.move_all(ids, T(moving[0].state), state)
    if state == T.PAUSED:
        take_offers_back(project_id=moving[0].project_id, task_ids=ids, now=now)
    for task in moving:
        task.state = state


def strayed() -> QuerySet[Batch]:
    """Batches with a task that a review, a consensus or an undo put into another state than the batch wants."""
    mine = Task.objects.filter(batch=OuterRef("pk"))
    astray = Q(Exists(mine.filter(state=T.OPEN)), state__in=UNASKED)
    held_back = Q(Exists(mine.filter(state=T.PAUSED)), state=BatchState.IN_PROGRESS)
    return Batch.objects.select_related("project").filter(astray | held_back)
