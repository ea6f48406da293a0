"""Tasks that want a decision though none of their answers is new: another policy, or a lost moment."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from time import monotonic

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from labeling.quality.audit import is_sampled
from tasks.models import Answer, Consensus, ProjectVersion, QualityState, Task
from tasks.selectors.policies import InForce
from tasks.services.consensus import lease
from tasks.services.consensus.deciding import Judged, settle_tasks
from tasks.services.consensus.rows import sure_of
from tasks.services.consensus.schema import Schema, read_schema
from tasks.services.slots import slots_opened
from tasks.states import TaskState

CHUNK = 1000


def follow_policy(project_id: int, consumer: str, deadline: float) -> bool:
    """Give unresolved tasks the floor and ceiling of a new policy, and decide about them; False if the time was up."""
    state = QualityState.objects.get(pk=project_id)
    schema = read_schema(project_id)
    follows = [schema.force.policy.number, schema.force.calibration.number]
    if state.model.get("follows", [0, 0]) == follows:
        return True
    overlap = ProjectVersion.objects.values_list("overlap", flat=True).get(project_id=project_id, number=schema.version)
    after = 0
    tasks = Task.objects.filter(project_id=project_id, state=TaskState.OPEN).order_by("pk")
    while ids := list(tasks.filter(pk__gt=after).values_list("pk", flat=True)[:CHUNK]):
        if monotonic() > deadline:
            return False
        with transaction.atomic():
            lease.keep(project_id, consumer, revision=state.revision)
            _retarget(schema.force, ids, overlap)
            _decide(schema, ids)
        after = ids[-1]
    lease.keep(project_id, consumer, revision=state.revision, model=state.model | {"follows": follows})
    return True


def decide_waiting(project_id: int, consumer: str) -> None:
    """Decide about tasks that have every answer asked for, and none that is still to be applied."""
    state = QualityState.objects.get(pk=project_id)
    undecided = Task.objects.filter(
        project_id=project_id, state=TaskState.OPEN, ceiling__isnull=False, answered__gte=F("wanted")
    )
    ids = list(undecided.exclude(answers__is_applied=False).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if ids:
        schema = read_schema(project_id)
        with transaction.atomic():
            lease.keep(project_id, consumer, revision=state.revision)
            _decide(schema, ids)


def _retarget(force: InForce, ids: Sequence[int], overlap: int) -> None:
    """Tasks of a fixed number keep theirs under a fixed number: it may be another than the version's, as in a trial, or
    where somebody asked for one more."""
    rows = Task.objects.filter(pk__in=ids, state=TaskState.OPEN).order_by("pk")
    if not force.is_adaptive:
        rows = rows.exclude(ceiling=None)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    changes = defaultdict(list)
    for task in rows.only("pk", "project_id", "item_id", "wanted", "taken", "ceiling", "extra", "is_audit"):
        new = aimed(task, force, overlap)
        if new != {name: getattr(task, name) for name in new}:
            changes[tuple(new.items())].append(task.pk)
    for fields, pks in changes.items():
        Task.objects.filter(pk__in=pks).update(**dict(fields))
    if changes:
        slots_opened(force.policy.project_id)


def aimed(task: Task, force: InForce, overlap: int) -> dict[str, int | bool | None]:
    """What an open task is to ask for under the policy, with the slots it has given out."""
    if not force.is_adaptive:
        extra = max(task.extra, task.taken - overlap)
        return {"ceiling": None, "is_audit": False, "extra": extra, "wanted": overlap + extra}
    policy = force.policy
    is_audit = is_sampled(policy.audit_share, policy.project_id, task.item_id)
    extra = max(task.extra, task.taken - policy.ceiling)
    need = policy.ceiling if is_audit else policy.floor
    return {
        "ceiling": policy.ceiling,
        "is_audit": is_audit,
        "extra": extra,
        "wanted": max(min(need + extra, policy.ceiling + extra), task.taken),
    }


def _decide(schema: Schema, ids: Sequence[int]) -> None:
    rows = {row.task_id: row for row in Consensus.objects.filter(task_id__in=ids)}
    live, aside, votes = Counter[int](), Counter[int](), Counter[int]()
    for task_id, who in Answer.objects.filter(task_id__in=ids, is_live=True).values_list("task_id", "annotator_id"):
        live[task_id] += 1
        aside[task_id] += who in schema.left_out
        votes[task_id] += who in schema.machines - schema.left_out
    judged = {}
    for pk in ids:
        row = rows.get(pk)
        valid = len(row.answers) if row else 0
        void = max(0, live[pk] - aside[pk] - valid)
        counted, set_aside = max(0, valid - votes[pk]), aside[pk] + votes[pk]
        sure = sure_of(row, schema.counted) if row else 0.0
        judged[pk] = Judged(answers=counted, set_aside=set_aside, void=void, sure=sure)
    settle_tasks(project_id=schema.project_id, judged=judged, force=schema.force, now=timezone.now())
