"""Answers that people gave elsewhere, come with the items: they become answers of people who cannot sign in.

Each is checked as any other. One that is no answer to the project's question is reported beside the suggestions that
could not be used, and its task is asked without it.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from django.db.models import F

from labeling.errors import HasProblems, Problem
from labeling.importers.found import ANSWERED
from labeling.outbox import events
from labeling.types import registry
from labeling.types.base import TaskType
from tasks.models import Answer, Assignment, Project, ProjectVersion, SuggestionProblem, Task
from tasks.selectors.answering import judged
from tasks.states import AssignmentState, TaskState
from workers.mail import NOBODY
from workers.models import Placeholder, User

BATCH = 500
MOST_TOLD = 10
LONGEST_NAME = 120
LONGEST_PATH = SuggestionProblem._meta.get_field("path").max_length or 300


def add_answers_of_items(*, project: Project, dataset_id: int, items: tuple[int, int], now: datetime) -> int:
    """For tasks just opened, in the caller's transaction. They take the slots of the answers that are wanted."""
    version = ProjectVersion.objects.get(project=project, number=project.version)
    task_type = registry.get(project.type)
    fresh = Task.objects.filter(
        project=project, item__dataset=dataset_id, item__pk__range=items, state=TaskState.OPEN, answered=0
    ).filter(item__data__has_key=ANSWERED)
    people: dict[str, int] = {}
    refused: list[SuggestionProblem] = []
    count = 0
    for task in fresh.select_related("item").order_by("pk").iterator(chunk_size=BATCH):
        ready, problems = _read(task, task_type, version.config)
        refused += [
            SuggestionProblem(project=project, task=task, path=p.path[:LONGEST_PATH], message=p.message)
            for p in problems[:MOST_TOLD]
        ]
        for worker, value in ready.items():
            _store(task, project, _person(project.organization_id, worker, people, now), value, version.number, now)
        if ready:
            _settle(task, project, len(ready), now)
            count += len(ready)
    SuggestionProblem.objects.bulk_create(refused, batch_size=BATCH)
    return count


def _read(task: Task, task_type: TaskType, config: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """The clean answer of each worker, the first one of those who answered twice; and what is wrong with others."""
    found: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    raw = task.item.data[ANSWERED]
    try:
        listed = orjson.loads(raw) if isinstance(raw, str) else raw
    except orjson.JSONDecodeError as error:
        return {}, [Problem(ANSWERED, f"is not JSON: {error}", "json")]
    for n, each in enumerate(listed if isinstance(listed, list) else [listed]):
        path = f"{ANSWERED}[{n}]"
        worker = each.get("worker") if isinstance(each, dict) else None
        if not isinstance(worker, str) or not worker.strip():
            problems.append(Problem(f"{path}.worker", "names nobody", "required"))
            continue
        if worker in found:
            problems.append(Problem(f"{path}.worker", f"{worker[:80]!r} has answered this item already", "duplicate"))
            continue
        try:
            found[worker] = task_type.clean_answer(
                each.get("answer"), config=config, item=judged(task.item.data, task.item.media)
            )
        except HasProblems as error:
            where = [f"{path}.answer.{p.path}" if p.path else f"{path}.answer" for p in error.problems]
            problems += [Problem(w, p.message, p.code) for w, p in zip(where, error.problems, strict=True)]
    return found, problems


def _person(organization_id: int, worker: str, known: dict[str, int], now: datetime) -> int:
    """The same name is the same person, in all projects of the organization."""
    if worker not in known:
        placeholders = Placeholder.objects.filter(organization_id=organization_id, user__is_active=False)
        came = placeholders.filter(pseudonym=worker).first()  # with an archive, which names them so
        email = address_of(organization_id, worker)
        user = came.user if came else User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, name=worker[:LONGEST_NAME], is_active=False, created_at=now)
        known[worker] = user.pk
    return known[worker]


def address_of(organization_id: int, worker: str) -> str:
    """By which the account of somebody who answered elsewhere is found again; nothing is ever sent there."""
    digest = hashlib.sha256(worker.encode()).hexdigest()[:32]
    return f"{digest}@{organization_id}.imported{NOBODY}"


def _store(task: Task, project: Project, annotator_id: int, value: dict[str, Any], version: int, now: datetime) -> None:
    turn = Assignment.objects.create(
        organization_id=project.organization_id,
        project=project,
        task=task,
        annotator_id=annotator_id,
        state=AssignmentState.SUBMITTED,
        schema_version=version,
        leased_at=now,
        finished_at=now,
    )
    answer = Answer.objects.create(
        client_id=uuid4(),
        content_hash=hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        assignment=turn,
        task=task,
        project=project,
        annotator_id=annotator_id,
        schema_version=version,
        value=value,
        created_at=now,
    )
    events.emit(
        "answer.submitted",
        organization_id=project.organization_id,
        object_id=answer.pk,
        project_id=project.pk,
        actor_id=annotator_id,
        task=task.pk,
    )


def _settle(task: Task, project: Project, answers: int, now: datetime) -> None:
    """Slots are filled first; more answers than were wanted widen the task. With a ceiling the consensus decides."""
    over = max(0, answers - task.wanted)
    is_full = task.ceiling is None and answers >= task.wanted
    changes: dict[str, Any] = {"state": TaskState.RESOLVED, "resolved_at": now} if is_full else {}
    more = {"wanted": F("wanted") + over, "extra": F("extra") + over, "taken": answers, "answered": answers}
    Task.objects.filter(pk=task.pk).update(**more, **changes)
    if is_full:
        events.emit(
            "tasks.resolved", organization_id=project.organization_id, object_id=project.pk, project_id=project.pk,
            tasks=[task.pk],
        )  # fmt: skip
