"""Evaluation and training tasks: what clients know of tasks becomes gold in the project of ours."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import F

from labeling.errors import HasProblems, InvalidAnswer, InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.types import registry
from tasks.models import Consensus, Gold, Order, OrderProject, Project, ProjectVersion, QualityTask, Task
from tasks.models.gold import GoldKind, GoldSource
from tasks.scale.files import check_pictures, plain
from tasks.scale.kinds import Asked, Kind, guideline_of
from tasks.scale.opening import (
    HELD_FOR,
    MOST_AT_ONCE,
    WAITS,
    Unfetched,
    fetched,
    own_version,
    project_for,
    store_item,
    suggestion_of,
)
from tasks.scale.orders import Said
from tasks.scale.projects import dataset_of, kind_in
from tasks.selectors.gold import rules_of
from tasks.services import gold
from tasks.services.check_rules import set_rules
from tasks.services.gold_reading import Told, read_gold
from tasks.states import OrderState, TaskState
from workers.models import Organization

REUSABLE = (TaskState.RESOLVED, TaskState.IN_REVIEW, TaskState.CHECK, TaskState.PRACTICE)


@transaction.atomic
def create(
    *,
    organization: Organization,
    mode: str,
    project: OrderProject,
    is_projects_own: bool,
    kind: Kind,
    said: Said,
    expected: Any,
    initial: Any,
    is_training: bool,
    now: datetime,
) -> QualityTask:
    """Check what is known as an answer to the task, and ask it from now on: at once, or when its attachments are here.

    Of a task that was ordered, answered and audited before the very task is taken: who answered it is not asked again.
    In test mode it is checked and kept, for there is nobody to ask. Without a project in the request (`is_projects_own`
    is false) an audited task of any project will do.
    """
    asked = kind.ask(said.params, said.instruction)
    check_pictures(asked, organization_id=organization.pk, mode=mode)
    row = QualityTask(
        organization=organization,
        mode=mode,
        project=project,
        is_training=is_training,
        type=kind.name,
        instruction=said.instruction,
        params=said.params,
        expected_response=expected,
        initial_response=initial,
    )
    source = audited(row, is_projects_own=is_projects_own)
    if source is None or plain(expected) != source.response:
        check_answer(kind, asked, said.params, expected, "expected_response")
    if initial is not None:
        check_answer(kind, asked, said.params, initial, "initial_response")
    if source is not None:
        row.order, row.project = source, source.project
    row.save()
    if mode == "test":
        return row
    if source is not None and source.task is not None:
        make_gold(row, source.task, answer_of(kind, source, expected), now)
    elif asked.wanted:
        QualityTask.objects.filter(pk=row.pk).update(prepare_at=now)
        events.emit("known_task.requested", organization_id=organization.pk, object_id=row.pk, mode=mode)
    else:
        open_known(row, kind, asked, asked.item, {}, now)
    return row


def audited(row: QualityTask, *, is_projects_own: bool) -> Order | None:
    """The audited order with the same parameters, whose task can be made into a known one."""
    found = Order.objects.filter(organization=row.organization_id, mode=row.mode, type=row.type)
    found = found.filter(state=OrderState.COMPLETED).exclude(review_status="")
    if is_projects_own:
        found = found.filter(project=row.project)
    if row.instruction:
        found = found.filter(instruction=row.instruction)
    if row.mode != "test":
        found = found.filter(task__state__in=REUSABLE)
    found = found.select_related("project", "task__project", "task__item").order_by("-pk")
    if connection.vendor == "postgresql":
        return found.filter(params=row.params).first()
    said = _ordered(row.params)  # SQLite compares JSON as text: the order of its keys would count
    pk = next((pk for pk, params in found.values_list("pk", "params") if _ordered(params) == said), None)
    return found.get(pk=pk) if pk is not None else None


def _ordered(params: Any) -> bytes:
    return orjson.dumps(params, option=orjson.OPT_SORT_KEYS)


def answer_of(kind: Kind, order: Order, expected: Any) -> Any:
    """The response as it was given is the answer that it was made of."""
    assert order.task is not None
    given = Consensus.objects.filter(task=order.task).first()
    if given is not None and plain(expected) == order.response:
        return given.value
    return kind.answer(expected, order.params, order.task.item.data)


def check_answer(kind: Kind, asked: Asked, params: dict[str, Any], response: Any, name: str) -> None:
    """A known answer must be an answer; what depends on a picture's size is not known yet."""
    item = {key: value for key, value in asked.item.items() if key != "image"}
    try:
        registry.get(kind.core).clean_answer(kind.answer(response, params, asked.item), config=asked.config, item=item)
    except InvalidAnswer as error:
        raise InvalidInput(Problem(f"{name}.{p.path}", p.message, p.code) for p in error.problems) from None


def prepare_due(*, now: datetime) -> int:
    due = QualityTask.objects.filter(prepare_at__lte=now).order_by("prepare_at", "pk")
    return sum(prepare(known_id=pk, now=now) for pk in due.values_list("pk", flat=True)[:MOST_AT_ONCE])


def prepare(*, known_id: int, now: datetime) -> bool:
    """Fetch its attachments and store what is known; false when somebody else is at it, or it is done."""
    mine = QualityTask.objects.filter(pk=known_id, prepare_at__lte=now)
    if not mine.update(prepare_at=now + HELD_FOR, prepare_tries=F("prepare_tries") + 1):
        return False
    row = QualityTask.objects.select_related("project__project", "project__organization").get(pk=known_id)
    try:
        kind = kind_in(row.project, row.type)
        asked = kind.ask(row.params, row.instruction)
        project = project_for(row.project, kind, asked, guideline_of(row.instruction, row.params), now)
        item, media = fetched(row, asked, dataset_of(project).pk)
        open_known(row, kind, asked, item, media, now)
    except Unfetched as error:
        if error.again and row.prepare_tries <= len(WAITS):
            again = now + timedelta(seconds=WAITS[row.prepare_tries - 1])
            QualityTask.objects.filter(pk=row.pk).update(prepare_at=again)
        else:
            _gave_up(row, str(error))
    except (HasProblems, StaleState) as error:
        _gave_up(row, str(error))
    return True


def _gave_up(row: QualityTask, reason: str) -> None:
    QualityTask.objects.filter(pk=row.pk).update(prepare_at=None, error=reason)


@transaction.atomic
def open_known(
    row: QualityTask, kind: Kind, asked: Asked, item: dict[str, Any], media: dict[str, Any], now: datetime
) -> None:
    """A task of its own for what is known. Raises InvalidInput where the answer does not fit the item after all."""
    guideline = guideline_of(row.instruction, row.params)
    project = project_for(row.project, kind, asked, guideline, now)
    version = own_version(project, asked, guideline)
    number = version.number if version else project.version
    shown = row.params | ({} if row.initial_response is None else {"hypothesis": row.initial_response})
    suggestion, problems = suggestion_of(shown, kind, asked, item, media, number)
    if problems:
        raise InvalidInput(problems)
    stored = store_item(row.public_id, dataset_of(project), item, media)
    task = Task.objects.create(
        project=project,
        item=stored,
        state=TaskState.PRACTICE if row.is_training else TaskState.CHECK,
        own_version=version.number if version else None,
        suggestion=suggestion,
        wanted=gold.WITHOUT_END,
        created_at=now,
    )
    make_gold(row, task, kind.answer(row.expected_response, row.params, item), now)


def make_gold(row: QualityTask, task: Task, answer: Any, now: datetime) -> None:
    """In the caller's transaction. A newer answer to what is known already takes the place of the older one."""
    project: Project = task.project
    version = ProjectVersion.objects.get(project=project, number=task.own_version or project.version)
    kind = GoldKind.TRAINING if row.is_training else GoldKind.GOLD
    told = [Told("expected_response", task.item.key, answer, kind, item_id=task.item_id)]
    ready, problems = read_gold(project=project, version=version, told=told, replace=True)
    if problems:
        raise InvalidInput(problems)
    gold.store_gold(project=project, version=version, ready=ready, source=GoldSource.API, actor=None, now=now)
    stored = Gold.objects.get(task=task)
    QualityTask.objects.filter(pk=row.pk).update(gold=stored, prepare_at=None, error="")
    if row.is_training and not rules_of(project).train_first:
        set_rules(project=project, actor=None, now=now, train_first=True)
