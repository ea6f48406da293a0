"""Measure answers by what is known. An answer is measured once; what follows from it is counted anew each time."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from labeling.errors import InvalidAnswer
from labeling.quality.gold_retirement import GOOD, why_retired
from labeling.quality.measuring import Measured, measure
from labeling.types import registry
from tasks.models import Answer, CheckRules, Gold, PaidTime, Verdict
from tasks.models.gold import GoldKind
from tasks.selectors.answering import configs_of
from tasks.selectors.answering import judged as as_judged
from tasks.selectors.gold import good_people, people_asked, unmeasured
from tasks.services import gold as gold_service
from tasks.states import GoldState

CHUNK = 500


def judge_project(*, project_id: int, now: datetime) -> set[int]:
    """Measure what was not measured yet; whose skill may have changed."""
    touched: set[int] = set()
    stale = Verdict.objects.filter(project=project_id, answer__is_live=False)
    touched |= set(stale.values_list("annotator_id", flat=True))
    stale.delete()
    after = 0
    while answers := list(unmeasured(project_id).filter(pk__gt=after).order_by("pk")[:CHUNK]):
        touched |= {verdict.annotator_id for verdict in judge(answers)}
        after = answers[-1].pk
    if touched:
        for gold in Gold.objects.filter(project=project_id, kind=GoldKind.GOLD, state=GoldState.ACTIVE):
            look_at(gold, now=now)
    return touched


@transaction.atomic
def judge(answers: Collection[Answer]) -> list[Verdict]:
    """Write the verdicts of these answers, and the time of those that train and test. A repeat changes nothing.

    Answers to what is not known any more, or under a schema that the known answer does not fit, get none.
    """
    golds = {
        gold.task_id: gold
        for gold in Gold.objects.filter(task__in=[answer.task_id for answer in answers])
        .exclude(state=GoldState.INVALID)
        .select_related("task__item", "project")
    }
    projects = {gold.project_id for gold in golds.values()}
    configs = configs_of(projects, {answer.schema_version for answer in answers})
    tolerances = dict(CheckRules.objects.filter(project__in=projects).values_list("project_id", "tolerance"))
    verdicts = []
    for answer in answers:
        gold = golds.get(answer.task_id)
        config = configs.get((answer.project_id, answer.schema_version), {})
        found = _measure(answer, gold, config, tolerances.get(answer.project_id)) if gold else None
        if gold is None or found is None:
            continue
        verdicts.append(
            Verdict(
                answer=answer,
                gold=gold,
                kind=gold.kind,
                project_id=answer.project_id,
                annotator_id=answer.annotator_id,
                is_right=found.is_right,
                distance=found.distance,
                label=found.label,
                at=answer.created_at,
            )
        )
    Verdict.objects.bulk_create(verdicts, ignore_conflicts=True)
    PaidTime.objects.bulk_create(
        [
            PaidTime(answer=v.answer, project_id=v.project_id, annotator_id=v.annotator_id, kind=v.kind,
                     active_ms=v.answer.active_ms, at=v.at)
            for v in verdicts
            if v.kind != GoldKind.GOLD
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    count_verdicts({verdict.gold_id for verdict in verdicts if verdict.gold_id})
    return verdicts


def _measure(answer: Answer, gold: Gold, config: dict[str, Any], tolerance: float | None) -> Measured | None:
    """Under the schema the answer was given to; None where there the known answer would be none."""
    task_type = registry.get(gold.project.type)
    known = gold.answer
    if answer.schema_version != gold.schema_version:
        item = gold.task.item
        try:
            known = task_type.clean_answer(known, config=config, item=as_judged(item.data, item.media))
        except InvalidAnswer:
            return None
    return measure(task_type, config, given=answer.value, known=known, tolerance=tolerance)


def count_verdicts(gold_ids: Iterable[int]) -> None:
    """Counted, not added to: two jobs at once leave the same figures."""
    for pk in sorted(gold_ids):
        rows = Gold.objects.filter(pk=pk)
        if connection.features.has_select_for_update:
            list(rows.select_for_update().values_list("pk"))
        failed = Q(is_right=False)
        good = Q(annotator__in=good_people(rows.values_list("project_id", flat=True).get()))
        found = Verdict.objects.filter(gold=pk).aggregate(
            judged=Count("pk"), failed=Count("pk", filter=failed), failed_by_good=Count("pk", filter=failed & good)
        )
        rows.update(**found)


def look_at(gold: Gold, *, now: datetime) -> None:
    """Take it out of use when too many people know it, or when good people keep failing it."""
    asked = people_asked(gold)
    reason = why_retired(asked.skills_right, asked.skills_wrong, people=asked.possible)
    if reason == "disputed":
        good = sum(skill >= GOOD for skill in asked.skills_wrong)
        why = f"{good} people who are usually right answered otherwise"
        gold_service.retire(gold=gold, actor=None, why=why, now=now, misleads=True)
    elif reason == "exposed":
        seen = len(asked.skills_right) + len(asked.skills_wrong)
        why = f"{seen} of {asked.possible} people have seen it"
        gold_service.retire(gold=gold, actor=None, why=why, now=now)


def projects_with_unmeasured() -> list[int]:
    return sorted(set(unmeasured(None).values_list("project_id", flat=True)))
