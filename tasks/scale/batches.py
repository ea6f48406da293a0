"""Batches: from collecting tasks to being told that all are done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Batch, Order, OrderProject, Task
from tasks.models.ordering import BatchKind
from tasks.scale.callbacks import batch_callback
from tasks.scale.projects import Duplicate, clean_name
from tasks.services.batch_tasks import follow_or_ask
from tasks.services.claiming import slots_opened
from tasks.states import ASKED, BatchState, OrderState, TaskState
from workers.models import User

B = BatchState
OPEN_FOR_TASKS = (B.STAGING, B.IN_PROGRESS, B.PAUSED, B.COMPLETED)
UNDONE = (OrderState.PENDING, *ASKED, TaskState.IN_REVIEW)


def create_batch(
    *,
    project: OrderProject,
    name: Any,
    kind: str = BatchKind.PRODUCTION,
    callback: str = "",
    metadata: dict[str, Any],
    staged: bool | None = None,
) -> Batch:
    """A plain project's batch is open from the start; one of a staged project waits to be finalized."""
    is_staged = project.is_staged if staged is None else staged
    row = Batch(
        organization_id=project.organization_id,
        mode=project.mode,
        project=project,
        name=clean_name(name, "batch"),
        kind=kind,
        state=B.STAGING if is_staged else B.IN_PROGRESS,
        callback=callback,
        metadata=metadata,
    )
    try:
        with transaction.atomic():
            row.save()
            told_of("batch.created", row)
    except IntegrityError:
        raise Duplicate(Problem("name", f"a batch with the name {row.name!r} exists already", "unique")) from None
    return row


@transaction.atomic
def finalize(*, batch: Batch, now: datetime, actor: User | None = None) -> Batch:
    """Its tasks get asked; an ordered one takes no more of them. Nothing happens to a batch that is under way.

    An ordered one without tasks is done at once: nothing could complete it later.
    """
    locked = locked_batch(batch)
    if locked.state == B.STAGING:
        if not locked.is_ordered and not Task.objects.filter(batch=locked).exists():
            raise InvalidInput(Problem("", "the batch has no tasks yet", "empty"))
        move(locked, B.IN_PROGRESS)
        waiting = Order.objects.filter(batch=locked, state=OrderState.PENDING, task=None)
        waiting.update(prepare_at=now)
        follow_or_ask(locked, now)
        told_of("batch.finalized", locked, actor)
        complete_if_done(locked, now, may_be_empty=True)
    return locked


@transaction.atomic
def pause(*, batch: Batch, now: datetime, actor: User | None = None) -> Batch:
    """Ask nobody any more for now. What annotators hold they may finish."""
    locked = locked_batch(batch)
    need(locked, B.IN_PROGRESS)
    move(locked, B.PAUSED)
    follow_or_ask(locked, now)
    told_of("batch.paused", locked, actor)
    return locked


@transaction.atomic
def resume(*, batch: Batch, now: datetime, actor: User | None = None) -> Batch:
    locked = locked_batch(batch)
    need(locked, B.PAUSED)
    move(locked, B.IN_PROGRESS)
    follow_or_ask(locked, now)
    if locked.asked_in is not None:
        slots_opened(locked.asked_in)
    told_of("batch.resumed", locked, actor)
    return locked


def reopen(batch: Batch) -> None:
    """An open batch that was complete has a task again. In the transaction that adds it, the batch's row locked."""
    if batch.state == B.COMPLETED:
        move(batch, B.IN_PROGRESS, completed_at=None)


def complete_if_done(batch: Batch, now: datetime, *, may_be_empty: bool = False) -> bool:
    """The batch's row is locked: of two that finish its last tasks, the second sees the first one's."""
    if batch.state not in (B.IN_PROGRESS, B.PAUSED):
        return False
    if rows_of(batch).filter(state__in=UNDONE).exists() or not (may_be_empty or rows_of(batch).exists()):
        return False
    move(batch, B.COMPLETED, completed_at=now)
    told_of("batch.completed", batch)
    batch_callback(batch=batch, counts=counts_of(batch), now=now)
    return True


def counts_of(batch: Batch) -> dict[str, int]:
    rows = rows_of(batch).values_list("state").annotate(Count("pk")).order_by()
    return {str(state): number for state, number in rows}


def counts_of_each(ordered: Sequence[Batch]) -> dict[int, dict[str, int]]:
    """The same of several batches that tasks are ordered in."""
    found: dict[int, dict[str, int]] = {batch.pk: {} for batch in ordered}
    rows = Order.objects.filter(batch__in=found).values_list("batch", "state").annotate(Count("pk")).order_by()
    for pk, state, number in rows:
        found[pk][str(state)] = number
    return found


def rows_of(batch: Batch) -> QuerySet[Any]:
    """What it is made of: orders, as its client program knows them, or tasks."""
    return Order.objects.filter(batch=batch) if batch.is_ordered else Task.objects.filter(batch=batch)


def locked_batch(batch: Batch) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).select_related("project").get(pk=batch.pk)


def set_metadata(*, batch: Batch, metadata: Any) -> Batch:
    if not isinstance(metadata, dict):
        raise InvalidInput(Problem("metadata", "metadata must be an object", "type"))
    Batch.objects.filter(pk=batch.pk).update(metadata=metadata)
    batch.metadata = metadata
    return batch


def need(batch: Batch, *states: BatchState) -> None:
    if batch.state not in states:
        raise StaleState(f"the batch is {batch.state}, not {' or '.join(states)}")


def move(batch: Batch, to: BatchState, **changes: Any) -> None:
    Batch.objects.move(batch.pk, BatchState(batch.state), to, **changes)
    batch.state = to


def told_of(kind: str, batch: Batch, actor: User | None = None) -> None:
    events.emit(
        kind,
        organization_id=batch.organization_id,
        object_id=batch.pk,
        project_id=batch.asked_in,
        actor_id=actor.pk if actor else None,
        mode=batch.mode,
        name=batch.name,
        at=timezone.now().isoformat(),
    )
