"""Good or bad, with as few gold tasks as the answer takes: Wald's sequential probability ratio test (1945)."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal

Verdict = Literal["pass", "pause", "review", "undecided"]

ERROR = 0.05
"""Chance of either mistake."""
LEAST_FOR_PAUSE = 8
"""Gold tasks below which a bad run is looked at by a person, and nobody is paused for it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The accuracy of somebody who is no better than guessing with luck, and of somebody good enough."""

    bad: float
    good: float

    def __post_init__(self) -> None:
        if not 0 < self.bad < self.good < 1:
            raise ValueError(f"bad is {self.bad} and good {self.good}; must be 0 < bad < good < 1")


def bounds_of(classes: int, target: float) -> Bounds:
    """Bad is .1 above chance, good .05 below the project's target accuracy.

    A target so near to chance that nothing lies between them is an error: no test can tell such people apart.
    """
    return Bounds(1 / max(classes, 2) + 0.1, target - 0.05)


def evidence(right: float, wrong: float, bounds: Bounds) -> float:
    """Log likelihood ratio, good over bad. Sums of weights will do."""
    return right * log(bounds.good / bounds.bad) + wrong * log((1 - bounds.good) / (1 - bounds.bad))


def decide(right: float, wrong: float, bounds: Bounds, *, error: float = ERROR) -> Verdict:
    """The verdict after so many gold tasks; "undecided" asks for one more."""
    limit = log((1 - error) / error)
    found = evidence(right, wrong, bounds)
    if found >= limit:
        return "pass"
    if found <= -limit:
        return "pause" if right + wrong >= LEAST_FOR_PAUSE else "review"
    return "undecided"
