"""Take a named task, where the project lets annotators choose."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from labeling.errors import NotAllowed, StaleState
from labeling.outbox import events
from tasks.models import Assignment, Task
from tasks.selectors.eligibility import Annotator
from tasks.services.leasing import lease_until
from tasks.states import AVAILABLE_AGAIN, AssignmentState, ProjectState, TaskState


@transaction.atomic
def claim_task(*, task: Task, who: Annotator, now: datetime) -> tuple[int, bool]:
    """The assignment's id, and whether it is a new lease: one that is held already is given again.

    Raises NotAllowed without self-selection; StaleState when the task is full, or done by this annotator.
    """
    project = task.project
    if not project.self_selection:
        raise NotAllowed("this project does not let annotators choose their tasks")
    if project.state != ProjectState.RUNNING:
        raise StaleState(f"project {project.pk} is {project.state}")
    open_task = Task.objects.filter(pk=task.pk, state=TaskState.OPEN)
    won = open_task.filter(taken__lt=F("wanted")).update(taken=F("taken") + 1)
    own = Assignment.objects.filter(task=task, annotator_id=who.user_id).first()  # read with the task locked
    state = own.state if own else None
    if state in (AssignmentState.LEASED, AssignmentState.OFFERED):
        assert own is not None
        _undo(task, won)
        if state == AssignmentState.LEASED:
            return own.pk, False
        Assignment.objects.move(
            own.pk, AssignmentState.OFFERED, AssignmentState.LEASED, leased_at=now, expires_at=lease_until(now)
        )
    elif state is not None and state not in AVAILABLE_AGAIN:
        raise StaleState(f"task {task.pk} is {state} by you already")
    elif not won:
        raise StaleState(f"task {task.pk} has no free slot")
    else:
        own = _lease(task, own, who, now)
    events.emit(
        "assignment.leased",
        organization_id=project.organization_id,
        project_id=project.pk,
        actor_id=who.user_id,
        assignments=[own.pk],
    )
    return own.pk, True


def _undo(task: Task, won: int) -> None:
    if won:
        Task.objects.filter(pk=task.pk).update(taken=F("taken") - 1)


def _lease(task: Task, own: Assignment | None, who: Annotator, now: datetime) -> Assignment:
    lease = {"schema_version": task.project.version, "leased_at": now, "expires_at": lease_until(now)}
    if own is not None:
        Assignment.objects.move(own.pk, AssignmentState(own.state), AssignmentState.LEASED, finished_at=None, **lease)
        return own
    return Assignment.objects.create(
        organization_id=who.organization_id,
        project_id=task.project_id,
        task=task,
        annotator_id=who.user_id,
        state=AssignmentState.LEASED,
        **lease,
    )
