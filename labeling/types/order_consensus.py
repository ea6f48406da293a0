"""One order out of several people's: strengths by Bradley-Terry over all pairs of each order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from labeling.aggregation import bradley_terry, plackett_luce
from labeling.aggregation.votes import Floats

SAME = 1e-6
"""Strengths that near are a tie."""


def merge(ranks: Sequence[Sequence[int]], weights: Sequence[float], *, ties: bool) -> tuple[list[int], list[float]]:
    """Ranks of the consensus, 1 the best and none left out, and how sure each thing is to be where it stands.

    Without ties in any of the orders Plackett-Luce, which makes the most of whole orders; else Bradley-Terry, in which
    a tie is half a win. How sure is the chance that things next to each other are in the right order.
    """
    count = len(ranks[0])
    fitted = _pairs(ranks, weights)
    has_ties = any(len(set(each)) < count for each in ranks)
    strength = fitted.strength if has_ties else plackett_luce.fit([_order(each) for each in ranks], count, weights)
    found = _ranks(strength, fitted.strength, ties=ties)
    order = sorted(range(count), key=lambda thing: found[thing])
    sure = [1.0] * count
    for one, other in zip(order, order[1:], strict=False):
        chance = 0.5 if found[one] == found[other] else fitted.better(one, other)
        sure[one], sure[other] = min(sure[one], chance), min(sure[other], chance)
    return found, [min(max(each, 0.0), 1.0) for each in sure]


def _pairs(ranks: Sequence[Sequence[int]], weights: Sequence[float]) -> bradley_terry.Strengths:
    count = len(ranks[0])
    rows = [
        (one, other, 0.5 * (1 + (each[one] < each[other]) - (each[one] > each[other])), weight)
        for each, weight in zip(ranks, weights, strict=True)
        for one, other in combinations(range(count), 2)
    ]
    table = np.array(rows).reshape(-1, 4)
    return bradley_terry.fit(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], count, table[:, 3])


def _order(ranks: Sequence[int]) -> list[list[int]]:
    return [[thing for thing, rank in enumerate(ranks) if rank == each] for each in sorted(set(ranks))]


def _ranks(strength: Floats, pairwise: Floats, *, ties: bool) -> list[int]:
    """Places by strength; what is equal up to rounding is tied, or, where there are no ties, as the pairs have it."""
    if ties:
        rounded = np.round(strength / SAME) * SAME
        levels = sorted({float(each) for each in rounded}, reverse=True)
        return [levels.index(float(each)) + 1 for each in rounded]
    order = sorted(
        range(len(strength)), key=lambda n: (-round(float(strength[n]), 6), -round(float(pairwise[n]), 6), n)
    )
    found = [0] * len(order)
    for place, thing in enumerate(order, 1):
        found[thing] = place
    return found
