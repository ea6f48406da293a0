"""Percent agreement: the plain share of pairs of people who agree. Not corrected for chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any


def percent_agreement(
    units: Iterable[Sequence[Any]], distance: Callable[[Any, Any], float] | None = None
) -> float | None:
    """Mean over units with two answers or more of how close its pairs are (1 - distance), from 0 to 1.

    None if no unit has two answers.
    """
    means = [_closeness(unit, distance or _different) for unit in units if len(unit) >= 2]
    return sum(means) / len(means) if means else None


def _closeness(unit: Sequence[Any], distance: Callable[[Any, Any], float]) -> float:
    pairs = list(combinations(unit, 2))
    return sum(1 - distance(a, b) for a, b in pairs) / len(pairs)


def _different(a: Any, b: Any) -> float:
    return 0.0 if a == b else 1.0
