"""Known answers: their tasks leave the ordinary work, are asked of everybody once, and come back when dropped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.types import registry
from tasks.models import Gold, Project, ProjectVersion, Task, Verdict
from tasks.models.gold import GoldKind
from tasks.models.policy import Rule
from tasks.selectors.policies import policy_of
from tasks.services.claim_gold import checks_of
from tasks.services.consensus.known import look_again
from tasks.services.consensus.rows import in_words
from tasks.services.gold_reading import Ready, Told, read_gold
from tasks.services.slots import slots_opened
from tasks.states import APART, GoldState, TaskState
from workers.models import User

WITHOUT_END = 32_767  # answers wanted of a check: everybody may be asked
MOST = 5000  # known answers of a project
STATE_OF = {
    GoldKind.GOLD: TaskState.CHECK,
    GoldKind.TRAINING: TaskState.PRACTICE,
    GoldKind.QUALIFICATION: TaskState.PRACTICE,
}


def add_gold(
    *,
    project: Project,
    told: Sequence[Told],
    source: str,
    actor: User | None,
    now: datetime,
    replace: bool = False,
    partly: bool = False,
) -> tuple[int, list[Problem]]:
    """Store known answers; how many, and what was wrong with the others.

    Raises InvalidInput, and stores nothing, when any is wrong; unless `partly`.
    """
    version = ProjectVersion.objects.get(project=project, number=project.version)
    ready, problems = read_gold(project=project, version=version, told=told, replace=replace)
    if Gold.objects.filter(project=project).count() + len(ready) > MOST:
        raise InvalidInput(Problem("", f"a project has at most {MOST} known answers", "max_length"))
    if problems and not partly:
        raise InvalidInput(problems)
    if ready:
        store_gold(project=project, version=version, ready=ready, source=source, actor=actor, now=now)
    return len(ready), problems


@transaction.atomic
def store_gold(
    *,
    project: Project,
    version: ProjectVersion,
    ready: Sequence[Ready],
    source: str,
    actor: User | None,
    now: datetime,
) -> None:
    """The tasks are locked in the order of their ids, before anything that hangs on them."""
    tasks = _tasks(project, [each.item.pk for each in ready], now)
    position = (Gold.objects.filter(project=project).aggregate(last=Max("position"))["last"] or 0) + 1
    known = {gold.task_id: gold for gold in Gold.objects.filter(task__in=[task.pk for task in tasks.values()])}
    made, mended = [], []
    for n, each in enumerate(ready):
        task = tasks[each.item.pk]
        set_apart(task, each.kind)
        fields: dict[str, Any] = {"kind": each.kind, "answer": each.answer, "explanation": each.explanation}
        fields |= {"state": GoldState.ACTIVE, "why": "", "ended_at": None, "schema_version": version.number}
        fields["label"] = words_of(version, project, each.answer)
        if gold := known.get(task.pk):
            if gold.answer != each.answer:
                mended.append(gold.pk)
            Gold.objects.filter(pk=gold.pk).update(**fields)
        else:
            made.append(
                Gold(task=task, project=project, source=source, position=position + n, created_by=actor,
                     created_at=now, **fields)
            )  # fmt: skip
    Gold.objects.bulk_create(made, batch_size=500)
    Verdict.objects.filter(gold__in=mended).delete()  # they are measured anew
    look_again(project.pk, [task.pk for task in tasks.values()])
    count_checks(project.pk)
    emit("gold.added", project, actor, count=len(ready), mended=len(mended))


def _tasks(project: Project, item_ids: Sequence[int], now: datetime) -> dict[int, Task]:
    Task.objects.bulk_create(
        [Task(project=project, item_id=pk, wanted=1, state=TaskState.OPEN, created_at=now) for pk in item_ids],
        ignore_conflicts=True,
        batch_size=500,
    )
    rows = Task.objects.filter(project=project, item__in=item_ids).order_by("pk").select_for_update()
    return {task.item_id: task for task in rows}


def set_apart(task: Task, kind: str) -> None:
    """Out of the ordinary work. A canceled task stays called off."""
    to = STATE_OF[GoldKind(kind)]
    if task.state == to:
        return
    if task.state == TaskState.CANCELED:
        raise StaleState(f"task {task.pk} is canceled: it cannot be gold")
    Task.objects.move(task.pk, TaskState(task.state), to, wanted=WITHOUT_END, ceiling=None, extra=0)
    task.state = to


@transaction.atomic
def change_gold(
    *,
    gold: Gold,
    actor: User | None,
    answer: Any = None,
    explanation: str | None = None,
    kind: str | None = None,
    position: int | None = None,
) -> Gold:
    """Mend what is known. A new answer measures everybody anew, and what was retired or invalid is in use again."""
    project = gold.project
    version = ProjectVersion.objects.get(project=project, number=gold.task.own_version or project.version)
    told = Told(
        where="gold",
        key=gold.task.item.key,
        item_id=gold.task.item_id,
        answer=gold.answer if answer is None else answer,
        kind=kind or gold.kind,
        explanation=gold.explanation if explanation is None else explanation,
    )
    ready, problems = read_gold(project=project, version=version, told=[told], replace=True)
    if problems:
        raise InvalidInput(Problem(p.path.removeprefix("gold."), p.message, p.code) for p in problems)
    task = Task.objects.select_for_update().get(pk=gold.task_id)
    set_apart(task, ready[0].kind)
    before = gold.answer
    gold.answer, gold.kind, gold.explanation = ready[0].answer, ready[0].kind, ready[0].explanation
    gold.schema_version, gold.state, gold.why, gold.ended_at = version.number, GoldState.ACTIVE, "", None
    gold.label = words_of(version, project, gold.answer)
    gold.position = gold.position if position is None else position
    gold.save()
    Verdict.objects.filter(gold=gold).exclude(kind=gold.kind).update(counts=False)
    if before != gold.answer:
        Verdict.objects.filter(gold=gold).delete()
    look_again(project.pk, [task.pk])
    count_checks(project.pk)
    emit("gold.changed", project, actor, gold=gold.pk, task=task.pk, answer_changed=before != gold.answer)
    return gold


@transaction.atomic
def retire(*, gold: Gold, actor: User | None, why: str, now: datetime, misleads: bool = False) -> None:
    """Ask nobody any more. Where it misleads, nobody is measured by it either."""
    Gold.objects.move(gold.pk, GoldState.ACTIVE, GoldState.RETIRED, why=why, ended_at=now)
    if misleads:
        Verdict.objects.filter(gold=gold).update(counts=False)
        look_again(gold.project_id, [gold.task_id])
    count_checks(gold.project_id)
    emit("gold.retired", gold.project, actor, gold=gold.pk, task=gold.task_id, why=why)


@transaction.atomic
def reactivate(*, gold: Gold, actor: User | None) -> None:
    Gold.objects.move(gold.pk, GoldState.RETIRED, GoldState.ACTIVE, why="", ended_at=None)
    Verdict.objects.filter(gold=gold).update(counts=True)
    look_again(gold.project_id, [gold.task_id])
    count_checks(gold.project_id)
    emit("gold.reactivated", gold.project, actor, gold=gold.pk, task=gold.task_id)


@transaction.atomic
def drop_gold(*, gold: Gold, actor: User | None, now: datetime) -> None:
    """Nothing is known any more: its task is ordinary work again, and nobody is measured by it.

    A draft has no work yet: there its task goes with it.
    """
    task = Task.objects.select_for_update().get(pk=gold.task_id)
    if gold.project.launched_at is None and not task.assignments.exists():
        emit("gold.dropped", gold.project, actor, gold=gold.pk, task=task.pk)
        task.delete()
        count_checks(gold.project_id)
        return
    if task.state in APART:
        overlap = ProjectVersion.objects.values_list("overlap", flat=True).get(
            project=gold.project_id, number=gold.project.version
        )
        policy = policy_of(gold.project_id)
        ceiling = policy.ceiling if policy.rule == Rule.AGREE else None
        overlap = policy.floor if ceiling else overlap
        wanted = max(overlap, task.taken)
        is_full = task.answered >= overlap and ceiling is None  # else the consensus decides
        Task.objects.move(
            task.pk,
            TaskState(task.state),
            TaskState.RESOLVED if is_full else TaskState.OPEN,
            wanted=wanted,
            ceiling=ceiling,
            extra=max(0, wanted - (ceiling or overlap)),
            resolved_at=(task.resolved_at or now) if is_full else None,
        )
        slots_opened(gold.project_id)
    Verdict.objects.filter(gold=gold).update(counts=False)
    look_again(gold.project_id, [task.pk])
    emit("gold.dropped", gold.project, actor, gold=gold.pk, task=task.pk)
    Gold.objects.filter(pk=gold.pk).delete()
    count_checks(gold.project_id)


@transaction.atomic
def recheck(*, project: Project, now: datetime) -> int:
    """A new version of the schema: what it refuses is put aside, with the reason; what it takes is kept up with it.

    A task with a question of its own is asked that, whatever the project's is.
    """
    version = ProjectVersion.objects.get(project=project, number=project.version)
    invalid = 0
    older = Gold.objects.filter(project=project, task__own_version=None).exclude(schema_version=version.number)
    older = older.select_related("task__item")
    for gold in older.order_by("task_id"):
        told = Told("gold", gold.task.item.key, gold.answer, gold.kind, gold.explanation, gold.task.item_id)
        ready, problems = read_gold(project=project, version=version, told=[told], replace=True, twins=True)
        changes: dict[str, Any] = {"schema_version": version.number}
        if problems:
            invalid += 1
            changes |= {"state": GoldState.INVALID, "ended_at": now, "why": "; ".join(p.message for p in problems[:3])}
        else:
            changes |= {"answer": ready[0].answer, "label": words_of(version, project, ready[0].answer)}
            if gold.state == GoldState.INVALID:
                changes |= {"state": GoldState.ACTIVE, "ended_at": None, "why": ""}
        Gold.objects.filter(pk=gold.pk, schema_version=gold.schema_version).update(**changes)
    count_checks(project.pk)
    if invalid:
        emit("gold.invalid", project, None, count=invalid, version=version.number)
    return invalid


def count_checks(project_id: int) -> None:
    Project.objects.filter(pk=project_id).update(checks=checks_of(project_id))


def words_of(version: ProjectVersion, project: Project, answer: dict[str, Any]) -> str:
    return in_words(registry.get(project.type).export_row(answer, version.config))


def emit(kind: str, project: Project, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=payload.get("gold", project.pk),
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        **payload,
    )
