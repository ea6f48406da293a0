"""How often somebody is right, as a Beta distribution: the mean to show, a low quantile to decide by.

The prior is the project's own people, worth ``PRIOR`` answers. A gold answer counts 1; any other counts ``SOFT``, right
in so far as the consensus says so, and only where others have answered enough for it to say anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from scipy.special import betaincinv

PRIOR = 10.0
"""Answers that the pool's mean is worth."""
USUAL = 0.7
"""The mean of a pool of which nothing is known yet, held as if by ``PRIOR`` answers."""
SOFT = 0.5
"""The weight of an answer that only the consensus judges."""
LEAST_OTHERS = 2
"""Answers by others that an item needs for its consensus to judge one more."""
GATE = 0.1
"""The quantile to decide by: that good or better with nine chances in ten."""
HALF_LIFE_DAYS = 90.0
"""An answer that old counts half."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer: ``right`` from 0 to 1, by gold or as the posterior of what was answered (without this answer)."""

    right: float
    is_gold: bool = False
    others: int = LEAST_OTHERS
    age_days: float = 0.0


@dataclass(frozen=True, slots=True)
class Skill:
    """Beta(a, b): ``a`` right and ``b`` wrong answers, the prior's with them."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def deviation(self) -> float:
        """The standard deviation: how sure the mean is."""
        total = self.a + self.b
        return sqrt(self.a * self.b / (total * total * (total + 1)))

    @property
    def low(self) -> float:
        return self.quantile(GATE)

    def quantile(self, share: float) -> float:
        """The accuracy that this one falls short of with probability ``share``."""
        return float(betaincinv(self.a, self.b, share))


def prior_of(right: float = 0.0, wrong: float = 0.0) -> Skill:
    """What somebody new is taken for, from the (weighted) right and wrong answers of everybody in the pool."""
    mean = (right + PRIOR * USUAL) / (right + wrong + PRIOR)
    return Skill(PRIOR * mean, PRIOR * (1 - mean))


def weight_of(answer: Judged, *, half_life_days: float = HALF_LIFE_DAYS) -> float:
    """How much the answer tells; 0 where nobody could judge it."""
    if not answer.is_gold and answer.others < LEAST_OTHERS:
        return 0.0
    fresh: float = 0.5 ** (max(answer.age_days, 0.0) / half_life_days)
    return fresh * (1.0 if answer.is_gold else SOFT)


def skill_of(answers: Iterable[Judged], prior: Skill, *, half_life_days: float = HALF_LIFE_DAYS) -> Skill:
    """The prior and every answer that tells something. ValueError for a share that is none."""
    a, b = prior.a, prior.b
    for answer in answers:
        if not 0 <= answer.right <= 1:
            raise ValueError(f"right is {answer.right}; must be from 0 to 1")
        weight = weight_of(answer, half_life_days=half_life_days)
        a += weight * answer.right
        b += weight * (1 - answer.right)
    return Skill(a, b)
