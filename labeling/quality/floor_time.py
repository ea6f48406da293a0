"""Answers given faster than anybody could: a hard floor, and nothing else about speed.

Fast people are as often good as bad: on recorded crowds the fastest tenth of answers is right as often as the rest, so
only what is physically impossible counts, and only as evidence for a person who looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ACT = 0.15
"""Seconds of the fastest key press or click."""
SEE = 0.2
"""Seconds to see that there is a task at all."""
CHARACTERS = 100.0
"""A second, of the fastest skimming."""
LEAST, SHARE = 3, 0.1
"""Answers below the floor, and their share, from which it is a sign."""


@dataclass(frozen=True, slots=True)
class TooFast:
    count: int
    share: float
    is_sign: bool


def floor_seconds(*, characters: int = 0, acts: int = 1) -> float:
    """The least time for a task with so much text, that takes so many clicks or keys."""
    return SEE + ACT * acts + max(characters, 0) / CHARACTERS


def too_fast(seconds: Sequence[float], floors: Sequence[float]) -> TooFast:
    """Of somebody's answers, with the floor of each. ValueError where the two are not of one length."""
    below = sum(taken < floor for taken, floor in zip(seconds, floors, strict=True))
    share = below / len(seconds) if seconds else 0.0
    return TooFast(below, share, below >= LEAST and share >= SHARE)
