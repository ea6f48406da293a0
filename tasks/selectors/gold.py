"""Read what is known, and how people do at it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from labeling.quality.gold_retirement import GOOD
from tasks.models import Answer, CheckRules, Gold, GoldProblem, Project, Skill, Verdict
from tasks.models.gold import GoldKind
from tasks.selectors.people import labelers_of
from tasks.states import GoldState


def gold_of(project: Project, *, kind: str = "", state: str = "") -> QuerySet[Gold]:
    found = Gold.objects.filter(project=project).select_related("task__item")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(state=state) if state else found


def one_gold(project: Project, gold_id: int) -> Gold:
    """That of another project is as missing as one that never was."""
    found = gold_of(project).select_related("task__item", "project").filter(pk=gold_id).first()
    if found is None:
        raise Http404
    return found


def problems_of(project: Project) -> QuerySet[GoldProblem]:
    return GoldProblem.objects.filter(project=project).select_related("item").order_by("pk")


def rules_of(project: Project) -> CheckRules:
    """As they are, or as they would be without a row."""
    return CheckRules.objects.filter(project=project).first() or CheckRules(project=project)


def unmeasured(project_id: int | None) -> QuerySet[Answer]:
    """Live answers of people to what is known, without a verdict. Machines are measured on their own page."""
    found = Answer.objects.filter(is_live=True, verdict=None, task__gold__state__in=("active", "retired"))
    found = found.filter(annotator__machine=None)
    return found.filter(project=project_id) if project_id is not None else found


@dataclass(frozen=True, slots=True)
class Asked:
    """People and one gold item: the skills of those who answered as it says and otherwise, and how many might."""

    skills_right: list[float]
    skills_wrong: list[float]
    possible: int


def people_asked(gold: Gold) -> Asked:
    """Somebody whom nobody knows yet counts as one of no skill: their answer says nothing about the gold."""
    verdicts = list(Verdict.objects.filter(gold=gold).values_list("annotator_id", "is_right"))
    known = Skill.objects.filter(project=gold.project_id, label="", annotator__in=[who for who, _ in verdicts])
    skills = dict(known.values_list("annotator_id", "mean"))
    of = {
        wanted: [skills.get(who, 0.0) for who, is_right in verdicts if is_right is wanted] for wanted in (True, False)
    }
    return Asked(of[True], of[False], possible_people(gold.project))


def good_people(project_id: int) -> QuerySet[Skill, int]:
    good = Skill.objects.filter(project=project_id, label="", mean__gte=GOOD)
    return good.values_list("annotator_id", flat=True)


def possible_people(project: Project) -> int:
    """Everybody who may work on the project."""
    everybody = labelers_of(project.organization_id)
    if not project.open_to_all:
        everybody = everybody.filter(Q(projects=project) | Q(labeler_groups__projects=project)).distinct()
    return everybody.count()


def gold_summary(project: Project) -> dict[str, Any]:
    """Numbers for the page: in use by kind, out of use, and how many checks were answered rightly."""
    rows = Gold.objects.filter(project=project)
    kinds = dict(rows.filter(state=GoldState.ACTIVE).values_list("kind").annotate(n=Count("pk")).order_by())
    checked = Verdict.objects.filter(project=project, kind=GoldKind.GOLD, counts=True)
    judged = checked.aggregate(seen=Count("pk"), right=Count("pk", filter=Q(is_right=True)))
    out = rows.exclude(state=GoldState.ACTIVE).count()
    return {"kinds": {kind: kinds.get(kind, 0) for kind in GoldKind.values}, "out_of_use": out, **judged}
