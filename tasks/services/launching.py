"""Open tasks: one per item of a project's datasets, by the thousands in one statement."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Greatest

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.quality.audit import is_sampled
from labeling.types import registry
from tasks.models import Dataset, Item, Project, ProjectVersion, QualityPolicy, Setup, Task
from tasks.models.policy import Rule
from tasks.selectors.answering import judged
from tasks.selectors.policies import policy_of
from tasks.services.gold_sources import KNOWN, add_gold_of_items
from tasks.services.imported_answers import ANSWERED, add_answers_of_items
from tasks.services.slots import slots_opened
from tasks.services.suggesting import add_suggestions
from tasks.states import ProjectState, TaskState
from workers.models import User

CHUNK = 50_000
CHUNK_SUGGESTED = 5_000  # where suggestions have to be checked: a transaction stays short
LOOKED_AT = 20  # items of a dataset, before a launch
LAUNCHABLE = (ProjectState.DRAFT, ProjectState.RUNNING, ProjectState.PAUSED)
FILLS = (ProjectState.RUNNING, ProjectState.PAUSED)  # new items of their datasets become tasks

OPEN = """
INSERT INTO tasks_task (project_id, item_id, state, priority, wanted, taken, answered, ceiling, extra, is_audit,
                        created_at)
SELECT %(project)s, i.id, 'open', %(priority)s, %(wanted)s, 0, 0, CAST(%(ceiling)s AS smallint), 0, {no}, %(now)s
FROM tasks_item i
WHERE i.dataset_id = %(dataset)s AND i.id > %(after)s AND i.id <= %(last)s
  AND NOT EXISTS (SELECT 1 FROM tasks_task t WHERE t.project_id = %(project)s AND t.item_id = i.id)
ORDER BY i.id
ON CONFLICT (project_id, item_id) DO NOTHING
"""


def launch(*, project: Project, dataset: Dataset, actor: User | None, now: datetime, priority: int = 0) -> int:
    """Ask the project's question of every item of the dataset; returns how many tasks were opened.

    Items the project has already are skipped: a repeat, or a second dataset, is harmless. A draft starts running.
    Each chunk commits by itself: after a crash the job for `project.launched` opens the rest. A wizard ends here.
    """
    same = dataset.organization_id == project.organization_id and dataset.mode == project.mode
    if not same or dataset.deleted_at is not None:
        raise InvalidInput(Problem("dataset", f"there is no dataset {dataset.pk}", "missing"))
    if project.state not in LAUNCHABLE:
        raise StaleState(f"project {project.pk} is {project.state}: it cannot be launched")
    check_first_items(project, dataset)
    with transaction.atomic():
        if project.state == ProjectState.DRAFT:
            Project.objects.move(project.pk, ProjectState.DRAFT, ProjectState.RUNNING, launched_at=now)
        project.datasets.add(dataset)
        Setup.objects.filter(project=project, finished_at=None).update(finished_at=now)
        _emit("project.launched", project, actor, dataset=dataset.pk)
    project.refresh_from_db(fields=["state", "launched_at"])
    return _open(project, dataset.pk, now, actor=actor, priority=priority)


def check_first_items(project: Project, dataset: Dataset) -> None:
    """A dataset that the project's type cannot show is refused by its first items, not discovered by annotators."""
    config = ProjectVersion.objects.values_list("config", flat=True).get(project=project, number=project.version)
    task_type = registry.get(project.type)
    for key, data, media in dataset.items.order_by("pk").values_list("key", "data", "media")[:LOOKED_AT]:
        if found := task_type.item_problems(judged(data, media), config):
            where = found[0].path and f" in {found[0].path}"
            raise InvalidInput(
                Problem("dataset", f"item {key!r}{where}: {found[0].message}; type {task_type.name} needs it", "items")
            )


def open_new_items(project: Project, *, now: datetime) -> int:
    """Open tasks for items that came into the project's datasets since its launch; in a trial they wait for it."""
    on_trial = Setup.objects.filter(project=project, finished_at=None, trial_at__isnull=False)
    if project.state not in FILLS or on_trial.exists():
        return 0
    datasets = project.datasets.filter(deleted_at=None).order_by("pk")
    return sum(_open(project, dataset.pk, now) for dataset in datasets)


def _open(project: Project, dataset_id: int, now: datetime, *, actor: User | None = None, priority: int = 0) -> int:
    overlap = ProjectVersion.objects.values_list("overlap", flat=True).get(project=project, number=project.version)
    policy = policy_of(project)
    opened, after = 0, 0
    items = Item.objects.filter(dataset_id=dataset_id)
    fields = [field for field in (project.suggestion_field, project.gold_field, KNOWN, ANSWERED) if field]
    size = min(CHUNK, CHUNK_SUGGESTED) if fields and items.filter(data__has_any_keys=fields).exists() else CHUNK
    while last := items.filter(pk__in=items.filter(pk__gt=after).order_by("pk")[:size]).aggregate(last=Max("pk"))[
        "last"
    ]:
        opened += _open_chunk(project, policy, overlap, dataset_id, after, last, now, actor, priority)
        after = last
    return opened


@transaction.atomic
def _open_chunk(
    project: Project,
    policy: QualityPolicy,
    overlap: int,
    dataset_id: int,
    after: int,
    last: int,
    now: datetime,
    actor: User | None,
    priority: int,
) -> int:
    is_adaptive = policy.rule == Rule.AGREE
    values: dict[str, Any] = {
        "project": project.pk,
        "dataset": dataset_id,
        "after": after,
        "last": last,
        "wanted": policy.floor if is_adaptive else overlap,
        "ceiling": policy.ceiling if is_adaptive else None,
    }
    values |= {"priority": priority, "now": connection.ops.adapt_datetimefield_value(now)}
    with connection.cursor() as cursor:
        cursor.execute(OPEN.format(no="false" if connection.vendor == "postgresql" else "0"), values)
        opened = cursor.rowcount
    if opened:
        if is_adaptive:
            _choose_audited(project, policy, dataset_id, after, last)
        add_suggestions(project=project, dataset_id=dataset_id, items=(after + 1, last))
        add_gold_of_items(project=project, dataset_id=dataset_id, items=(after + 1, last), now=now)
        add_answers_of_items(project=project, dataset_id=dataset_id, items=(after + 1, last), now=now)
        slots_opened(project.pk)
        _emit("tasks.opened", project, actor, count=opened, dataset=dataset_id, items=[after + 1, last])
    return opened


def _choose_audited(project: Project, policy: QualityPolicy, dataset_id: int, after: int, last: int) -> None:
    """The audit sample among the tasks just opened: nobody has seen them yet, and nobody can tell them from others."""
    fresh = Task.objects.filter(
        project=project, item__dataset_id=dataset_id, item_id__gt=after, item_id__lte=last, taken=0, is_audit=False
    ).filter(ceiling=policy.ceiling, state=TaskState.OPEN)
    chosen = [
        pk for pk, item in fresh.values_list("pk", "item_id") if is_sampled(policy.audit_share, policy.project_id, item)
    ]
    for start in range(0, len(chosen), 1000):
        Task.objects.filter(pk__in=chosen[start : start + 1000], taken=0).update(is_audit=True, wanted=policy.ceiling)


def raise_overlap(*, project: Project, overlap: int, now: datetime, actor: User | None = None) -> int:
    """A new version wants more or fewer answers: so do its unresolved tasks. Returns how many changed.

    Never fewer than the slots given out; a task that has all it wants now is resolved.
    """
    changed, after = 0, 0
    tasks = Task.objects.filter(project=project, state=TaskState.OPEN, ceiling=None)
    while True:
        ids = list(tasks.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return changed
        changed += _change_chunk(project, after + 1, ids[-1], overlap, now, actor)
        after = ids[-1]


@transaction.atomic
def _change_chunk(project: Project, first: int, last: int, overlap: int, now: datetime, actor: User | None) -> int:
    chunk = Task.objects.filter(project=project, state=TaskState.OPEN, ceiling=None, pk__range=(first, last))
    least = Greatest(F("taken"), F("extra") + overlap)
    changed = chunk.exclude(wanted=F("extra") + overlap).update(wanted=least)
    full = chunk.filter(answered__gte=F("wanted"))
    resolved = list(full.values_list("pk", flat=True))
    Task.objects.filter(pk__in=resolved).update(state=TaskState.RESOLVED, resolved_at=now)
    if changed:
        slots_opened(project.pk)
        _emit("tasks.overlap_changed", project, actor, overlap=overlap, tasks=[first, last], count=changed)
    if resolved:
        _emit("tasks.resolved", project, actor, tasks=resolved)
    return changed


def _emit(kind: str, project: Project, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        **payload,
    )
