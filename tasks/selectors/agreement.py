"""The newest figures of how far a project's people agree, and whether there are newer answers."""

from typing import Any

from django.db.models import Count, Max

from tasks.models import AgreementReport, Answer, Project, Review
from tasks.models.review import Stage
from tasks.selectors.projects import current_version
from tasks.states import ReviewState


def newest_report(project: Project) -> AgreementReport | None:
    return AgreementReport.objects.filter(project=project).order_by("-pk").first()


def answers_now(project: Project) -> tuple[int, int]:
    """Id of the newest answer and number of live ones."""
    live = Answer.objects.filter(project=project, is_live=True)
    row = live.aggregate(newest=Max("pk"), live=Count("pk"))
    return row["newest"] or 0, row["live"]


def is_stale(project: Project, report: AgreementReport | None) -> bool:
    newest, live = answers_now(project)
    if report is None:
        return live > 0
    known = (report.newest_answer, report.live_answers, report.config_hash)
    return known != (newest, live, current_version(project).config_hash)


def review_agreement(project: Project) -> dict[str, int]:
    """Of blind second reviews: how many there are, how many agree with the first, how many wait for a third."""
    second = Review.objects.filter(project=project, stage=Stage.SECOND, state=ReviewState.DONE)
    third = Review.objects.filter(project=project, stage=Stage.THIRD, state=ReviewState.DONE)
    done, agreed = second.count(), second.filter(agrees=True).count()
    return {"second": done, "agreed": agreed, "settled": third.count(), "waiting": done - agreed - third.count()}


def behind(report: AgreementReport | None, cell: str) -> list[int] | None:
    """Tasks behind one number: "confusion.<n>.<truth>.<answer>" or "pair.<n>"; None for a number that is not there."""
    kind, _, place = cell.partition(".")
    figures: dict[str, Any] = report.figures if report else {}
    try:
        if kind == "pair":
            return list(figures["pairs"][_number(place)]["behind"])
        number, _, key = place.partition(".")
        return list(figures["confusions"][_number(number)]["behind"].get(key, []))
    except (KeyError, IndexError, ValueError):
        return None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise ValueError(text)
    return int(text)
