"""After a task's consensus: it has what it needs, wants one more answer, or goes to a reviewer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from labeling.outbox import events
from labeling.outbox.models import Event
from labeling.quality.deciding import Next, decide
from tasks.models import Project, Task
from tasks.selectors.policies import InForce
from tasks.services.leasing import take_offers_back
from tasks.services.slots import slots_opened
from tasks.states import ProjectState, TaskState

T = TaskState
RUNS = (ProjectState.RUNNING, ProjectState.PAUSED)
KINDS = {T.RESOLVED: "tasks.resolved", T.IN_REVIEW: "tasks.sent_to_review"}
FIELDS = ("pk", "state", "wanted", "taken", "answered", "ceiling", "extra", "is_audit")


class Judged(NamedTuple):
    """What the consensus says of a task."""

    answers: int  # by people, that count
    set_aside: int  # by people who are left out, and by machines
    void: int  # that the schema of now refuses
    sure: float
    is_final: bool = False  # a resolved one is not asked about again: a reviewer said so, or it is delivered


class Change(NamedTuple):
    state: TaskState
    wanted: int
    extra: int
    kind: str = ""  # of the event


def settle_tasks(*, project_id: int, judged: Mapping[int, Judged], force: InForce, now: datetime) -> None:
    """Bring the tasks to where their consensus wants them, each change with its event; in the caller's transaction.

    What a task needs follows from its answers alone, so doing this twice asks for nothing twice. It comes last in the
    transaction: annotators wait for the tasks' locks.
    """
    rows = Task.objects.filter(pk__in=judged, state__in=(T.OPEN, T.RESOLVED)).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    may_reopen = Project.objects.filter(pk=project_id, state__in=RUNS).exists()
    changes: dict[tuple[str, Change], list[int]] = defaultdict(list)
    tasks = list(rows.only(*FIELDS))
    _withdraw_offers(project_id, tasks, judged, force, now)
    for task in tasks:
        change = change_of(task, judged[task.pk], force, may_reopen=may_reopen)
        if (change.state, change.wanted, change.extra) != (task.state, task.wanted, task.extra):
            changes[task.state, change].append(task.pk)
    for (frm, change), pks in changes.items():
        fields: dict[str, Any] = {"wanted": change.wanted, "extra": change.extra}
        if change.state == frm:
            Task.objects.filter(pk__in=pks).update(**fields)
        else:
            fields["resolved_at"] = now if change.state == T.RESOLVED else None
            Task.objects.move_all(pks, T(frm), change.state, **fields)
    if changes:
        _tell(project_id, changes)


def _withdraw_offers(
    project_id: int, tasks: Sequence[Task], judged: Mapping[int, Judged], force: InForce, now: datetime
) -> None:
    """Where a task stops, nobody shall open it any more: in the same step, so that their next one is another."""
    given = [task for task in tasks if task.state == T.OPEN and task.taken > task.answered]
    stops = [task for task in given if change_of(task, judged[task.pk], force).state != T.OPEN]
    if stops:
        freed = take_offers_back(project_id=project_id, task_ids=[task.pk for task in stops], now=now)
        for task in stops:
            task.taken -= freed[task.pk]


def change_of(task: Task, judged: Judged, force: InForce, *, may_reopen: bool = True) -> Change:
    """Where the task, open or resolved, belongs; its own state and numbers when it is there."""
    state = T(task.state)
    if state == T.RESOLVED and (judged.is_final or not may_reopen):
        return Change(state, task.wanted, task.extra)
    if task.ceiling is None:
        return _by_overlap(task, judged)
    extra = max(judged.set_aside + judged.void, task.taken - task.ceiling)
    decision = decide(sure=judged.sure, answers=judged.answers, aim=force.aim(task.ceiling), is_audit=task.is_audit)
    if decision.next != Next.MORE:
        to = T.IN_REVIEW if decision.next == Next.REVIEW else T.RESOLVED
        return Change(to, task.taken, extra, "" if to == state else KINDS[to])
    wanted = max(decision.answers + judged.set_aside + judged.void, task.taken)
    kind = "tasks.reopened" if state == T.RESOLVED else "tasks.escalated" if wanted > task.wanted else ""
    return Change(T.OPEN, wanted, extra, kind)


def _by_overlap(task: Task, judged: Judged) -> Change:
    """As many answers as before, those that do not count asked for again from somebody else."""
    overlap = task.wanted - task.extra
    extra = max(judged.set_aside, task.taken - overlap)
    to = T.RESOLVED if task.answered >= overlap + extra else T.OPEN
    kind = "" if to == task.state else "tasks.reopened" if to == T.OPEN else KINDS[to]
    return Change(to, overlap + extra, extra, kind)


def _tell(project_id: int, changes: Mapping[tuple[str, Change], list[int]]) -> None:
    if any(change.state == T.OPEN for _, change in changes):
        slots_opened(project_id)
    organization_id = Project.objects.values_list("organization_id", flat=True).get(pk=project_id)
    events.emit_many(
        [
            Event(
                kind=change.kind,
                organization_id=organization_id,
                object_id=project_id,
                project_id=project_id,
                payload={"tasks": pks} | ({"wanted": change.wanted} if change.state == T.OPEN else {}),
            )
            for (_, change), pks in changes.items()
            if change.kind
        ]
    )
