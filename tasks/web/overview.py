"""The moving part of a project's overview: every figure leads to the rows behind it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t

from tasks.models import Project
from tasks.selectors import figures, overview, suggestions
from tasks.selectors.agreement import newest_report
from tasks.selectors.history import recent_events
from tasks.web import words
from tasks.web.agreement import _confusion, _titles
from tasks.web.results import in_titles

MOST_LABELS = 20
LONG_AGO = timedelta(minutes=2)  # figures are as old as this only where nobody has looked at them, or no job runs


def items_link(project: Project, **filters: Any) -> str:
    given = {name: value for name, value in filters.items() if value is not None}
    return reverse("project-items", args=[project.pk]) + (f"?{urlencode(given)}" if given else "")


def page_context(project: Project) -> dict[str, Any]:
    """With the page itself: of a large project that nobody has looked at for a day, what is known without counting.
    Its script asks for the rest at once."""
    if not figures.must_count_first(project):
        return live_context(project)
    return {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "overview",
        "is_counting": True,
        "links": _links(project),
        "events": _events(project),
    }


def live_context(project: Project) -> dict[str, Any]:
    now = timezone.localtime(timezone.now())
    counted_at = figures.as_of(project)
    progress = figures.figure("progress", project)
    given, wanted = progress["answers"]["given"], progress["answers"]["wanted"]
    annotators, days = figures.figure("annotators", project), _days(project)
    figures.were_counted(project)
    return {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "overview",
        "progress": progress,
        "counted_at": counted_at if counted_at and counted_at < now - LONG_AGO else None,
        "hours": _times(project, [(h["start"], h["answers"]) for h in progress["hours"]], timedelta(hours=1), "%H:%M"),
        "days": days,
        "labels": _labels(project, progress["labels"][:MOST_LABELS]),
        "seconds": _seconds(project),
        "accuracies": _accuracies(project),
        "confusion": _confused(project),
        "cost": overview.cost_of(project, given=given, wanted=wanted, resolved=progress["tasks"]["resolved"]),
        "disputes": overview.disputes(project),
        "annotators": annotators,
        "events": _events(project),
        "links": _links(project),
        "suggestions": suggestions.report(project),
    }


def _events(project: Project) -> list[dict[str, Any]]:
    return [words.told(event) for event in recent_events(project.pk)]


def _links(project: Project) -> dict[str, str]:
    hour_ago = timezone.now() - timedelta(hours=1)
    return {
        "all": items_link(project),
        "resolved": items_link(project, state="resolved"),
        "last_hour": items_link(project, answered_from=_stamp(hour_ago)),
        "open": items_link(project, state="open"),
        "unsure": items_link(project, order="agreement"),
    }


def _labels(project: Project, rows: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """By task, or by thing where results list things; each leads to the tasks with it."""
    titles = _titles(project)
    return [
        (
            in_titles(row["label"], titles) or _t("none"),
            row.get("objects", row["tasks"]),
            items_link(project, label=row["label"], state="resolved") if row["label"] else "",
        )
        for row in rows
    ]


def _stamp(when: Any) -> str:
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M:%S")


def _times(project: Project, rows: list[Any], length: timedelta, form: str) -> list[tuple[str, int, str]]:
    return [
        (
            timezone.localtime(start).strftime(form),
            number,
            items_link(project, answered_from=_stamp(start), answered_to=_stamp(start + length)) if number else "",
        )
        for start, number in rows
    ]


def _days(project: Project) -> list[tuple[str, int, str]]:
    """From the first day with an answer on."""
    found = figures.figure("days", project)
    first = next((n for n, (_, number) in enumerate(found) if number), len(found))
    return _times(project, found[first:], timedelta(days=1), "%m-%d")


def _seconds(project: Project) -> list[tuple[str, int, str]]:
    return [
        (
            f"{low}–{high} s" if high else f"≥ {low} s",
            number,
            items_link(project, min_seconds=low, max_seconds=high) if number else "",
        )
        for low, high, number in overview.seconds_of_answers(project)
    ]


def _accuracies(project: Project) -> list[tuple[str, int, str]]:
    people = reverse("project-people", args=[project.pk])
    return [
        (f"{round(low * 100)}–{round(low * 100) + 10} %", number, people if number else "")
        for low, number in overview.accuracies(project)
    ]


def _confused(project: Project) -> dict[str, Any] | None:
    """The first table of the newest report: what was answered where the consensus says something else."""
    report = newest_report(project)
    found = report.figures.get("confusions") if report else None
    return _confusion(project, 0, found[0], _titles(project)) if found else None
