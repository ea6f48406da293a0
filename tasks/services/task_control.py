"""What a requester may do to one task: hurry it, or call it off."""

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, F

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Assignment, Project, Task
from tasks.states import APART, HELD, AssignmentState, TaskState
from workers.models import User


@transaction.atomic
def set_priority(*, task: Task, priority: int, actor: User | None) -> None:
    """Higher comes first. The project's epoch moves, so that annotators' cursors see a task raised behind them."""
    if not -1000 <= priority <= 1000:
        raise InvalidInput(Problem("priority", "must be between -1000 and 1000", "range"))
    if not Task.objects.filter(pk=task.pk).exclude(priority=priority).update(priority=priority):
        return
    task.priority = priority
    Project.objects.filter(pk=task.project_id).update(epoch=F("epoch") + 1)
    _emit("task.priority_changed", task, actor, priority=priority)


def cancel_tasks(tasks: Collection[Task]) -> None:
    """Ask nobody any more, of tasks that the caller has locked. The event is the caller's."""
    by_state = defaultdict(list)
    for task in tasks:
        by_state[TaskState(task.state)].append(task.pk)
    for state, ids in by_state.items():
        Task.objects.move_all(ids, state, TaskState.CANCELED)
    held = Assignment.objects.filter(task__in=[task.pk for task in tasks], state__in=HELD)
    taken_back = dict(held.values_list("task").annotate(number=Count("pk")).order_by())
    held.update(state=AssignmentState.CANCELED, expires_at=None)
    for number in set(taken_back.values()):
        ids = [pk for pk in taken_back if taken_back[pk] == number]
        Task.objects.filter(pk__in=ids).update(taken=F("taken") - number)


@transaction.atomic
def cancel_task(*, task: Task, actor: User | None) -> None:
    """Ask nobody any more. Answers given stay; what is held is taken back from its annotators."""
    if task.state == TaskState.CANCELED:
        raise StaleState(f"task {task.pk} is canceled already")
    if task.state in APART:
        raise StaleState(f"task {task.pk} has a known answer: drop that first")
    Task.objects.move(task.pk, TaskState(task.state), TaskState.CANCELED)
    taken_back = Assignment.objects.filter(task=task, state__in=HELD).update(
        state=AssignmentState.CANCELED, expires_at=None
    )
    Task.objects.filter(pk=task.pk).update(taken=F("taken") - taken_back)
    task.state = TaskState.CANCELED
    _emit("task.canceled", task, actor)


def _emit(kind: str, task: Task, actor: User | None, **payload: int) -> None:
    events.emit(
        kind,
        organization_id=task.project.organization_id,
        object_id=task.pk,
        project_id=task.project_id,
        actor_id=actor.pk if actor else None,
        **payload,
    )
