"""Change a project's labels while it runs: what that would do, doing it, and taking it back.

The change itself is a new version, made at once; answers stay what they are and are read through the change from then
on (`selectors.rereading`), which brings every consensus up to date by the project's consumer. What else follows is done
by a job, task by task: verdicts of reviewers follow, and tasks whose answers cannot be read any more are asked again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.errors import InvalidConfig, InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.types import registry
from labeling.types.label_changes import change_labels, places
from labeling.types.relabeling import reread
from tasks.models import Answer, Consensus, Gold, Item, Project, ProjectVersion, QualityState, SchemaChange, Task
from tasks.selectors.answering import judged
from tasks.selectors.rereading import rereader_of
from tasks.services.examples import id_of
from tasks.services.gold import words_of
from tasks.services.projects import clean_config, new_version
from tasks.states import BulkState, GoldState
from workers.models import User

SAMPLE = 5000  # answers looked at for a preview: the newest
MOST_OPERATIONS = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do as things stand. Estimates are scaled up from the newest answers."""

    labels: dict[str, list[str]]  # by place, as they would be
    answers: int  # that would say something else
    unreadable: int  # that could not be said in the new labels
    tasks: int  # with such an answer
    consensus: int  # that would show another label
    gold: int  # known answers that would follow
    gold_lost: int  # and those that would be put aside
    examples_lost: int  # of the guideline
    own: int  # tasks with a question of their own, which keep it
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Planned:
    config: dict[str, Any]
    moved: dict[str, Any]


def plan(project: Project, operations: Any) -> Planned:
    """The new config, clean, and where each label is in it. Raises InvalidInput or InvalidConfig."""
    if isinstance(operations, list) and len(operations) > MOST_OPERATIONS:
        raise InvalidInput(Problem("changes", f"at most {MOST_OPERATIONS} at once", "max_length"))
    current = ProjectVersion.objects.get(project=project, number=project.version).config
    raw, moved = change_labels(current, operations)
    try:
        return Planned(clean_config(project.type, raw), moved)
    except InvalidConfig as error:
        raise InvalidConfig(Problem("changes", f"{p.path}: {p.message}", p.code) for p in error.problems) from None


def preview_change(*, project: Project, operations: Any) -> Preview:
    planned = plan(project, operations)
    reader = rereader_of(project)
    changed, lost, tasks, looked_at = 0, 0, set(), 0
    rows = Answer.objects.filter(project=project, is_live=True, task__own_version=None).order_by("-pk")
    for task_id, version, value, data, media in rows.values_list(
        "task_id", "schema_version", "value", "task__item__data", "task__item__media"
    )[: SAMPLE + 1]:
        looked_at += 1
        if looked_at > SAMPLE:
            break
        item = judged(data, media)
        now = reader.read(value, version, item) if reader and reader.follows(version) else value
        then = _then(project, planned, now, item)
        changed += then is not None and then != now
        if now is not None and then is None:
            lost += 1
            tasks.add(task_id)
    total = rows.count() if looked_at > SAMPLE else looked_at
    share = max(1.0, total / SAMPLE)
    gold, gold_lost = _gold_counts(project, planned)
    return Preview(
        labels={place: [each["value"] for each in found] for place, found in places(planned.config).items()},
        answers=round(changed * share),
        unreadable=round(lost * share),
        tasks=round(len(tasks) * share),
        consensus=_consensus_count(project, planned),
        gold=gold,
        gold_lost=gold_lost,
        examples_lost=len(_examples(project)) - len(_examples(project, planned)),
        own=_own_questions(project),
        is_estimate=looked_at > SAMPLE,
    )


def _own_questions(project: Project) -> int:
    """Tasks that came with a question of their own: whoever sent it waits for an answer in its very labels."""
    if not ProjectVersion.objects.filter(project=project, for_tasks=True).exists():
        return 0
    return Task.objects.filter(project=project, own_version__isnull=False).count()


def _then(
    project: Project, planned: Planned, value: dict[str, Any] | None, item: dict[str, Any]
) -> dict[str, Any] | None:
    if value is None:
        return None
    return reread(registry.get(project.type), value, planned.moved, planned.config, item)


def _consensus_count(project: Project, planned: Planned) -> int:
    """Rows that would say something else; scaled up from the newest."""
    rows = Consensus.objects.filter(project=project, task__own_version=None).order_by("-task_id")
    found = looked_at = 0
    for value, data, media in rows.values_list("value", "task__item__data", "task__item__media")[:SAMPLE]:
        looked_at += 1
        found += _then(project, planned, value, judged(data, media)) != value
    return found if looked_at < SAMPLE else round(found * rows.count() / SAMPLE)


def _gold_counts(project: Project, planned: Planned) -> tuple[int, int]:
    changed = lost = 0
    for gold in Gold.objects.filter(project=project).select_related("task__item"):
        then = _then(project, planned, gold.answer, judged(gold.task.item.data, gold.task.item.media))
        changed += then is not None and then != gold.answer
        lost += then is None
    return changed, lost


def change_schema(
    *,
    project: Project,
    operations: Any,
    actor: User | None,
    now: datetime,
    requeue: bool = False,
    expected_version: int | None = None,
) -> SchemaChange:
    """Make the new version; the rest follows in the background. StaleState where somebody made one meanwhile."""
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        if expected_version is not None and locked.version != expected_version:
            raise StaleState(f"the project is at version {locked.version} by now, not {expected_version}")
        planned = plan(locked, operations)
        before = locked.version
        changes = {"config": planned.config, "examples": _examples(locked, planned)}
        version = new_version(project=locked, actor=actor, now=now, changes=changes)
        if version.number == before:
            raise InvalidInput(Problem("changes", "nothing would be different", "same"))
        change = _store(locked, before, version, operations, planned.moved, requeue, actor, now)
        _follow_gold(locked, change, version)
    project.refresh_from_db(fields=["version"])
    return change


def undo_change(*, change: SchemaChange, actor: User | None, now: datetime) -> SchemaChange:
    """Make the labels of before the current ones again: every answer, verdict and known answer is what it was.

    Only of the change behind the current version.
    """
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=change.project_id)
        if change.undoes_id or SchemaChange.objects.filter(undoes=change).exists():
            raise StaleState("the change is taken back already")
        if locked.version != change.to_version:
            raise StaleState("the schema was changed since: take that back first")
        if change.state not in (BulkState.DONE, BulkState.FAILED):
            raise StaleState("the change is still under way")
        old = ProjectVersion.objects.get(project=locked, number=change.from_version)
        changes = {"config": old.config, "examples": old.examples}
        version = new_version(project=locked, actor=actor, now=now, changes=changes)
        back = _store(
            locked, change.to_version, version, [], inverse(change.moved, old.config), False, actor, now, undoes=change
        )
        _gold_back(locked, change, version)
    return back


def inverse(moved: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """For answers given while a change was in force: a label goes back to the one it was made of, or the first of them;
    one that was there in the config of before, too, stays."""
    old = {(place, each["value"]) for place, labels in places(config).items() for each in labels}
    back: dict[str, Any] = {}
    for place, values in moved.items():
        for value, to in values.items():
            if to and ((to[0], to[1]) not in old or to[1] in moved.get(to[0], {})):
                back.setdefault(to[0], {}).setdefault(to[1], [place, value])
    return back


def _store(
    project: Project,
    before: int,
    version: ProjectVersion,
    operations: Any,
    moved: dict[str, Any],
    requeue: bool,
    actor: User | None,
    now: datetime,
    **more: Any,
) -> SchemaChange:
    undoes = more.get("undoes")
    tasks = undoes.before if undoes else Task.objects.filter(project=project, own_version=None)
    change = SchemaChange.objects.create(
        project=project, from_version=before, to_version=version.number, operations=operations, moved=moved,
        requeue=requeue, total=tasks.count(), created_by=actor, created_at=now, **more,
    )  # fmt: skip
    QualityState.objects.get_or_create(project=project)
    QualityState.objects.filter(project=project).update(must_refit=True)  # wakes the consumer, which begins anew
    emit("schema.change_undone" if undoes else "schema.changed", change, actor, version=version.number)
    return change


def _follow_gold(project: Project, change: SchemaChange, version: ProjectVersion) -> None:
    """Known answers that can be said in the new labels; the others are put aside by the recheck of a new version."""
    reader = rereader_of(project)
    kept = {}
    for gold in Gold.objects.filter(project=project).select_related("task__item").order_by("task_id"):
        if reader is None or not reader.follows(gold.schema_version):
            continue
        answer = reader.read(gold.answer, gold.schema_version, judged(gold.task.item.data, gold.task.item.media))
        kept[str(gold.pk)] = [gold.answer, gold.schema_version]
        if answer is not None:
            label = words_of(version, project, answer)
            Gold.objects.filter(pk=gold.pk).update(answer=answer, schema_version=version.number, label=label)
    SchemaChange.objects.filter(pk=change.pk).update(gold_before=kept)
    change.gold_before = kept


def _gold_back(project: Project, change: SchemaChange, version: ProjectVersion) -> None:
    """As it was, unless somebody mended it since. What was put aside is looked at by the recheck of a new version."""
    config = ProjectVersion.objects.values_list("config", flat=True).get(project=project, number=change.to_version)
    task_type = registry.get(project.type)
    for gold in Gold.objects.filter(pk__in=[int(pk) for pk in change.gold_before]).select_related("task__item"):
        answer, number = change.gold_before[str(gold.pk)]
        item = judged(gold.task.item.data, gold.task.item.media)
        if gold.state == GoldState.INVALID:
            Gold.objects.filter(pk=gold.pk).update(answer=answer, schema_version=number)
        elif gold.answer == reread(task_type, answer, change.moved, config, item):
            label = words_of(version, project, answer)
            Gold.objects.filter(pk=gold.pk).update(answer=answer, schema_version=version.number, label=label)


def _examples(project: Project, planned: Planned | None = None) -> list[dict[str, Any]]:
    """Of the guideline, as they are, or as far as they can be said in the new labels."""
    found = ProjectVersion.objects.values_list("examples", flat=True).get(project=project, number=project.version)
    if planned is None:
        return found
    ids = [pk for each in found if (pk := id_of(each)) is not None]
    rows = Item.objects.filter(pk__in=ids).values_list("pk", "data", "media")
    items = {pk: judged(data, media) for pk, data, media in rows}
    kept = []
    for each in found:
        item = items.get(id_of(each) or 0, each["item"])
        if (answer := _then(project, planned, each["answer"], item)) is not None:
            kept.append(each | {"answer": answer})
    return kept


def emit(kind: str, change: SchemaChange, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=change.project.organization_id,
        object_id=change.pk,
        project_id=change.project_id,
        actor_id=actor.pk if actor else None,
        **payload,
    )
