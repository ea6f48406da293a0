"""Let a machine settle tasks alone, as long as what people check of it says that it may.

Nothing is accepted before the bound of the machine's error holds on tasks that people answered without seeing what it
said; a share of the tasks goes on to people all the time, and when the bound is broken it stops by itself.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from labeling.outbox import events
from labeling.quality.error_bound import least_checked
from labeling.quality.machine_trust import Checked, Tested, at_threshold, doubt_of_look, is_broken, lowest_threshold
from labeling.types import registry
from tasks.models import (
    Acceptance,
    AcceptedTask,
    Consensus,
    MachineAnswer,
    MachinePolicy,
    Project,
    ProjectVersion,
    Task,
)
from tasks.selectors.machine_figures import Judged, judged_answers
from tasks.selectors.machines import machine_policy_of
from tasks.selectors.policies import in_force
from tasks.services.claiming import slots_opened
from tasks.services.consensus import lease
from tasks.services.consensus.rows import in_words
from tasks.services.consensus.settling import MACHINE
from tasks.services.consensus.sweeping import aimed
from tasks.states import ProjectState, TaskState
from workers.links import link
from workers.mail import send_after_commit
from workers.models import User

CHUNK = 500
MOST = 20  # chunks in one run
GROWN = 1.25  # times the answers checked at the last test: looking again for one more would only spend doubt


def run(*, project_id: int, now: datetime) -> int:
    """Test, or test again, and accept what may be; how many tasks were settled. For the job."""
    policy = MachinePolicy.objects.select_related("project", "accepts").get(project=project_id)
    if policy.accepts is None or policy.project.state != ProjectState.RUNNING:
        return 0
    judged = _with_confidence(policy)
    current = Acceptance.objects.filter(project=project_id, ended_at=None).first()
    if current is None:
        current = _look(policy, judged, now)
    elif _stop_if_broken(policy, current, judged, now):
        return 0
    return sum(_accept_chunk(policy, current, now) for _ in range(MOST)) if current else 0


def _with_confidence(policy: MachinePolicy) -> list[Judged]:
    assert policy.accepts is not None
    return [each for each in judged_answers(policy.project, policy.accepts) if each.row.confidence is not None]


def _checked(judged: list[Judged]) -> list[Checked]:
    return [Checked(each.row.confidence or 0.0, each.is_right) for each in judged]


@transaction.atomic
def _look(policy: MachinePolicy, judged: list[Judged], now: datetime) -> Acceptance | None:
    """Test for a threshold, when there is enough to test on, and more than the last time."""
    if policy.accepts is None or len(judged) < max(policy.least_checked, GROWN * policy.looked_at):
        return None
    look = policy.looks + 1
    mine = MachinePolicy.objects.filter(pk=policy.pk, looks=policy.looks, accepts=policy.accepts)
    if not mine.update(looks=look, looked_at=len(judged)):
        return None  # somebody else looks, or changed the settings
    doubt = doubt_of_look(1 - policy.level, look)
    found = _test(policy, judged, doubt)
    if found is None:
        return None
    evidence = asdict(found) | {"target_error": policy.target_error, "level": policy.level}
    made = Acceptance.objects.create(
        project=policy.project,
        machine=policy.accepts,
        threshold=found.threshold,
        evidence=evidence | {"look": look, "doubt": doubt},
        started_at=now,
    )
    _tell("machine.accepting", policy, threshold=found.threshold, bound=round(found.bound, 4))
    return made


def _test(policy: MachinePolicy, judged: list[Judged], doubt: float) -> Tested | None:
    return lowest_threshold(_checked(judged), most_errors=policy.target_error, doubt=doubt, least=policy.least_checked)


@transaction.atomic
def _stop_if_broken(policy: MachinePolicy, current: Acceptance, judged: list[Judged], now: datetime) -> bool:
    doubt = current.evidence["doubt"]
    recent = at_threshold(_checked(judged), current.threshold, doubt=doubt)
    fresh = [each for each in judged if (each.row.task.resolved_at or current.started_at) > current.started_at]
    since = at_threshold(_checked(fresh), current.threshold, doubt=doubt)
    if not is_broken(recent, since, most_errors=policy.target_error, doubt=doubt, least=policy.least_checked):
        return False
    evidence = current.evidence | {"recent": asdict(recent), "since": asdict(since)}
    Acceptance.objects.filter(pk=current.pk, ended_at=None).update(ended_at=now, evidence=evidence)
    MachinePolicy.objects.filter(pk=policy.pk).update(accepts=None, stopped_at=now)
    _tell("machine.stopped", policy, errors=recent.errors, checked=recent.checked, bound=round(recent.bound, 4))
    return True


def mail_stop(*, project_id: int) -> bool:
    """Tell whoever switched it on that it stopped by itself."""
    policy = MachinePolicy.objects.select_related("project", "changed_by").get(project=project_id)
    last = Acceptance.objects.filter(project=project_id).select_related("machine").order_by("-pk").first()
    who = policy.changed_by
    if who is None or not who.is_active or policy.stopped_at is None or last is None:
        return False
    where = link("project-machines", str(project_id))
    recent = last.evidence.get("recent") or last.evidence
    send_after_commit(
        to=who.email, template="machine_stopped", project=policy.project, machine=last.machine, link=where, **recent
    )
    return True


def waiting(policy: MachinePolicy, threshold: float) -> QuerySet[MachineAnswer]:
    """What would be accepted: nobody has begun the task, and it is in no sample that people are to check."""
    project = policy.project
    alike = ProjectVersion.objects.filter(project=project, for_tasks=False)
    hashes = alike.filter(number=project.version).values("config_hash")
    others = MachineAnswer.objects.filter(task=OuterRef("task"), purpose="vote").order_by()
    votes = others.values("task").annotate(number=Count("pk")).values("number")
    untouched = Q(task__taken=0) | (Q(task__taken=F("votes")) & Q(task__answered=F("votes")))
    said = MachineAnswer.objects.filter(project=project, machine=policy.accepts, confidence__gte=threshold)
    return (
        said.filter(schema_version__in=alike.filter(config_hash__in=hashes).values("number"), is_control=False)
        .filter(task__state=TaskState.OPEN, task__is_audit=False, task__own_version=None)
        .exclude(Exists(AcceptedTask.objects.filter(task=OuterRef("task"))))
        .annotate(votes=Subquery(votes))
        .filter(untouched)
    )


@transaction.atomic
def _accept_chunk(policy: MachinePolicy, current: Acceptance, now: datetime) -> int:
    """Rows and tasks are locked, in the consumer's order, and looked at again: somebody may have got one meanwhile.

    The consumer waits meanwhile: of tasks with votes only, both write the first consensus row there is.
    """
    lease.hold(policy.project_id)
    if not _still_on(policy, current):
        return 0
    chosen = list(waiting(policy, current.threshold).order_by("task_id").values_list("task_id", flat=True)[:CHUNK])
    known = _locked_rows(chosen)
    locked = Task.objects.filter(pk__in=chosen).order_by("pk")
    if connection.features.has_select_for_update:
        locked = locked.select_for_update(no_key=True)
    tasks = list(locked.values_list("pk", flat=True))
    rows = list(waiting(policy, current.threshold).filter(task__in=tasks))
    if not rows:
        return 0
    _write(policy, rows, known, now)
    AcceptedTask.objects.bulk_create(
        AcceptedTask(task_id=row.task_id, acceptance=current, said=row, accepted_at=now) for row in rows
    )
    done = [row.task_id for row in rows]
    Task.objects.move_all(done, TaskState.OPEN, TaskState.RESOLVED, wanted=F("taken"), resolved_at=now)
    _tell("tasks.resolved", policy, tasks=done)
    return len(done)


def _still_on(policy: MachinePolicy, current: Acceptance) -> bool:
    """Locks the settings: somebody who switches it off waits for this chunk, and none comes after."""
    mine = MachinePolicy.objects.filter(pk=policy.pk, accepts=current.machine)
    if connection.features.has_select_for_update:
        mine = mine.select_for_update()
    return mine.exists() and Acceptance.objects.filter(pk=current.pk, ended_at=None).exists()


def _locked_rows(task_ids: list[int]) -> dict[int, Consensus]:
    rows = Consensus.objects.filter(task__in=task_ids).order_by("task_id")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    return {row.task_id: row for row in rows}


def _write(policy: MachinePolicy, rows: list[MachineAnswer], known: dict[int, Consensus], now: datetime) -> None:
    """What the machine said, as the consensus. What votes added up to is kept beside it."""
    project = policy.project
    task_type = registry.get(project.type)
    config = ProjectVersion.objects.get(project=project, number=project.version).config
    made = []
    for row in rows:
        consensus = known.get(row.task_id) or Consensus(task_id=row.task_id, project=project)
        consensus.value, consensus.confidence, consensus.method = row.value, row.confidence or 0.0, MACHINE
        consensus.label = in_words(task_type.export_row(row.value, config))
        by_machine = {"value": row.value, "confidence": row.confidence, "machine": str(policy.accepts)}
        consensus.by_method = consensus.by_method | {MACHINE: by_machine}
        consensus.updated_at = now
        made.append(consensus)
    fields = ["value", "confidence", "method", "label", "by_method", "updated_at"]
    Consensus.objects.bulk_create(made, update_conflicts=True, unique_fields=["task"], update_fields=fields)


def reopen_accepted(*, project: Project, actor: User | None, now: datetime) -> int:
    """Ask people every task of the project that a machine settled alone, and accept none any more; how many."""
    MachinePolicy.objects.filter(project=project, accepts__isnull=False).update(accepts=None, changed_at=now)
    Acceptance.objects.filter(project=project, ended_at=None).update(ended_at=now)
    policy, reopened = machine_policy_of(project), 0
    while some := _reopen_chunk(policy, actor, now):
        reopened += some
    return reopened


@transaction.atomic
def _reopen_chunk(policy: MachinePolicy, actor: User | None, now: datetime) -> int:
    project = policy.project
    lease.hold(project.pk)
    accepted = AcceptedTask.objects.filter(task__project=project, reopened_at=None, task__state=TaskState.RESOLVED)
    ids = list(accepted.order_by("task_id").values_list("task_id", flat=True)[:CHUNK])
    known = _locked_rows(ids)
    tasks = Task.objects.filter(pk__in=ids, state=TaskState.RESOLVED).order_by("pk")
    if connection.features.has_select_for_update:
        tasks = tasks.select_for_update(no_key=True)
    force = in_force(project.pk)
    overlap = ProjectVersion.objects.get(project=project, number=project.version).overlap
    done = []
    for task in tasks:
        votes = MachineAnswer.objects.filter(task=task, answer__is_live=True).count()
        task.extra = max(task.extra, votes)
        fields: dict[str, Any] = aimed(task, force, overlap)
        Task.objects.move(task.pk, TaskState.RESOLVED, TaskState.OPEN, resolved_at=None, **fields)
        done.append(task.pk)
    _restore([row for row in known.values() if row.method == MACHINE], project.aggregation)
    AcceptedTask.objects.filter(task__in=ids).update(reopened_at=now)
    if done:
        slots_opened(project.pk)
        _tell("tasks.reopened", policy, actor=actor, tasks=done)
    return len(ids)


def _restore(rows: list[Consensus], method: str) -> None:
    """What votes add up to, where there are any; else nothing is known."""
    for row in rows:
        row.by_method.pop(MACHINE, None)
        if not row.by_method:
            row.delete()
            continue
        row.method = method if method in row.by_method else next(iter(row.by_method))
        row.value, row.confidence = row.by_method[row.method]["value"], row.by_method[row.method]["confidence"]
        row.save(update_fields=["method", "value", "confidence", "by_method"])


@dataclass(frozen=True, slots=True)
class Preview:
    """What switching it on would do as things stand."""

    checked: int  # answers with a confidence that people checked unseen
    needed: int  # of them, at least, before anything can be accepted
    found: Tested | None
    accepted: int  # open tasks that would be settled at once
    to_people: int  # open tasks that this machine spoke of and that people would still answer


def preview(policy: MachinePolicy) -> Preview:
    """Nothing is written, and no look is spent: what would be found at the next one."""
    judged = _with_confidence(policy)
    doubt = doubt_of_look(1 - policy.level, policy.looks + 1)
    needed = max(policy.least_checked, least_checked(policy.target_error, doubt=doubt))
    found = _test(policy, judged, doubt) if len(judged) >= policy.least_checked else None
    accepted = waiting(policy, found.threshold).count() if found else 0
    spoken = MachineAnswer.objects.filter(
        project=policy.project, machine=policy.accepts, task__state=TaskState.OPEN
    ).count()
    return Preview(len(judged), needed, found, accepted, spoken - accepted)


def _tell(kind: str, policy: MachinePolicy, *, actor: User | None = None, **payload: Any) -> None:
    project = policy.project
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        machine=str(policy.accepts or ""),
        **payload,
    )
