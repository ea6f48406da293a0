"""What is known of how well people answer, and the rows it is worked out from."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db.models import Count, F, Q, QuerySet, Sum

from labeling.aggregation.live import PROBABLE
from labeling.quality.own_vote import without_own
from labeling.quality.skill import LEAST_OTHERS, USUAL, Judged
from labeling.types import registry
from tasks.models import Answer, Consensus, Gold, Project, QualityState, Skill, Verdict
from tasks.models.gold import GoldKind
from tasks.selectors.projects import current_version

NEWEST = 300  # of somebody's answers, older ones tell little of how they work now
MEASURES = (GoldKind.GOLD, GoldKind.QUALIFICATION)  # training teaches, it does not measure
DAY = timedelta(days=1)
GROWN = 200  # answers after which skills are worked out again in full work
LULL = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of a person as evidence of their skill."""

    at: datetime
    judged: Judged
    label: str  # the class that is right, as far as anybody knows
    seconds: float
    said: str  # the answer, equal text for equal answers
    characters: int  # of the item's text


def evidence(project: Project, annotator_id: int, now: datetime) -> list[Told]:
    """The oldest first: gold, and the newest other answers with those of others to hold them against."""
    return sorted([*_by_gold(project, annotator_id, now), *_by_consensus(project, annotator_id, now)], key=_age)


def _age(told: Told) -> datetime:
    return told.at


def _by_gold(project: Project, annotator_id: int, now: datetime) -> list[Told]:
    rows = Verdict.objects.filter(project=project, annotator=annotator_id, counts=True, kind__in=MEASURES)
    names = ("is_right", "label", "at", "answer__active_ms", "answer__value", "answer__task__item__data")
    return [
        Told(at, Judged(float(right), True, age_days=(now - at) / DAY), label, ms / 1000, stable(value), length(data))
        for right, label, at, ms, value, data in rows.values_list(*names)
    ]


def _by_consensus(project: Project, annotator_id: int, now: datetime) -> list[Told]:
    """Posterior of what was answered, without the answer itself; how near to the consensus where nobody votes.

    A task that stops when sure stops at two answers because they are equal: without those, people would be judged by
    what they disagree about alone. So there one other answer is enough.
    """
    task_type, config = registry.get(project.type), current_version(project).config
    classes = task_type.ballot({}, config).classes
    newest = Answer.objects.filter(project=project, annotator=annotator_id, is_live=True, is_applied=True)
    newest = newest.exclude(task__in=Gold.objects.filter(project=project).values("task_id"))
    rows = newest.filter(task__consensus__isnull=False).select_related("task__consensus", "task__item")
    found = []
    for answer in rows.order_by("-pk")[:NEWEST]:
        consensus = answer.task.consensus
        others = len(set(consensus.answers) - {answer.pk})
        if others and answer.task.ceiling is not None:
            others = max(others, LEAST_OTHERS)
        posterior = posterior_of(consensus)
        label, right = "", 0.0
        if classes and posterior:
            votes = task_type.ballot({0: answer.value}, config).votes
            shares = [
                without_own(posterior.get(v.part, {}).get(v.value, 0.0), len(classes[v.part]), accuracy=USUAL)
                for v in votes
                if v.part in classes
            ]
            right = sum(shares) / len(shares) if shares else 0.0
            label = max(next(iter(posterior.values())).items(), key=_share)[0] if len(posterior) == 1 else ""
        else:
            right = 1 - min(1.0, max(0.0, task_type.distance(answer.value, consensus.value, config)))
        judged = Judged(right, others=others, age_days=(now - answer.created_at) / DAY)
        found.append(
            Told(answer.created_at, judged, label, answer.active_ms / 1000, stable(answer.value),
                 length(answer.task.item.data))
        )  # fmt: skip
    return found


def posterior_of(consensus: Consensus) -> dict[str, dict[str, float]]:
    """By the method that knows its people; shares of the votes only where there is no other."""
    methods = [consensus.by_method[name] for name in (*PROBABLE, consensus.method) if name in consensus.by_method]
    return methods[0].get("posterior", {}) if methods else {}


def _share(pair: tuple[str, float]) -> float:
    return pair[1]


def stable(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def length(data: Any) -> int:
    text = data.get("text") if isinstance(data, dict) else None
    return len(text) if isinstance(text, str) else 0


def pool(project: Project) -> tuple[int, int]:
    """Right and wrong answers to gold, of everybody."""
    rows = Verdict.objects.filter(project=project, counts=True, kind__in=MEASURES)
    found = rows.aggregate(right=Count("pk", filter=Q(is_right=True)), wrong=Count("pk", filter=Q(is_right=False)))
    return found["right"], found["wrong"]


def usual_gap(project: Project, annotator_id: int) -> float | None:
    """By how much the other people are better on gold than elsewhere; None where they cannot tell.

    Gold may be easier than the rest, and few answers to a task say less of who is right than gold does.
    """
    others = overall_skills(project).exclude(annotator=annotator_id).filter(gold_seen__gt=0, compared__gt=0)
    sums = others.aggregate(
        right=Sum("gold_right"), seen=Sum("gold_seen"), agreed=Sum(F("agreed") * F("compared")), of=Sum("compared")
    )
    return sums["right"] / sums["seen"] - sums["agreed"] / sums["of"] if sums["seen"] else None


def answers_since(project: Project, annotator_id: int, moment: datetime | None) -> int:
    rows = Answer.objects.filter(project=project, annotator=annotator_id, is_live=True)
    return rows.filter(created_at__gt=moment).count() if moment else rows.count()


def usual_answers(project: Project, most: int = 2000) -> dict[Hashable, float]:
    """How often the crowd gives each answer, of its newest ones."""
    people = Answer.objects.filter(project=project, is_live=True, annotator__machine=None)
    newest = people.order_by("-pk").values_list("value", flat=True)[:most]
    counts: dict[str, int] = {}
    for value in newest:
        counts[stable(value)] = counts.get(stable(value), 0) + 1
    total = sum(counts.values())
    return {said: number / total for said, number in counts.items()}


def skills_due(now: datetime) -> list[int]:
    """Projects whose consensus knows much more than when skills were last worked out, or came to rest since.

    A fit after the last answer moves the consensus too, and with it what people are measured by.
    """
    grown = Q(applied__gte=F("skilled_at_applied") + GROWN)
    moved = Q(applied__gt=F("skilled_at_applied")) | Q(settled_at__gt=F("skilled_at"))
    due = QualityState.objects.filter(grown | Q(moved, settled_at__lt=now - LULL))
    return sorted(due.values_list("pk", flat=True))


def people_since(project_id: int, moment: datetime | None) -> set[int]:
    """Machines are no people: nobody trains them, checks them or looks at signs of them."""
    rows = Answer.objects.filter(project=project_id, is_live=True, annotator__machine=None)
    if moment is not None:
        rows = rows.filter(created_at__gte=moment - DAY)
    return set(rows.values_list("annotator_id", flat=True).distinct())


def overall_skills(project: Project, annotators: Collection[int] | None = None) -> QuerySet[Skill]:
    rows = Skill.objects.filter(project=project, label="").select_related("annotator")
    return rows.filter(annotator__in=annotators) if annotators is not None else rows
