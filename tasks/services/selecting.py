"""Take named tasks, where the project lets annotators choose: any number with the same few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from labeling.errors import GroundworkError, NotAllowed, StaleState
from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.models import Assignment, Task
from tasks.selectors.eligibility import Annotator, admitted, workable_projects
from tasks.selectors.workload import room_today, rooms_in
from tasks.services.leasing import lease_until
from tasks.states import AVAILABLE_AGAIN, UNASKED, AssignmentState, ProjectState, TaskState

A = AssignmentState


@dataclass
class Claimed:
    """What became of the claim on each task."""

    given: dict[int, int] = field(default_factory=dict)  # {task: assignment}: leases, new and held ones
    new: set[int] = field(default_factory=set)  # assignments that were not leased before
    refused: dict[int, GroundworkError] = field(default_factory=dict)


def claim_task(*, task: Task, who: Annotator, now: datetime) -> tuple[int, bool]:
    """The assignment's id, and whether it is a new lease: one that is held already is given again.

    Raises NotAllowed without self-selection; StaleState when the task is full, or done by this annotator.
    """
    claimed = claim_tasks(tasks={task.pk: task}, who=who, now=now)
    if refusal := claimed.refused.get(task.pk):
        raise refusal
    assignment_id = claimed.given[task.pk]
    return assignment_id, assignment_id in claimed.new


@transaction.atomic
def claim_tasks(*, tasks: Mapping[int, Task], who: Annotator, now: datetime) -> Claimed:
    """Lease every task that can be leased; the refusal of one does not touch the others.

    The tasks are locked in the order of their ids, so that two people with the same list wait instead of blocking
    each other.
    """
    claimed = Claimed(refused=_closed(tasks, who))
    open_tasks = [task for pk, task in sorted(tasks.items()) if pk not in claimed.refused]
    if not open_tasks:
        return claimed
    ids = [task.pk for task in open_tasks]
    has_slot = _locked(ids)
    own = _own(ids, who)
    room = room_today(who, now)
    rooms = rooms_in({task.project_id: task.project.most_answers for task in open_tasks}, who, now)
    fresh: list[Task] = []
    for task in open_tasks:
        mine = own.get(task.pk)
        state = None if mine is None else AssignmentState(mine.state)
        if mine is not None and state in (A.LEASED, A.OFFERED):
            claimed.given[task.pk] = mine.pk
            if state == A.OFFERED:
                Assignment.objects.move(mine.pk, A.OFFERED, A.LEASED, leased_at=now, expires_at=lease_until(now))
                claimed.new.add(mine.pk)
        elif state is not None and state not in AVAILABLE_AGAIN:
            claimed.refused[task.pk] = StaleState(f"task {task.pk} is {state} by you already")
        elif not has_slot[task.pk]:
            claimed.refused[task.pk] = StaleState(f"task {task.pk} has no free slot")
        elif (room is not None and len(fresh) >= room) or rooms.get(task.project_id, 1) < 1:
            claimed.refused[task.pk] = NotAllowed("this is more than your limit for today")
        else:
            fresh.append(task)
            if task.project_id in rooms:
                rooms[task.project_id] -= 1
    _lease(fresh, own, who, now, claimed)
    _tell(open_tasks, claimed, who)
    return claimed


def _closed(tasks: Mapping[int, Task], who: Annotator) -> dict[int, GroundworkError]:
    let_in = set(workable_projects(who).filter(admitted(who)).values_list("pk", flat=True))
    refused: dict[int, GroundworkError] = {}
    for pk, task in tasks.items():
        if not task.project.self_selection:
            refused[pk] = NotAllowed("this project does not let annotators choose their tasks")
        elif task.project.state != ProjectState.RUNNING:
            refused[pk] = StaleState(f"project {task.project_id} is {task.project.state}")
        elif task.project_id not in let_in:
            refused[pk] = NotAllowed("this project has a training or a test, which comes first")
    return refused


def _own(ids: Sequence[int], who: Annotator) -> dict[int, Assignment]:
    """The person's assignments of these tasks, locked after the tasks: another tab may be leasing one of them."""
    rows = Assignment.objects.filter(task__in=ids, annotator_id=who.user_id).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return {mine.task_id: mine for mine in rows}


def _locked(ids: Sequence[int]) -> dict[int, bool]:
    """Whether each task has a free slot; the tasks stay locked. On SQLite the transaction itself is the lock."""
    rows = Task.objects.filter(pk__in=ids).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return {
        pk: state == TaskState.OPEN and taken < wanted and batch not in UNASKED
        for pk, state, taken, wanted, batch in rows.values_list("pk", "state", "taken", "wanted", "batch__state")
    }


def _lease(
    fresh: Sequence[Task], own: Mapping[int, Assignment], who: Annotator, now: datetime, claimed: Claimed
) -> None:
    if not fresh:
        return
    Task.objects.filter(pk__in=[task.pk for task in fresh]).update(taken=F("taken") + 1)
    made = []
    for task in fresh:
        lease = {"schema_version": version_of(task), "leased_at": now, "expires_at": lease_until(now)}
        if mine := own.get(task.pk):
            Assignment.objects.move(mine.pk, AssignmentState(mine.state), A.LEASED, finished_at=None, **lease)
            claimed.given[task.pk] = mine.pk
            continue
        where = {"organization_id": who.organization_id, "project_id": task.project_id, "task_id": task.pk}
        made.append(Assignment(annotator_id=who.user_id, state=A.LEASED, **where, **lease))
    Assignment.objects.bulk_create(made)
    claimed.given |= {mine.task_id: mine.pk for mine in made}
    claimed.new |= {claimed.given[task.pk] for task in fresh}


def version_of(task: Task) -> int:
    return task.own_version or task.project.version


def _tell(tasks: Sequence[Task], claimed: Claimed, who: Annotator) -> None:
    """One event for each project."""
    leased: dict[int, list[int]] = {}
    for task in tasks:
        if claimed.given.get(task.pk) in claimed.new:
            leased.setdefault(task.project_id, []).append(claimed.given[task.pk])
    events.emit_many(
        [
            Event(
                kind="assignment.leased",
                organization_id=who.organization_id,
                project_id=project_id,
                actor_id=who.user_id,
                payload={"assignments": assignments},
            )
            for project_id, assignments in leased.items()
        ]
    )
