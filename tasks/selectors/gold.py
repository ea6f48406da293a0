"""Read what is known, and how people do at it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from tasks.models import Answer, Assignment, CheckRules, Gold, GoldProblem, Project, Skill, Verdict
from tasks.models.gold import GoldKind
from tasks.selectors.people import labelers_of
from tasks.states import GoldState

GOOD = 0.7  # a person who is right more often than this, nine times in ten, is a good one


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
    """Live answers to what is known, without a verdict."""
    found = Answer.objects.filter(is_live=True, verdict=None, task__gold__state__in=("active", "retired"))
    return found.filter(project=project_id) if project_id is not None else found


@dataclass(frozen=True, slots=True)
class Asked:
    """People and one gold item: who has seen it, and how those did who are usually right."""

    seen: int
    possible: int
    good: int
    good_failed: int


def people_asked(gold: Gold) -> Asked:
    seen = Assignment.objects.filter(task=gold.task_id, leased_at__isnull=False).count()
    verdicts = Verdict.objects.filter(gold=gold, counts=True, annotator__in=good_people(gold.project_id))
    found = verdicts.aggregate(good=Count("pk"), failed=Count("pk", filter=Q(is_right=False)))
    return Asked(seen, possible_people(gold.project), found["good"], found["failed"])


def good_people(project_id: int) -> QuerySet[Skill, int]:
    good = Skill.objects.filter(project=project_id, label="", low__gte=GOOD)
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
