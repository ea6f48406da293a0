"""What a policy takes: answers and cost, before and while they come in, and what the rule has saved."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import Count, Q, Sum

from labeling.quality.deciding import Aim
from labeling.quality.expecting import USUAL, expected
from labeling.quality.intervals import wilson
from labeling.quality.stopped import stop_at
from tasks.models import Project, ProjectVersion, QualityPolicy, Setup, Task
from tasks.models.policy import Rule
from tasks.selectors.policies import calibration_of, policy_of
from tasks.selectors.setup import items_to_ask
from tasks.services.consensus.recorded import DONE, recorded
from tasks.services.consensus.schema import read_schema
from tasks.states import APART, TaskState

FEWEST = 20  # tasks below which a replay says less than the prior
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Estimate:
    basis: str  # overlap: as many as it says; replay: of this project's answers; prior: before there are any
    measured_on: int  # tasks replayed
    assumed_accuracy: float | None  # of one answer, where the basis is the prior
    answers_each: float
    tasks: int
    answers: int  # what finished tasks took, and what the others are expected to
    answers_given: int
    cost_each: Decimal
    cost: Decimal
    currency: str
    fixed_answers: int  # of the same tasks at the ceiling
    fixed_cost: Decimal
    saved_share: float
    tau: float


def estimate(project: Project, policy: QualityPolicy, *, overlap: int | None = None) -> Estimate:
    """For this policy and number of answers, which need not be in force or saved.

    The tasks are the project's; before its launch, or while a few are tried, its datasets' items. Known ones are none.
    """
    version = ProjectVersion.objects.get(project=project, number=project.version)
    counted = Task.objects.filter(project=project).exclude(state__in=(TaskState.CANCELED, *APART))
    done = Q(state__in=DONE)
    totals = counted.aggregate(
        tasks=Count("pk"),
        answers=Sum("answered"),
        finished=Count("pk", filter=done),
        spent=Sum("answered", filter=done),
    )
    tasks = totals["tasks"]
    if not tasks or Setup.objects.filter(project=project, trial_at__isnull=False, finished_at=None).exists():
        tasks = max(tasks, items_to_ask(project).count())
    tau = calibration_of(project).tau
    ceiling = overlap or version.overlap
    basis, measured_on, accuracy, each = "overlap", 0, None, float(ceiling)
    if policy.rule == Rule.AGREE:
        ceiling = policy.ceiling
        basis, measured_on, accuracy, used = _used(project, policy, tau)
        each = policy.audit_share * policy.ceiling + (1 - policy.audit_share) * used
    answers = (totals["spent"] or 0) + round(each * (tasks - totals["finished"]))
    price = policy.cost_per_answer
    fixed = ceiling * tasks
    return Estimate(
        basis=basis,
        measured_on=measured_on,
        assumed_accuracy=accuracy,
        answers_each=round(each, 2),
        tasks=tasks,
        answers=answers,
        answers_given=totals["answers"] or 0,
        cost_each=(price * Decimal(str(round(each, 4)))).quantize(Decimal("0.0001")),
        cost=(price * answers).quantize(CENT),
        currency=policy.currency,
        fixed_answers=fixed,
        fixed_cost=(price * fixed).quantize(CENT),
        saved_share=round(1 - each / ceiling, 4),
        tau=tau,
    )


def _used(project: Project, policy: QualityPolicy, tau: float) -> tuple[str, int, float | None, float]:
    """Basis, tasks, assumed accuracy and mean answers of a task under the rule."""
    schema = read_schema(project.pk)
    played = recorded(schema, least=min(policy.floor + 1, policy.ceiling), audited=False)
    if played is not None and len(played.sure) >= FEWEST:
        sure, right = played.sure[:, : policy.ceiling], played.right[:, : policy.ceiling]
        stopped = stop_at(sure, right, tau=tau, floor=policy.floor)
        used = np.where(stopped.is_sure, stopped.used, policy.ceiling)  # what is unsure with fewer goes on
        return "replay", len(sure), None, float(used.mean())
    classes = min((len(names) for names in schema.classes.values()), default=10)
    accuracy = max(USUAL, 1 / classes + 0.2)
    aim = Aim(ceiling=policy.ceiling, floor=policy.floor, tau=tau, review_below=policy.review_below)
    return "prior", 0, accuracy, expected(aim, classes=classes, accuracy=accuracy).answers


@dataclass(frozen=True)
class Saved:
    """What the rule has saved so far, and how good its labels are on the audit sample."""

    overlap: int  # fixed overlap it is held against: the ceiling
    tasks: int  # finished under the rule
    answers: int  # they took
    saved: int
    saved_share: float
    cost_saved: Decimal
    currency: str
    audited: int
    right: int  # of those, the label the rule would have stopped with is the one of all answers, or a reviewer's
    accuracy: float | None
    interval: tuple[float, float] | None  # 95 %


def saved(project: Project) -> Saved | None:
    """None where the rule is not in force."""
    policy = policy_of(project)
    if policy.rule != Rule.AGREE:
        return None
    done = Task.objects.filter(project=project, ceiling__isnull=False, is_audit=False, state__in=DONE)
    totals = done.aggregate(tasks=Count("pk"), answers=Sum("answered"), at_most=Sum("ceiling"), extra=Sum("extra"))
    answers = (totals["answers"] or 0) - (totals["extra"] or 0)
    fewer = max(0, (totals["at_most"] or 0) - answers)
    audited = right = 0
    played = recorded(read_schema(project.pk), least=policy.floor, audited=True)
    if played is not None:
        stopped = stop_at(played.sure, played.right, tau=calibration_of(project).tau, floor=policy.floor)
        audited, right = len(stopped.right), int(stopped.right.sum())
    return Saved(
        overlap=policy.ceiling,
        tasks=totals["tasks"],
        answers=answers,
        saved=fewer,
        saved_share=round(fewer / totals["at_most"], 4) if totals["at_most"] else 0.0,
        cost_saved=(policy.cost_per_answer * fewer).quantize(CENT),
        currency=policy.currency,
        audited=audited,
        right=right,
        accuracy=round(right / audited, 4) if audited else None,
        interval=tuple(round(end, 4) for end in wilson(right, audited)) if audited else None,  # type: ignore[arg-type]
    )
