"""The people of a project: how good, how fast, what stands out. One person: how it came to that."""

from collections import defaultdict
from datetime import datetime
from math import ceil
from statistics import mean, median
from typing import Any

from django.db.models import Count, F, QuerySet

from labeling.types import registry
from tasks.models import AnnotatorCounts, Answer, Project, QualityState, Sign, Skill
from tasks.selectors.projects import current_version
from tasks.selectors.results import of_people
from tasks.selectors.skills import evidence
from workers.models import Membership, Restriction, User

MOST = 500
LEAST_DAYS = 3  # to draw a line by
TOGETHER = 10  # answers, where there are fewer days
TIMED = 200  # answers from which the median time is told


def people_of(project: Project) -> list[dict[str, Any]]:
    """Everybody who answered, those who need attention first: a fixed number of queries. Machines are no people."""
    answered = of_people(project).values(person=F("annotator_id"))
    rows: list[dict[str, Any]] = [
        {**row} for row in answered.annotate(answers=Count("pk")).order_by("-answers", "person")[:MOST]
    ]
    ids = [row["person"] for row in rows]
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    skills = {s.annotator_id: s for s in Skill.objects.filter(project=project, label="", annotator__in=ids)}
    signs: dict[int, list[Sign]] = defaultdict(list)
    for sign in standing_signs(project):
        signs[sign.annotator_id].append(sign)
    restricted = {r.user_id: r for r in in_force(project).filter(user__in=ids)}
    times = median_seconds(project, ids)
    for row in rows:
        person = row["person"]
        row |= {"name": names[person]}
        row |= {"skill": skills.get(person), "signs": signs.get(person, []), "restriction": restricted.get(person)}
        row["seconds"] = times.get(person)
    return sorted(rows, key=lambda row: (not row["signs"], row["skill"].low if row["skill"] else 1.0))


def median_seconds(project: Project, ids: list[int]) -> dict[int, float]:
    """From the newest answers of the project, TIMED a person in the mean."""
    newest = Answer.objects.filter(project=project, is_live=True, active_ms__gt=0, annotator__in=ids).order_by("-pk")
    found: dict[int, list[int]] = defaultdict(list)
    for person, ms in newest.values_list("annotator_id", "active_ms")[: TIMED * max(len(ids), 1)]:
        found[person].append(ms)
    return {person: round(median(times) / 1000, 1) for person, times in found.items()}


def standing_signs(project: Project, annotator_id: int | None = None) -> QuerySet[Sign]:
    """What the rules see now and nobody has dismissed."""
    rows = Sign.objects.filter(project=project, ended_at=None, dismissed_at=None).select_related("other")
    return rows.filter(annotator=annotator_id) if annotator_id is not None else rows


def in_force(project: Project) -> QuerySet[Restriction]:
    rows = Restriction.objects.filter(organization=project.organization_id, lifted_at=None)
    return rows.filter(project_id=project.pk) | rows.filter(project_id=None)


def member_of(project: Project, user_id: int) -> User | None:
    """A person of the project's organization, or one who answered before they left; never a machine."""
    here = Membership.objects.filter(organization=project.organization_id, user=user_id).exists()
    answered = here or Answer.objects.filter(project=project, annotator=user_id, annotator__machine=None).exists()
    return User.objects.filter(pk=user_id).first() if answered else None


def confusion(project: Project, user_id: int) -> dict[str, Any] | None:
    """What they answered where the consensus says what, in expected answers; where an answer is one vote."""
    state = QualityState.objects.filter(pk=project.pk).first()
    counts = AnnotatorCounts.objects.filter(project=project, annotator=user_id).values_list("counts", flat=True).first()
    classes = registry.get(project.type).ballot({}, current_version(project).config).classes
    if not state or not counts or len(classes) != 1:
        return None
    ((part, names),) = classes.items()
    table = counts.get(part)
    if not table or len(table) != len(names):
        return None
    return {
        "names": names,
        "rows": [(name, [round(cell, 1) for cell in row]) for name, row in zip(names, table, strict=True)],
    }


def trend(project: Project, user_id: int, now: datetime) -> list[tuple[str, float]]:
    """Share of right answers over time, as far as gold or others can tell: by day, or by ten answers of few days."""
    seen = [told for told in evidence(project, user_id, now) if told.judged.is_gold or told.judged.others >= 2]
    days: dict[str, list[float]] = defaultdict(list)
    for told in seen:
        days[told.at.strftime("%Y-%m-%d")].append(told.judged.right)
    if len(days) < LEAST_DAYS:
        return _by_answers([told.judged.right for told in seen])
    return [(day, round(mean(found), 3)) for day, found in sorted(days.items())][-30:]


def _by_answers(rights: list[float]) -> list[tuple[str, float]]:
    """At least TOGETHER at a time: what is left over goes to the last."""
    size = max(TOGETHER, ceil(len(rights) / 30))
    starts = range(0, max(len(rights) - size, 0) + 1, size)
    ends = [*list(starts)[1:], len(rights)]
    return [(f"{start + 1}–{end}", round(mean(rights[start:end]), 3)) for start, end in zip(starts, ends, strict=True)
            if end > start]  # fmt: skip
