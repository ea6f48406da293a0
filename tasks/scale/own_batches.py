"""Batches that are made on our own pages, of tasks of a project of ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from labeling.errors import InvalidInput, Problem
from tasks.models import Batch, Project, Task
from tasks.models.ordering import BatchKind
from tasks.scale import batches, orders
from tasks.scale.batches import UNDONE, complete_if_done, locked_batch, move, need, reopen, told_of
from tasks.scale.callbacks import read_callback
from tasks.scale.projects import Duplicate, clean_name
from tasks.scale.studio import keep_for, set_order_within
from tasks.selectors.batches import batches_of, in_order
from tasks.services.batch_tasks import follow_or_ask
from tasks.states import BatchState
from workers.models import Group, User

B = BatchState


@transaction.atomic
def create_own_batch(
    *, project: Project, name: Any, kind: str, callback: str = "", actor: User | None, now: datetime
) -> Batch:
    """Of tasks of a project of ours; it waits in staging until it is started. Calibration comes before the others."""
    if kind not in BatchKind.values:
        raise InvalidInput(Problem("kind", f"must be one of {', '.join(BatchKind.values)}, not {kind!r}", "choice"))
    row = Batch(
        organization_id=project.organization_id,
        mode=project.mode,
        work=project,
        name=clean_name(name, "batch"),
        kind=kind,
        state=B.STAGING,
        callback=read_callback(callback, "callback"),
        created_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Duplicate(Problem("name", f"a batch with the name {row.name!r} exists already", "unique")) from None
    told_of("batch.created", row, actor)
    _place_new(row, project, now)
    return row


def _place_new(batch: Batch, project: Project, now: datetime) -> None:
    others = [each for each in in_order(batches_of(project)) if each.pk != batch.pk]
    at = len(others)
    if batch.kind == BatchKind.CALIBRATION:
        at = next((n for n, each in enumerate(others) if each.kind != BatchKind.CALIBRATION), at)
    set_order_within(project=project, batches=[*others[:at], batch, *others[at:]], now=now)
    batch.refresh_from_db(fields=["place"])


@transaction.atomic
def cancel_own(*, batch: Batch, now: datetime, actor: User | None) -> Batch:
    """Call off whatever is not done; what is done stays."""
    locked = locked_batch(batch)
    need(locked, B.STAGING, B.IN_PROGRESS, B.PAUSED)
    move(locked, B.CANCELED)
    follow_or_ask(locked, now)
    told_of("batch.canceled", locked, actor)
    return locked


def move_batch(*, batch: Batch, action: str, actor: User | None, now: datetime) -> None:
    """Start, pause, resume or cancel a batch of either kind."""
    if action == "start":
        batches.need(batch, B.STAGING)
        batches.finalize(batch=batch, now=now, actor=actor)
    elif action == "pause":
        batches.pause(batch=batch, now=now, actor=actor)
    elif action == "resume":
        batches.resume(batch=batch, now=now, actor=actor)
    elif batch.is_ordered:
        orders.cancel_batch(batch=batch, now=now)
    else:
        cancel_own(batch=batch, now=now, actor=actor)


@transaction.atomic
def change_callback(*, batch: Batch, callback: Any, actor: User | None) -> None:
    """Where it is told that the batch is done: a web address, or an e-mail address."""
    batch.callback = read_callback(callback, "callback")
    Batch.objects.filter(pk=batch.pk).update(callback=batch.callback)
    told_of("batch.callback_changed", batch, actor)


@transaction.atomic
def change_groups(*, batch: Batch, groups: Sequence[Group], actor: User | None) -> None:
    """Its tasks are asked of these only; of everybody in the project when there are none."""
    locked = locked_batch(batch)
    keep_for(batch=locked, groups=groups)
    told_of("batch.groups_changed", locked, actor)


def complete_own(*, now: datetime, project_id: int | None = None) -> int:
    """See which batches of ours have no task left to be done, and which have one again; returns how many moved."""
    mine = Batch.objects.filter(project=None) if project_id is None else Batch.objects.filter(work=project_id)
    undone = Exists(Task.objects.filter(batch=OuterRef("pk"), state__in=UNDONE))
    done = mine.filter(~undone, Exists(Task.objects.filter(batch=OuterRef("pk"))), state__in=(B.IN_PROGRESS, B.PAUSED))
    again = mine.filter(undone, state=B.COMPLETED)
    return sum(_complete(batch, now) for batch in done) + sum(_reopen(batch) for batch in again)


@transaction.atomic
def _complete(batch: Batch, now: datetime) -> bool:
    return complete_if_done(locked_batch(batch), now)


@transaction.atomic
def _reopen(batch: Batch) -> bool:
    """A task that was done is asked once more; the batch is told of anew when it is done."""
    locked = locked_batch(batch)
    reopen(locked)
    return True
