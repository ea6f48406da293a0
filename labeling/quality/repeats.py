"""The same answer again and again: the longest run, and how likely so long a one is by chance."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

RARE = 1e-3
"""Chance below which a run is a sign."""


@dataclass(frozen=True, slots=True)
class Run:
    """``chance`` is how likely a run that long is in so many honest answers."""

    answer: Hashable
    length: int
    chance: float

    @property
    def is_sign(self) -> bool:
        return self.chance < RARE


def longest_run(answers: Sequence[Hashable], shares: Mapping[Hashable, float]) -> Run | None:
    """Of somebody's answers in their order; ``shares`` is how often the crowd gives each. None without answers.

    Runs of r in n trials of share p begin about n (1 - p) p^r times, and are nearly Poisson. The rarest run is told,
    not the longest: ten of a class that is nearly all there is are nothing.
    """
    found: Run | None = None
    start = 0
    for place in range(1, len(answers) + 1):
        if place < len(answers) and answers[place] == answers[start]:
            continue
        length, share = place - start, min(max(shares.get(answers[start], 0.0), 1e-9), 1.0)
        begins = share**length * (1 + (len(answers) - length) * (1 - share))
        run = Run(answers[start], length, 1 - exp(-begins) if share < 1 else 1.0)
        if found is None or (run.chance, -run.length) < (found.chance, -found.length):
            found = run
        start = place
    return found
