"""How often somebody meets gold: often while they are new or something has happened, seldom once they are known."""

from __future__ import annotations

from dataclasses import dataclass

EXAM = 5
"""Gold tasks at the start, one after the other; a project may ask up to MOST_EXAM."""
MOST_EXAM = 10
NEW, KNOWN, TRUSTED = 0.10, 0.05, 0.02
SURE_ENOUGH = 0.05
"""Standard deviation of the skill below which somebody is known."""
CLEAN_ANSWERS = 200
"""Answers without a setback after which somebody is trusted."""
PAUSE_DAYS = 7.0
AFTER_SETBACK = 50
"""Answers after a setback for which the rate stays high."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One person in one project."""

    gold_answers: int
    deviation: float
    """Of their skill."""
    since_setback: int | None = None
    """Answers since the last alarm, return from a pause or change of the guideline; None if there was none."""
    answers: int = 0
    """All of theirs."""
    days_away: float = 0.0
    """Since their last answer."""


def rate(standing: Standing, *, exam: int = EXAM) -> float:
    """The share of their next tasks that should be gold; 1 during the exam."""
    if not 0 <= exam <= MOST_EXAM:
        raise ValueError(f"an exam of {exam} tasks; must be 0 to {MOST_EXAM}")
    if standing.gold_answers < exam:
        return 1.0
    if standing.days_away >= PAUSE_DAYS:
        return NEW
    if standing.since_setback is not None and standing.since_setback < AFTER_SETBACK:
        return NEW
    if standing.deviation >= SURE_ENOUGH:
        return NEW
    clean = standing.answers if standing.since_setback is None else standing.since_setback
    return TRUSTED if clean >= CLEAN_ANSWERS else KNOWN
