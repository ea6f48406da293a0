"""Which place gold takes among the tasks somebody is given, and which gold: spread over the classes, never foreseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

EASY, HARD = 0.05, 0.25
"""Shares of people failing it, below and above which an item counts as easy and as hard."""
KNOWN = 5
"""People judged before an item is anything but of middling difficulty."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gold item that somebody may be given; ``judged`` and ``failed`` count people."""

    id: int
    label: str
    judged: int = 0
    failed: int = 0

    @property
    def difficulty(self) -> str:
        share = self.failed / self.judged if self.judged >= KNOWN else (EASY + HARD) / 2
        return "easy" if share < EASY else "hard" if share > HARD else "middling"


def place_of_gold(rate: float, count: int, *, after_gold: bool, rng: Random) -> int | None:
    """The place, from 0, that gold takes among ``count`` tasks; None for none of them.

    Each place is drawn by itself, so that nobody can count the tasks between two checks. Two never follow each other:
    where tasks have run out and somebody asks again and again, they do not use up the gold. The chance of a free place
    makes up for that, so that ``rate`` is the share in the long run (up to one half).
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate is {rate}; must be from 0 to below 1")
    chance = min(1.0, rate / (1 - rate)) if rate < 0.5 else 1.0
    return next((place for place in range(1 if after_gold else 0, count) if rng.random() < chance), None)


def choose(candidates: Sequence[Candidate], seen: Sequence[Candidate], *, rng: Random) -> Candidate | None:
    """One of the class this person has seen least of, then of the difficulty they have seen least of, at random."""
    if not candidates:
        return None
    labels = Counter(each.label for each in seen)
    strata = Counter((each.label, each.difficulty) for each in seen)
    rarest = min(labels[each.label] for each in candidates)
    of_label = [each for each in candidates if labels[each.label] == rarest]
    label = rng.choice(sorted({each.label for each in of_label}))
    left = [each for each in of_label if each.label == label]
    least = min(strata[label, each.difficulty] for each in left)
    return rng.choice([each for each in left if strata[label, each.difficulty] == least])
