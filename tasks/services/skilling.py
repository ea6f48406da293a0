"""Work out how well people answer, and what follows from it for the checks they get. Made anew each time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from labeling.outbox import events
from labeling.quality import gold_rate
from labeling.quality.gold_place import MOST
from labeling.quality.skill import LEAST_OTHERS, PRIOR, Judged, prior_of, skill_of
from labeling.quality.skill import Skill as Beta
from labeling.types import registry
from tasks.models import ClaimCursor, Project, ProjectVersion, QualityState, Sign, Skill
from tasks.selectors.machines import machine_users
from tasks.selectors.policies import policy_of
from tasks.selectors.projects import current_version
from tasks.selectors.skills import DAY, Told, answers_since, evidence, people_since, pool, usual_answers, usual_gap
from tasks.services import signs

HIGH = 0.9
FIELDS = ("a", "b", "mean", "low", "high", "gold_right", "gold_seen", "agreed", "compared", "updated_at")


def refresh_project(*, project_id: int, now: datetime) -> int:
    """Everybody whose answers are newer than the last time."""
    project = Project.objects.filter(pk=project_id).first()
    state = QualityState.objects.filter(pk=project_id).first()
    if project is None or state is None:
        return 0
    people = people_since(project_id, state.skilled_at)
    refresh(project=project, annotator_ids=people, now=now)
    QualityState.objects.filter(pk=project_id).update(skilled_at=now, skilled_at_applied=state.applied)
    return len(people)


def refresh(*, project: Project, annotator_ids: Iterable[int], now: datetime) -> None:
    people = sorted(set(annotator_ids) - machine_users(project.pk))
    if not people:
        return
    prior, usual = prior_of(*map(float, pool(project))), usual_answers(project)
    target = policy_of(project).target
    classes = registry.get(project.type).ballot({}, current_version(project).config).classes
    most = max((len(names) for names in classes.values()), default=2)
    for annotator_id in people:
        told = evidence(project, annotator_id, now)
        skill, agreed = skill_of([each.judged for each in told], prior), agreement(told)
        case = signs.Case(told, skill, agreed, usual, most, target, usual_gap(project, annotator_id))
        _write(project, annotator_id, told, skill, agreed, signs.look(case), now)


@transaction.atomic
def _write(
    project: Project,
    annotator_id: int,
    told: list[Told],
    skill: Beta,
    agreed: float | None,
    found: dict[str, signs.Figures],
    now: datetime,
) -> None:
    by_label: dict[str, list[Told]] = defaultdict(list)
    for each in told:
        if each.label:
            by_label[each.label].append(each)
    rows = [_row(project, annotator_id, "", told, skill, agreed, now)]
    mine = Beta(PRIOR * skill.mean, PRIOR * (1 - skill.mean))
    for label, some in by_label.items():
        beta = skill_of([each.judged for each in some], mine)
        rows.append(_row(project, annotator_id, label, some, beta, agreement(some), now))
    Skill.objects.filter(project=project, annotator=annotator_id).exclude(label__in=["", *by_label]).delete()
    Skill.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["project", "annotator", "label"], update_fields=FIELDS
    )
    fresh = signs.keep_signs(project=project, annotator_id=annotator_id, found=found, now=now)
    for rule in fresh:
        events.emit(
            "sign.seen",
            organization_id=project.organization_id,
            object_id=annotator_id,
            project_id=project.pk,
            rule=rule,
        )
    set_rate(project, annotator_id, told, skill, now)


def _row(
    project: Project, annotator_id: int, label: str, told: list[Told], beta: Beta, agreed: float | None, now: datetime
) -> Skill:
    gold = [each.judged.right for each in told if each.judged.is_gold]
    return Skill(
        project=project,
        annotator_id=annotator_id,
        label=label[:200],
        a=beta.a,
        b=beta.b,
        mean=beta.mean,
        low=beta.low,
        high=beta.quantile(HIGH),
        gold_right=int(sum(gold)),
        gold_seen=len(gold),
        agreed=agreed,
        compared=sum(_compares(each.judged) for each in told),
        updated_at=now,
    )


def _compares(judged: Judged) -> bool:
    return not judged.is_gold and judged.others >= LEAST_OTHERS


def agreement(told: list[Told]) -> float | None:
    """Mean share of their answers that the consensus bears out; None where nobody could tell."""
    found = [each.judged.right for each in told if _compares(each.judged)]
    return sum(found) / len(found) if found else None


def set_rate(project: Project, annotator_id: int, told: list[Told], skill: Beta, now: datetime) -> None:
    """The share of checks among their next tasks."""
    alarms = Sign.objects.filter(project=project, annotator=annotator_id, rule__in=signs.ALARMS)
    setback = alarms.order_by("-first_at").values_list("first_at", flat=True).first()
    changed = _guideline_changed(project)
    moments = [moment for moment in (setback, changed) if moment]
    last = told[-1].at if told else now
    standing = gold_rate.Standing(
        gold_answers=sum(each.judged.is_gold for each in told),
        deviation=skill.deviation,
        since_setback=answers_since(project, annotator_id, max(moments)) if moments else None,
        answers=answers_since(project, annotator_id, None),
        days_away=(now - last) / DAY,
    )
    rate = min(gold_rate.rate(standing), MOST)
    if not ClaimCursor.objects.filter(project=project, annotator=annotator_id).update(check_rate=rate):
        ClaimCursor.objects.bulk_create(
            [ClaimCursor(project=project, annotator_id=annotator_id, check_rate=rate)],
            update_conflicts=True,
            unique_fields=["project", "annotator"],
            update_fields=["check_rate"],
        )


def _guideline_changed(project: Project) -> datetime | None:
    """When what people are told last changed, if it did since the first version."""
    versions = list(
        ProjectVersion.objects.filter(project=project).order_by("-number").values_list("guideline", "created_at")[:20]
    )
    for (newer, moment), (older, _) in zip(versions, versions[1:], strict=False):
        if newer != older:
            return moment
    return None
