"""How far a project's consensus is, and how far its people agree."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from tasks.models import Answer, Project, QualityState

SETTLED_AFTER = timedelta(seconds=2)  # a project at rest this long gets its last fit


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
