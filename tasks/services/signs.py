"""Alarms and signals about somebody's work: rows for a person to look at. Nothing happens to anybody by a rule.

Each rule looks at the evidence and gives its figures, or None when it sees nothing.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.quality import sprt
from labeling.quality.cusum import LIMIT, watch
from labeling.quality.floor_time import floor_seconds, too_fast
from labeling.quality.gold_leak import gold_leak
from labeling.quality.repeats import longest_run
from labeling.quality.skill import LEAST_OTHERS, SOFT, Skill
from tasks.models import Project, Sign
from tasks.selectors.skills import Told

ALARMS = ("low_accuracy", "drift")
RECENT = 200
LEAST_BEFORE = 20  # answers that tell how somebody was, before a fall from it can be seen
MOST_DIFFERENT = 50  # different answers of a crowd: with more, equal ones are no sign of anything


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: one person in one project."""

    told: Sequence[Told]
    skill: Skill
    agreed: float | None
    usual: Mapping[Hashable, float]  # how often the crowd gives each answer
    classes: int
    target: float
    usual_gap: float | None = None  # by how much the others are better on gold than elsewhere


Figures = dict[str, Any]


def low_accuracy(case: Case) -> Figures | None:
    """The sequential test on gold says: hardly better than chance."""
    gold = [each.judged for each in case.told if each.judged.is_gold]
    right = sum(each.right for each in gold)
    try:
        bounds = sprt.bounds_of(case.classes, case.target)
    except ValueError:
        return None  # the target lies too near to chance for a test
    verdict = sprt.decide(right, len(gold) - right, bounds)
    if verdict not in ("pause", "review"):
        return None
    return {"right": int(right), "of": len(gold), "bad": round(bounds.bad, 3), "good": round(bounds.good, 3),
            "advice": verdict}  # fmt: skip


def drift(case: Case) -> Figures | None:
    """Right much less often than before, by gold and by what others said."""
    seen = [each.judged for each in case.told if each.judged.is_gold or each.judged.others >= LEAST_OTHERS]
    if len(seen) < 2 * LEAST_BEFORE:
        return None
    before = seen[: max(LEAST_BEFORE, len(seen) // 3)]
    was = sum(each.right for each in before) / len(before)
    state, rest = watch(was), seen[len(before) :]
    for each in rest:
        state = state.after(each.right, 1.0 if each.is_gold else SOFT)
    if not state.is_alarm:
        return None
    newest = rest[-LEAST_BEFORE:]
    return {
        "was": round(was, 3),
        "now": round(sum(each.right for each in newest) / len(newest), 3),
        "sum": round(state.total, 2),
        "limit": LIMIT,
        "answers": len(rest),
    }


def too_fast_to_read(case: Case) -> Figures | None:
    """Answers faster than anybody could see and press."""
    timed = [each for each in case.told if each.seconds > 0][-RECENT:]
    found = too_fast([each.seconds for each in timed], [floor_seconds(characters=each.characters) for each in timed])
    return {"count": found.count, "of": len(timed), "share": round(found.share, 3)} if found.is_sign else None


def repeats(case: Case) -> Figures | None:
    """The same answer again and again, longer than chance makes likely."""
    if not 0 < len(case.usual) <= MOST_DIFFERENT:
        return None
    run = longest_run([each.said for each in case.told][-RECENT:], case.usual)
    if run is None or not run.is_sign:
        return None
    return {"length": run.length, "chance": float(f"{run.chance:.1e}"), "answer": str(run.answer)[:200]}


def leak(case: Case) -> Figures | None:
    """Much better on gold than on all else, even for what is usual in the project."""
    gold = [each.judged.right for each in case.told if each.judged.is_gold]
    if case.agreed is None or case.usual_gap is None:
        return None
    found = gold_leak(int(sum(gold)), len(gold), min(1.0, case.agreed + max(0.0, case.usual_gap)))
    if found is None or not found.is_sign:
        return None
    return {"gold": round(sum(gold) / len(gold), 3), "elsewhere": round(case.agreed, 3), "gap": round(found.gap, 3)}


RULES: dict[str, Callable[[Case], Figures | None]] = {
    "low_accuracy": low_accuracy,
    "drift": drift,
    "too_fast": too_fast_to_read,
    "repeats": repeats,
    "gold_leak": leak,
}


def look(case: Case) -> dict[str, Figures]:
    """What each rule sees, by its name."""
    return {name: found for name, rule in RULES.items() if (found := rule(case)) is not None}


@transaction.atomic
def keep_signs(
    *,
    project: Project,
    annotator_id: int,
    found: Mapping[str, Figures],
    now: datetime,
    rules: Sequence[str] = tuple(RULES),
) -> list[str]:
    """Write what the rules see now; end what they do not see any more. The names of those that are new."""
    mine = Sign.objects.filter(project=project, annotator=annotator_id, ended_at=None, rule__in=rules)
    mine.exclude(rule__in=found).update(ended_at=now)
    fresh = []
    for rule, figures in found.items():
        other = figures.get("with")
        if not mine.filter(rule=rule).update(figures=figures, last_at=now, other=other):
            Sign.objects.create(
                project=project, annotator_id=annotator_id, rule=rule, figures=figures, other_id=other,
                first_at=now, last_at=now,
            )  # fmt: skip
            fresh.append(rule)
    return fresh


def dismiss(*, sign: Sign, actor: Any, now: datetime) -> None:
    """Somebody has looked at it, and it is nothing. It stays in the history."""
    Sign.objects.filter(pk=sign.pk, dismissed_at=None).update(dismissed_at=now, dismissed_by=actor)
