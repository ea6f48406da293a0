"""How far a project's consensus is, and how far its people agree."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet

from labeling.agreement.krippendorff import alpha_by_distance
from labeling.types import registry
from tasks.models import Answer, Consensus, Project, QualityState

SETTLED_AFTER = timedelta(seconds=2)  # a project at rest this long gets its last fit
MOST_ANSWERS = 20_000  # alpha is measured on the latest ones


def waiting_answers(project_id: int) -> QuerySet[Answer]:
    """Answers that the consensus does not know yet, the oldest first."""
    return Answer.objects.filter(project_id=project_id, is_applied=False).order_by("pk")


def has_waiting_answers(project_id: int) -> bool:
    return waiting_answers(project_id).exists()


def projects_to_update(now: datetime, *, eager: int, night: timedelta, rest: timedelta) -> list[int]:
    """Projects with waiting answers, those whose last fit is older than their last answers, and those at rest whose
    rows are not quite what a fit says."""
    waiting = Answer.objects.filter(is_applied=False).values_list("project_id", flat=True).distinct()
    grown = QualityState.objects.filter(
        Q(applied__lte=eager, fitted_at__lt=now - SETTLED_AFTER) | Q(fitted_at__lt=now - night) | Q(fitted_at=None),
        applied__gt=F("fitted_at_applied"),
    )
    rough = QualityState.objects.filter(
        Q(must_refit=True) | Q(is_exact=False, applied__lte=eager, settled_at__lt=now - rest)
    )
    return sorted({*waiting, *grown.values_list("pk", flat=True), *rough.values_list("pk", flat=True)})


def consensus_progress(project: Project) -> dict[str, Any]:
    """How many answers the consensus knows and how many wait; `fitted` when the model has seen all of them too."""
    state = QualityState.objects.filter(pk=project.pk).first()
    waiting = waiting_answers(project.pk).count()
    return {
        "applied": state.applied if state else 0,
        "waiting": waiting,
        "fitted": not waiting and (state is None or state.applied == state.fitted_at_applied),
        "fitted_at": state.fitted_at if state else None,
    }


def consensus_summary(project: Project) -> dict[str, Any]:
    """Numbers for the project's page: tasks by label, mean confidence, mean agreement of two people."""
    rows = Consensus.objects.filter(project=project)
    labels = rows.values_list("label").annotate(n=Count("pk")).order_by("-n", "label")
    means = rows.aggregate(confidence=Avg("confidence"), agreement=Avg("agreement"), tasks=Count("pk"))
    return means | {"labels": [{"label": label, "tasks": n} for label, n in labels[:50]]}


def alpha(project: Project) -> float | None:
    """Krippendorff's alpha by the type's own distance, over the tasks answered last; None where it is undefined."""
    version = project.versions.get(number=project.version)
    same = project.versions.filter(config_hash=version.config_hash).values_list("number", flat=True)
    answers = Answer.objects.filter(project=project, is_live=True, schema_version__in=list(same)).order_by("-pk")
    units: dict[int, list[Any]] = {}
    for task_id, value in answers.values_list("task_id", "value")[:MOST_ANSWERS]:
        units.setdefault(task_id, []).append(value)
    distance = registry.get(project.type).distance
    return alpha_by_distance(units.values(), lambda a, b: distance(a, b, version.config))
