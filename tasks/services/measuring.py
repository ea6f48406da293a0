"""Measure how far a project's people agree: in a job, for a page must not wait for it."""

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache

from labeling.agreement.figures import figures
from labeling.outbox import events
from labeling.types import registry
from tasks.models import AgreementReport, Consensus, Project
from tasks.selectors.agreement import (
    WAY,
    answers_now,
    counting,
    is_stale,
    newest_report,
    to_the_question_of_now,
)
from tasks.selectors.figures import outdated, work_out
from tasks.selectors.projects import current_version

MOST_ANSWERS = 20_000  # the latest ones
KEPT = 30  # reports of a project
ASK_AGAIN = timedelta(seconds=20)


def ask_for_figures(*, project: Project) -> bool:
    """Have the figures measured if there are newer answers; true while that is under way."""
    if not is_stale(project, newest_report(project)):
        return False
    if cache.add(f"agreement-asked-{project.pk}", 1, ASK_AGAIN.total_seconds()):
        events.emit("agreement.asked", organization_id=project.organization_id, project_id=project.pk)
    return True


def ask_for_new_counts(*, project: Project) -> None:
    """Have kept figures worked out anew, where they are old. No matter of the project's history."""
    if outdated(project) and cache.add(f"counts-asked-{project.pk}", 1, ASK_AGAIN.total_seconds()):
        events.emit("figures.asked", organization_id=None, project=project.pk)


def count_anew(*, project: Project) -> None:
    for name in outdated(project):
        work_out(name, project)


def measure(*, project: Project, now: datetime) -> AgreementReport | None:
    """A new report, or None when the newest one knows every answer."""
    if not is_stale(project, newest_report(project)):
        return None
    newest, live = answers_now(project)
    version = current_version(project)
    said = to_the_question_of_now(project, counting(project), most=MOST_ANSWERS)
    tasks: set[Any] = {one.unit for one in said}
    settled: dict[Hashable, Any] = dict(
        Consensus.objects.filter(project=project, task__in=tasks).values_list("task_id", "value")
    )
    report = AgreementReport.objects.create(
        project=project,
        measured_at=now,
        newest_answer=newest,
        live_answers=live,
        config_hash=version.config_hash,
        figures=figures(registry.get(project.type), version.config, said, settled) | {"way": WAY},
    )
    old = AgreementReport.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True)[KEPT:]
    AgreementReport.objects.filter(pk__in=list(old)).delete()
    return report
