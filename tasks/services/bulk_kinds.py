"""The changes that can be made of many tasks at once: which tasks, what is done, and the way back.

The tasks handed in are locked. `do` returns what each task that it changed was before; `undo` how many it changed back.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.dateparse import parse_datetime

from labeling.outbox import events
from tasks.models import Bulk, Consensus, Gold, Item, Project, Review, Task
from tasks.models.gold import GoldSource
from tasks.models.items import BulkKind
from tasks.services import batch_tasks, gold
from tasks.services.gold_reading import Told
from tasks.services.slots import slots_opened
from tasks.services.task_control import cancel_tasks
from tasks.states import APART, ASKED, ReviewState, TaskState

T = TaskState
Before = dict[int, dict[str, Any]]


class Change:
    told: str  # the last word of the event that says it is done
    eligible: Q
    can_undo = True

    def fits(self, task: Task) -> bool:
        """Once more with the row locked: what `eligible` says of the row itself."""
        return True

    def do(self, bulk: Bulk, tasks: Sequence[Task], now: datetime) -> Before:
        raise NotImplementedError

    def undo(self, bulk: Bulk, tasks: Sequence[Task], before: Before, now: datetime) -> int:
        raise NotImplementedError


class Cancel(Change):
    """Ask nobody any more. Answers given stay; what is held is taken back from its annotators."""

    told = "canceled"
    states = (T.OPEN, T.RESOLVED, T.IN_REVIEW, T.PAUSED)
    eligible = Q(state__in=states)

    def fits(self, task: Task) -> bool:
        return task.state in self.states

    def do(self, bulk: Bulk, tasks: Sequence[Task], now: datetime) -> Before:
        cancel_tasks(tasks)
        tell("tasks.canceled", bulk, [task.pk for task in tasks])
        return {task.pk: {"state": task.state} for task in tasks}

    def undo(self, bulk: Bulk, tasks: Sequence[Task], before: Before, now: datetime) -> int:
        mine = [task for task in tasks if task.state == T.CANCELED]
        return back(bulk, mine, before)


class Reopen(Change):
    """Ask one more person, where no slot is free anyway."""

    told = "reopened"
    states = (T.RESOLVED, T.IN_REVIEW, T.CANCELED)
    eligible = Q(state__in=states)
    fields = ("state", "wanted", "ceiling")

    def fits(self, task: Task) -> bool:
        return task.state in self.states

    def do(self, bulk: Bulk, tasks: Sequence[Task], now: datetime) -> Before:
        before = {
            task.pk: {name: getattr(task, name) for name in self.fields}
            | {"resolved_at": task.resolved_at.isoformat() if task.resolved_at else None}
            for task in tasks
        }
        full = [task for task in tasks if task.taken >= task.wanted]
        free = [task for task in tasks if task.taken < task.wanted]
        move(full, T.OPEN, resolved_at=None, wanted=F("wanted") + 1, ceiling=F("ceiling") + 1)
        move(free, T.OPEN, resolved_at=None)
        slots_opened(bulk.project_id)
        tell("tasks.reopened", bulk, [task.pk for task in tasks])
        return before

    def undo(self, bulk: Bulk, tasks: Sequence[Task], before: Before, now: datetime) -> int:
        """Not where somebody has the slot already."""
        done = 0
        for task in tasks:
            was = before[task.pk]
            if task.state != T.OPEN or task.taken > was["wanted"] or task.wanted > was["wanted"] + 1:
                continue
            ended = parse_datetime(was["resolved_at"]) if was["resolved_at"] else None
            changes = {"wanted": was["wanted"], "ceiling": was["ceiling"], "resolved_at": ended}
            Task.objects.move(task.pk, T.OPEN, T(was["state"]), **changes)
            done += 1
        return done


class Prioritise(Change):
    """Higher comes first."""

    told = "prioritised"
    eligible = ~Q(state__in=APART)

    def fits(self, task: Task) -> bool:
        return task.state not in APART

    def do(self, bulk: Bulk, tasks: Sequence[Task], now: datetime) -> Before:
        before = {task.pk: {"priority": task.priority} for task in tasks if task.priority != bulk.priority}
        Task.objects.filter(pk__in=before).update(priority=bulk.priority)
        slots_opened(bulk.project_id)
        tell("tasks.prioritised", bulk, list(before), priority=bulk.priority)
        return before

    def undo(self, bulk: Bulk, tasks: Sequence[Task], before: Before, now: datetime) -> int:
        mine = {task.pk: before[task.pk]["priority"] for task in tasks if task.priority == bulk.priority}
        for priority, ids in _grouped(mine).items():
            Task.objects.filter(pk__in=ids).update(priority=priority)
        slots_opened(bulk.project_id)
        return len(mine)


class ToReview(Change):
    """Have a reviewer settle it. Open tasks only while nobody holds them, and with an answer to look at."""

    told = "sent_to_review"
    eligible = Q(consensus__isnull=False) & (
        Q(state=T.RESOLVED) | Q(state=T.OPEN, answered__gte=1, taken=F("answered"))
    )

    def fits(self, task: Task) -> bool:
        is_idle = task.state == T.OPEN and 1 <= task.answered == task.taken
        return task.state == T.RESOLVED or is_idle

    def do(self, bulk: Bulk, tasks: Sequence[Task], now: datetime) -> Before:
        move(tasks, T.IN_REVIEW)
        tell("tasks.sent_to_review", bulk, [task.pk for task in tasks])
        return {task.pk: {"state": task.state} for task in tasks}

    def undo(self, bulk: Bulk, tasks: Sequence[Task], before: Before, now: datetime) -> int:
        """Not what a reviewer has on their screen, or has settled."""
        ids = [task.pk for task in tasks]
        seen = set(Review.objects.filter(task__in=ids, state=ReviewState.LEASED).values_list("task_id", flat=True))
        return back(bulk, [task for task in tasks if task.state == T.IN_REVIEW and task.pk not in seen], before)


class ToGold(Change):
    """Its consensus is the known answer from now on."""

    told = "made_gold"
    eligible = Q(consensus__isnull=False, gold__isnull=True, state__in=(T.OPEN, T.RESOLVED, T.IN_REVIEW))

    def fits(self, task: Task) -> bool:
        return task.state in (T.OPEN, T.RESOLVED, T.IN_REVIEW)

    def do(self, bulk: Bulk, tasks: Sequence[Task], now: datetime) -> Before:
        ids = [task.pk for task in tasks]
        keys = dict(Item.objects.filter(pk__in=[task.item_id for task in tasks]).values_list("pk", "key"))
        values = dict(Consensus.objects.filter(task__in=ids).values_list("task_id", "value"))
        told = [
            Told(f"task {task.pk}", keys[task.item_id], values[task.pk], item_id=task.item_id)
            for task in tasks
            if task.pk in values
        ]
        source = GoldSource.RESULT
        gold.add_gold(project=bulk.project, told=told, source=source, actor=bulk.created_by, now=now, partly=True)
        made = Gold.objects.filter(task__in=ids).values_list("task_id", "pk")
        return {task_id: {"gold": pk} for task_id, pk in made}

    def undo(self, bulk: Bulk, tasks: Sequence[Task], before: Before, now: datetime) -> int:
        wanted = [before[task.pk]["gold"] for task in tasks]
        rows = Gold.objects.filter(pk__in=wanted).select_related("project", "task").order_by("task_id")
        for row in rows:
            gold.drop_gold(gold=row, actor=bulk.created_by, now=now)
        return len(rows)


def move(tasks: Collection[Task], to: TaskState, **changes: Any) -> None:
    """The rows are locked, so that each is in the state it was read in."""
    by_state = defaultdict(list)
    for task in tasks:
        by_state[TaskState(task.state)].append(task.pk)
    for frm, ids in by_state.items():
        Task.objects.move_all(ids, frm, to, **changes)


def back(bulk: Bulk, tasks: Collection[Task], before: Before) -> int:
    """To the state each was in."""
    by_state: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_state[before[task.pk]["state"]].append(task)
    for state, some in by_state.items():
        move(some, TaskState(state))
        if state in ASKED:
            slots_opened(bulk.project_id)
    return len(tasks)


def _grouped(values: dict[int, int]) -> dict[int, list[int]]:
    found = defaultdict(list)
    for pk, value in values.items():
        found[value].append(pk)
    return found


def tell(kind: str, bulk: Bulk, ids: Sequence[int], **payload: Any) -> None:
    """One event for a chunk."""
    project: Project = bulk.project
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=bulk.created_by_id,
        bulk=bulk.pk,
        tasks=list(ids),
        count=len(ids),
        **payload,
    )


class IntoBatch(Change):
    """They are asked as the batch says: not before it is started, for its groups only, in its turn."""

    told = "put_into_batch"
    eligible = Q(state__in=ASKED) & (Q(batch=None) | Q(batch__project=None))
    fields = ("batch_id", "kept_for_id", "priority")

    def fits(self, task: Task) -> bool:
        return task.state in ASKED

    def do(self, bulk: Bulk, tasks: Sequence[Task], now: datetime) -> Before:
        batch = batch_tasks.locked_batch(bulk.batch_id)
        if batch is None or batch.state not in batch_tasks.OPEN_FOR_TASKS:
            return {}
        fresh = [task for task in tasks if task.batch_id != batch.pk]
        before = {task.pk: {name: getattr(task, name) for name in self.fields} for task in fresh}
        batch_tasks.put(batch=batch, tasks=fresh, now=now)
        return before

    def undo(self, bulk: Bulk, tasks: Sequence[Task], before: Before, now: datetime) -> int:
        """Back to where each was, unless it was put elsewhere since."""
        mine = [task for task in tasks if task.state in ASKED and task.batch_id == bulk.batch_id]
        by_place: dict[tuple[Any, ...], list[Task]] = defaultdict(list)
        for task in mine:
            by_place[tuple(before[task.pk][name] for name in self.fields)].append(task)
        for (batch_id, kept_for_id, priority), some in by_place.items():
            batch = batch_tasks.locked_batch(batch_id)
            kept = {"kept_for_id": kept_for_id if batch is not None else None, "priority": priority}
            batch_tasks.move_to(batch=batch, tasks=some, now=now, **kept)
        return len(mine)


KINDS: dict[BulkKind, Change] = {
    BulkKind.REOPEN: Reopen(),
    BulkKind.PRIORITISE: Prioritise(),
    BulkKind.GOLD: ToGold(),
    BulkKind.REVIEW: ToReview(),
    BulkKind.CANCEL: Cancel(),
    BulkKind.BATCH: IntoBatch(),
}
