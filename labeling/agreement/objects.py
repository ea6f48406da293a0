"""Agreement of answers that list things: how alike the things are that two people found in one item.

The things of two answers are paired as well as can be; one that is left over is at distance 1. Chance is the distance
of things in different items. For boxes with 1 - IoU this is Krippendorff's alpha over things instead of answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

MOST_PAIRS = 20_000
Likeness = Callable[[Any, Any], float]


def distances(one: Sequence[Any], other: Sequence[Any], likeness: Likeness) -> list[float]:
    """Of every pair, and 1 for every thing without one."""
    if not one or not other:
        return [1.0] * (len(one) + len(other))
    table = np.array([[likeness(a, b) for b in other] for a in one])
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    paired = [float(table[n, m]) for n, m in zip(rows, columns, strict=True) if table[n, m] > 0]
    return [1 - near for near in paired] + [1.0] * (len(one) + len(other) - 2 * len(paired))


def alpha_of_things(units: Sequence[Sequence[Sequence[Any]]], likeness: Likeness) -> float | None:
    """From the lists of things of each unit's answers. None where nobody found anything, or all things are alike."""
    found: list[float] = []
    paired = [list(unit) for unit in units if len(unit) >= 2]
    for unit in paired:
        for one, other in combinations(unit, 2):
            found += distances(one, other, likeness)
            if len(found) > MOST_PAIRS:
                break
    things = [(n, thing) for n, unit in enumerate(paired) for answer in unit for thing in answer]
    expected = _by_chance(things, likeness)
    if not found or not expected:
        return None
    return float(1 - np.mean(found) / expected)


def f1(one: Sequence[Any], other: Sequence[Any], likeness: Likeness, least: float) -> float:
    """Of the things that have a pair at least so alike; 1 where neither found anything.

    Free of chance, and the same whichever of the two is taken for the truth (Hripcsak and Rothschild 2005).
    """
    if not one and not other:
        return 1.0
    hits = sum(1 - far >= least - 1e-12 and far < 1 for far in distances(one, other, likeness))
    return 2 * hits / (len(one) + len(other))


def _by_chance(things: Sequence[tuple[int, Any]], likeness: Likeness) -> float | None:
    """Mean distance of two things of different units; of the same unit where there is only one."""
    total = len(things)
    if total < 2:
        return None
    if total * (total - 1) / 2 <= MOST_PAIRS:
        pairs = list(combinations(range(total), 2))
    else:
        chance = np.random.default_rng(0)
        one = chance.integers(total, size=MOST_PAIRS)
        other = (one + chance.integers(1, total, size=MOST_PAIRS)) % total
        pairs = list(zip(one.tolist(), other.tolist(), strict=True))
    apart = [1 - likeness(things[a][1], things[b][1]) for a, b in pairs if things[a][0] != things[b][0]]
    return float(np.mean(apart)) if apart else None
