"""Take what a machine says, many answers in one call: each in a transaction of its own, each exactly once.

A vote is an answer as anybody's, beside those that were asked of people: the task counts one more slot given and
answered, and one more in place of an answer that does not count, so nobody's turn is lost to it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
from django.db import IntegrityError, transaction
from django.db.models import F

from labeling.errors import GroundworkError, InvalidAnswer, InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.types import registry
from tasks.models import Answer, Assignment, Machine, MachineAnswer, MachinePolicy, Project, Task
from tasks.models.machines import Purpose
from tasks.selectors.answering import configs_of, judged
from tasks.selectors.machines import is_control, machine_policy_of
from tasks.states import ASKED, AssignmentState, ProjectState, TaskState

SPACE = UUID("6f1d1c1e-6f0e-4c9a-9d0c-6a0a4b1f7a52")  # of ids made from a machine and a task
CLOSED = (ProjectState.DRAFT, ProjectState.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it arrived: its task by id, or by the key of its item."""

    answer: Any
    task: int | None = None
    item: str | None = None
    id: UUID | None = None
    confidence: float | None = None
    schema_version: int | None = None

    def content_hash(self, purpose: str, task_id: int) -> str:
        what = [purpose, task_id, self.answer, self.confidence, self.schema_version]
        return hashlib.sha256(orjson.dumps(what, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class Result:
    status: str  # stored, duplicate, invalid, refused
    task: int | None = None
    problems: list[Problem] = field(default_factory=list)


def store_answers(
    *, project: Project, machine: Machine, purpose: str, said: Sequence[Said], now: datetime
) -> list[Result]:
    """One result for each, in their order; none stops another. StaleState when the machine or the project is closed."""
    if machine.archived_at is not None:
        raise StaleState(f"machine {machine.pk} is archived")
    if project.state in CLOSED:
        raise StaleState(f"the project is {project.state}")
    tasks, policy = _Tasks(project, said), machine_policy_of(project)
    configs = configs_of([project.pk], {task.own_version for task in tasks.by_id.values() if task.own_version})
    results = []
    for each in said:
        try:
            results.append(_store_one(each, tasks, configs, policy, machine, purpose, now))
        except InvalidAnswer as error:
            where = [Problem(f"answer.{p.path}" if p.path else "answer", p.message, p.code) for p in error.problems]
            results.append(Result("invalid", problems=where))
        except InvalidInput as error:
            results.append(Result("invalid", problems=error.problems))
        except GroundworkError as error:
            results.append(Result("refused", problems=[Problem("", str(error), "stale")]))
    return results


class _Tasks:
    """The tasks that are spoken of, read at once."""

    def __init__(self, project: Project, said: Sequence[Said]) -> None:
        mine = Task.objects.filter(project=project).select_related("item")
        keys = {each.item for each in said if each.item is not None}
        self.by_id = {task.pk: task for task in mine.filter(pk__in={each.task for each in said if each.task})}
        self.by_key: dict[str, list[Task]] = {}
        for task in mine.filter(item__key__in=keys) if keys else ():
            self.by_key.setdefault(task.item.key, []).append(task)
            self.by_id[task.pk] = task

    def find(self, each: Said) -> Task:
        if (each.task is None) == (each.item is None):
            raise InvalidInput(Problem("task", "name the task, or the key of its item", "required"))
        if each.task is not None:
            if each.task not in self.by_id:
                raise InvalidInput(Problem("task", f"the project has no task {each.task}", "missing"))
            return self.by_id[each.task]
        found = self.by_key.get(each.item or "", [])
        if not found:
            raise InvalidInput(Problem("item", f"the project has no item {each.item!r}", "missing"))
        if len(found) > 1:
            raise InvalidInput(Problem("item", f"{len(found)} items are called {each.item!r}; name the task", "choice"))
        return found[0]


def _store_one(
    each: Said,
    tasks: _Tasks,
    configs: dict[tuple[int, int], dict[str, Any]],
    policy: MachinePolicy,
    machine: Machine,
    purpose: str,
    now: datetime,
) -> Result:
    task, project = tasks.find(each), policy.project
    client_id = each.id or uuid5(SPACE, f"{machine.pk}:{task.pk}")
    content_hash = each.content_hash(purpose, task.pk)
    if earlier := _earlier(machine, client_id, task, content_hash):
        return earlier
    version = each.schema_version or task.own_version or project.version
    config = configs.get((project.pk, version))
    if config is None or version != (task.own_version or version):
        raise InvalidInput(Problem("schema_version", f"the project has no version {version}", "missing"))
    value = registry.get(project.type).clean_answer(
        each.answer, config=config, item=judged(task.item.data, task.item.media)
    )
    row = MachineAnswer(
        machine=machine,
        project=project,
        task=task,
        client_id=client_id,
        content_hash=content_hash,
        purpose=purpose,
        value=value,
        schema_version=version,
        confidence=each.confidence,
        is_control=is_control(policy, task),
        created_at=now,
    )
    try:
        with transaction.atomic():
            (_vote if purpose == Purpose.VOTE else _suggest)(row, task, project, machine, now)
    except IntegrityError:  # the same one arrives twice at once, and the other was first
        if earlier := _earlier(machine, client_id, task, content_hash):
            return earlier
        raise
    return Result("stored", task.pk)


def _earlier(machine: Machine, client_id: UUID, task: Task, content_hash: str) -> Result | None:
    """A repeat has the first one's result; anything else under the same id, or of the same task, is refused."""
    mine = MachineAnswer.objects.filter(machine=machine)
    first = mine.filter(client_id=client_id).first()
    if first is not None:
        if first.content_hash != content_hash:
            raise StaleState("another answer was stored under this id")
        return Result("duplicate", first.task_id)
    if mine.filter(task=task).exists():
        raise StaleState("this machine has answered the task already; another version of it is another machine")
    return None


def _suggest(row: MachineAnswer, task: Task, project: Project, machine: Machine, now: datetime) -> None:
    """The task's suggestion from now on; one that people are not asked any more keeps what it had."""
    row.save(force_insert=True)
    fresh = Task.objects.select_for_update(no_key=True).get(pk=task.pk)
    if fresh.state == TaskState.CANCELED:
        raise StaleState("the task was called off")
    if fresh.state in (*ASKED, TaskState.CHECK):  # gold must look like any other task
        old = fresh.suggestion or {}
        fresh.suggestion = {
            "value": row.value,
            "schema_version": row.schema_version,
            "machine": machine.pk,
            "source": str(machine),
            "at": now.isoformat(),
            "hidden": row.is_control,
            "column": bool(old and old.get("column", True)),  # the item's column was one: still no data to show
        }
        fresh.save(update_fields=["suggestion"])
    _tell("machine.suggested", row, project, machine)


def _vote(row: MachineAnswer, task: Task, project: Project, machine: Machine, now: datetime) -> None:
    """Tasks are locked before assignments, as wherever answers are taken."""
    if task.state in (TaskState.CHECK, TaskState.PRACTICE):
        row.save(force_insert=True)  # its answer is known: there is no consensus to vote in
        return
    one_more = {name: F(name) + 1 for name in ("wanted", "taken", "answered", "extra")}
    if not Task.objects.filter(pk=task.pk).exclude(state=TaskState.CANCELED).update(**one_more):
        raise StaleState("the task was called off")
    turn = Assignment.objects.create(
        organization_id=project.organization_id,
        project=project,
        task=task,
        annotator_id=machine.user_id,
        state=AssignmentState.SUBMITTED,
        schema_version=row.schema_version,
        leased_at=now,
        finished_at=now,
    )
    row.answer = Answer.objects.create(
        client_id=uuid4(),
        content_hash=row.content_hash,
        assignment=turn,
        task=task,
        project=project,
        annotator_id=machine.user_id,
        schema_version=row.schema_version,
        value=row.value,
        created_at=now,
    )
    row.save(force_insert=True)
    _tell("answer.submitted", row, project, machine)


def _tell(kind: str, row: MachineAnswer, project: Project, machine: Machine) -> None:
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=row.answer_id or row.pk,
        project_id=project.pk,
        actor_id=machine.user_id,
        task=row.task_id,
    )
