"""When a gold task has served: too many know it, or too many good people "fail" it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Reason = Literal["exposed", "disputed"]

MOST_EXPOSED = 0.3
"""Share of the project's people."""
LEAST_PEOPLE = 10
"""Below so many a share says nothing: in a small team everybody soon has seen everything."""
GOOD = 0.8
"""Skill of somebody whose wrong answer speaks against the gold rather than against them."""
MOST_DISPUTES = 3
"""Good people who may fail it, if they are also most of the good people who had it."""


def why_retired(skills_right: Iterable[float], skills_wrong: Iterable[float], *, people: int) -> Reason | None:
    """Skills of those who answered it as the gold says, and otherwise; ``people`` work on the project. None: go on."""
    right, wrong = list(skills_right), list(skills_wrong)
    good_right = sum(skill >= GOOD for skill in right)
    good_wrong = sum(skill >= GOOD for skill in wrong)
    if good_wrong >= MOST_DISPUTES and good_wrong > good_right:
        return "disputed"
    if people >= LEAST_PEOPLE and len(right) + len(wrong) >= MOST_EXPOSED * people:
        return "exposed"
    return None
