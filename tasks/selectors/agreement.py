"""The newest figures of how far a project's people agree, and whether there are newer answers."""

from typing import Any

from django.db.models import Count, Max, QuerySet

from labeling.agreement.figures import Said
from tasks.models import AgreementReport, Answer, LeftOut, Project, Review
from tasks.models.review import Stage
from tasks.selectors.answering import judged
from tasks.selectors.projects import current_version
from tasks.selectors.rereading import rereader_of
from tasks.selectors.results import of_people
from tasks.states import ReviewState

WAY = 2
"""How figures are worked out, as a number kept with them: figures of another way are old."""


def newest_report(project: Project) -> AgreementReport | None:
    return AgreementReport.objects.filter(project=project).order_by("-pk").first()


def counting(project: Project) -> QuerySet[Answer]:
    """Live answers of people whose answers count: machines have a page of their own."""
    left_out = LeftOut.objects.filter(project=project, ended_at=None)
    return of_people(project).exclude(annotator_id__in=left_out.values("annotator_id"))


def to_the_question_of_now(project: Project, answers: QuerySet[Answer], *, most: int | None = None) -> list[Said]:
    """The newest of these answers, those of before a change of the labels in the labels of now.

    What was asked otherwise, or cannot be said in the labels of now, is not among them.
    """
    config_hash = current_version(project).config_hash
    same = list(project.versions.filter(config_hash=config_hash).values_list("number", flat=True))
    reader = rereader_of(project)
    versions = [*same, *(reader.exact_versions() if reader else [])]
    rows = answers.filter(schema_version__in=versions).order_by("-pk")
    fields = ["task_id", "annotator_id", "value", "created_at"]
    if reader is None:
        return [Said(task, who, value, at.date()) for task, who, value, at in rows.values_list(*fields)[:most]]
    said = []
    fields += ["schema_version", "task__item__data", "task__item__media"]
    for task, who, value, at, version, data, media in rows.values_list(*fields)[:most]:
        now = value if version in same else reader.read(value, version, judged(data, media))
        if now is not None:
            said.append(Said(task, who, now, at.date()))
    return said


def answers_now(project: Project) -> tuple[int, int]:
    """Id of the newest answer that counts, and how many do."""
    live = counting(project)
    row = live.aggregate(newest=Max("pk"), live=Count("pk"))
    return row["newest"] or 0, row["live"]


def is_stale(project: Project, report: AgreementReport | None) -> bool:
    """All answers are counted only where a look at the newest one does not tell."""
    newest = counting(project).order_by("-pk").values_list("pk", flat=True).first()
    if report is None:
        return newest is not None
    of_now = newest or 0, current_version(project).config_hash, WAY
    if (report.newest_answer, report.config_hash, report.figures.get("way")) != of_now:
        return True
    return report.live_answers != answers_now(project)[1]


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
