"""Somebody who was good and is no longer: a cumulative sum of log likelihood ratios that never falls below 0.

Page, "Continuous inspection schemes" (1954). With a limit of 4, accuracy falling from .9 to .6 is seen after 12 answers
in the mean, at one false alarm in about 450.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

LIMIT = 4.0
EDGE = 0.02


@dataclass(frozen=True, slots=True)
class Drift:
    """``was`` is the accuracy so far, ``feared`` the one that is watched for."""

    was: float
    feared: float
    total: float = 0.0
    """The sum now."""

    def __post_init__(self) -> None:
        if not 0 < self.feared < self.was < 1:
            raise ValueError(f"feared is {self.feared} and was {self.was}; must be 0 < feared < was < 1")

    @property
    def is_alarm(self) -> bool:
        return self.total >= LIMIT

    def after(self, right: float, weight: float = 1.0) -> Drift:
        """With one more answer: right from 0 to 1, as gold or the posterior says it; gold has weight 1."""
        if not 0 <= right <= 1:
            raise ValueError(f"right is {right}; must be from 0 to 1")
        up, down = log((1 - self.feared) / (1 - self.was)), log(self.feared / self.was)
        step = weight * (right * down + (1 - right) * up)
        return Drift(self.was, self.feared, max(0.0, self.total + step))


def watch(skill: float, *, fall: float = 0.3) -> Drift:
    """From this skill on, for a fall by so much."""
    was = min(max(skill, 2 * EDGE), 1 - EDGE)
    return Drift(was, max(EDGE, was - fall))
