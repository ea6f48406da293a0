"""What follows from a change of labels, task by task: in chunks, each one transaction with the position after it."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labeling.errors import GroundworkError, StaleState
from labeling.types import registry
from labeling.types.relabeling import reread
from tasks.models import Answer, Consensus, ProjectVersion, SchemaBefore, SchemaChange, Task
from tasks.selectors.answering import judged
from tasks.selectors.rereading import Rereader, rereader_of
from tasks.services.consensus.rows import in_words
from tasks.services.consensus.settling import KEPT
from tasks.services.schema_changing import emit
from tasks.services.slots import slots_opened
from tasks.services.work_leases import let_go, renew
from tasks.states import BulkState, TaskState

CHUNK = 500
WORK_SECONDS = 20
LEASE = timedelta(seconds=45)
MOST_CRASHES = 3
UNDER_WAY = (BulkState.WAITING, BulkState.RUNNING)
SHOWN = ("value", "confidence", "method", "label", "by_method", "answers", "agreement", "basis", "evidence")


def run_change(*, change_id: int, seconds: float = WORK_SECONDS) -> None:
    """Work on it for a while, if it is free."""
    change = _take(change_id, timezone.now())
    if change is None:
        return
    until = time.monotonic() + seconds
    try:
        step = _back if change.undoes_id else _Follower(change).chunk
        while step(change):
            if time.monotonic() >= until:
                _give_back(change)
                return
        _finish(change)
    except StaleState:
        return  # somebody else has it now
    except GroundworkError as error:
        _fail(change, str(error))


def _take(change_id: int, now: datetime) -> SchemaChange | None:
    change = SchemaChange.objects.select_related("project", "created_by").filter(pk=change_id).first()
    if change is None or change.state not in UNDER_WAY or (change.worked_at and change.worked_at > now - LEASE):
        return None
    crashes = change.crashes + (change.worked_at is not None)
    unchanged = SchemaChange.objects.filter(pk=change.pk, state=change.state, worked_at=change.worked_at)
    if not unchanged.update(state=BulkState.RUNNING, worked_at=now, crashes=crashes):
        return None
    change.state, change.worked_at, change.crashes = BulkState.RUNNING, now, crashes
    if crashes > MOST_CRASHES:
        _fail(change, f"it stopped {crashes} times at the same place, after task {change.position}")
        return None
    return change


class _Follower:
    """One run through the tasks of a project."""

    def __init__(self, change: SchemaChange) -> None:
        self.type = registry.get(change.project.type)
        self.config = ProjectVersion.objects.values_list("config", flat=True).get(
            project=change.project_id, number=change.to_version
        )
        self.reader: Rereader | None = rereader_of(change.project)

    @transaction.atomic
    def chunk(self, change: SchemaChange) -> int:
        tasks = Task.objects.filter(project=change.project_id, own_version=None, pk__gt=change.position)
        ids = list(tasks.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return 0
        _renew(change, position=ids[-1], crashes=0)
        rows = Answer.objects.filter(task__in=ids, is_live=True, schema_version__lte=change.from_version)
        answers = list(rows.values_list("task_id", "schema_version", "value"))
        kept = {row.task_id: row for row in Consensus.objects.filter(task__in=ids, method__in=KEPT)}
        items = self._items({task_id for task_id, _, _ in answers} | set(kept))
        changed, lost = 0, dict.fromkeys(ids, 0)
        for task_id, version, value in answers:
            if self.reader is None or not self.reader.follows(version):
                continue
            now = self.reader.read(value, version, items[task_id])
            changed += now is not None and now != value
            lost[task_id] += now is None
        befores = self._settle(change, kept, items)
        settled = len(befores)
        reopened = self._ask_again(change, {pk: n for pk, n in lost.items() if n}, befores) if change.requeue else 0
        SchemaBefore.objects.bulk_create(
            [SchemaBefore(change=change, task_id=pk, before=before) for pk, before in befores.items()]
        )
        counts = {"done": len(ids), "answers": changed, "unreadable": sum(lost.values())}
        _count(change, **counts, settled=settled, reopened=reopened)
        return len(ids)

    def _items(self, task_ids: set[int]) -> dict[int, dict[str, Any]]:
        rows = Task.objects.filter(pk__in=task_ids).values_list("pk", "item__data", "item__media")
        return {pk: judged(data, media) for pk, data, media in rows}

    def _settle(
        self, change: SchemaChange, kept: dict[int, Consensus], items: dict[int, dict[str, Any]]
    ) -> dict[int, dict[str, Any]]:
        """Verdicts follow; one that cannot goes back to a reviewer."""
        befores: dict[int, dict[str, Any]] = {}
        gone = []
        for task_id, row in kept.items():
            now = reread(self.type, row.value, change.moved, self.config, items[task_id])
            if now == row.value:
                continue
            befores[task_id] = {"consensus": {name: getattr(row, name) for name in SHOWN}}
            if now is None:
                gone.append(task_id)
                continue
            label = in_words(self.type.export_row(now, self.config))
            Consensus.objects.filter(pk=row.pk).update(value=now, label=label, updated_at=timezone.now())
        again = list(Task.objects.filter(pk__in=gone, state=TaskState.RESOLVED).values_list("pk", flat=True))
        for task_id in again:
            befores[task_id]["state"] = TaskState.RESOLVED
        Task.objects.move_all(again, TaskState.RESOLVED, TaskState.IN_REVIEW)
        Consensus.objects.filter(task__in=gone).delete()
        return befores

    def _ask_again(self, change: SchemaChange, lost: dict[int, int], befores: dict[int, dict[str, Any]]) -> int:
        """One more slot for each answer that cannot be read any more. Where the consensus decides how many answers a
        task needs, it asks for them by itself."""
        tasks = Task.objects.filter(pk__in=lost, state=TaskState.RESOLVED, ceiling=None).order_by("pk")
        if connection.features.has_select_for_update:
            tasks = tasks.select_for_update(no_key=True)
        done = 0
        for task in tasks:
            ended = task.resolved_at.isoformat() if task.resolved_at else None
            before = {"state": task.state, "wanted": task.wanted, "resolved_at": ended}
            befores[task.pk] = befores.get(task.pk, {}) | before
            wanted = max(task.wanted, task.taken) + lost[task.pk]
            Task.objects.move(task.pk, TaskState.RESOLVED, TaskState.OPEN, resolved_at=None, wanted=wanted)
            done += 1
        if done:
            slots_opened(change.project_id)
        return done


@transaction.atomic
def _back(change: SchemaChange) -> int:
    """What the change that is taken back made of its tasks. Where somebody is at work since, the task stays open."""
    assert change.undoes is not None
    rows = change.undoes.before.filter(task__gt=change.position).order_by("task_id")
    found = dict(rows.values_list("task_id", "before")[:CHUNK])
    if not found:
        return 0
    _renew(change, position=max(found), crashes=0)
    tasks = Task.objects.filter(pk__in=found).order_by("pk")
    if connection.features.has_select_for_update:
        tasks = tasks.select_for_update(no_key=True)
    settled = closed = 0
    for task in tasks:
        before = found[task.pk]
        row = Consensus.objects.filter(task=task).first()
        if (was := before.get("consensus")) and (row is None or row.method in (was["method"], *_live(row))):
            Consensus.objects.update_or_create(task=task, defaults={"project_id": task.project_id, **was})
            settled += 1
        closed += _close(task, before)
    _count(change, done=len(found), settled=settled, reopened=closed)
    return len(found)


def _live(row: Consensus) -> tuple[str, ...]:
    """Whatever the consumer made in the meantime gives way to the verdict; another verdict does not."""
    return () if row.method in KEPT else (row.method,)


def _close(task: Task, before: dict[str, Any]) -> bool:
    if "state" not in before:
        return False
    if task.state == TaskState.IN_REVIEW and before["state"] == TaskState.RESOLVED:
        Task.objects.move(task.pk, TaskState.IN_REVIEW, TaskState.RESOLVED)
        return True
    if task.state != TaskState.OPEN or task.taken > before.get("wanted", 0):
        return False
    ended = parse_datetime(before["resolved_at"]) if before["resolved_at"] else None
    Task.objects.move(task.pk, TaskState.OPEN, TaskState.RESOLVED, wanted=before["wanted"], resolved_at=ended)
    return True


@transaction.atomic
def _finish(change: SchemaChange) -> None:
    _renew(change, state=BulkState.DONE, finished_at=timezone.now())
    emit("schema.change_followed", change, change.created_by)


@transaction.atomic
def _fail(change: SchemaChange, error: str) -> None:
    _renew(change, state=BulkState.FAILED, error=error, finished_at=timezone.now())
    emit("schema.change_failed", change, change.created_by, error=error)


@transaction.atomic
def _give_back(change: SchemaChange) -> None:
    let_go(change)
    emit("schema.change_continued", change, None)


def _renew(change: SchemaChange, **changes: Any) -> None:
    renew(change, change.state, **changes)


def _count(change: SchemaChange, **more: int) -> None:
    SchemaChange.objects.filter(pk=change.pk).update(**{name: F(name) + number for name, number in more.items()})


def stuck_changes(before: datetime) -> QuerySet[SchemaChange]:
    """Nobody works on them: a lost message, a killed worker."""
    idle = Q(worked_at=None) | Q(worked_at__lt=before)
    return SchemaChange.objects.filter(idle, state__in=UNDER_WAY, created_at__lt=timezone.now() - timedelta(seconds=5))
