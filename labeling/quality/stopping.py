"""Stop when sure: ask for one more answer only while models that err differently are not all sure of the leader."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.aggregation import e4
from labeling.aggregation.votes import Ints, Votes

Bools = NDArray[np.bool_]

FLOOR = 2
"""Answers an item gets in any case."""
TAU = 0.95
UNSURE = 0.7
"""An item at its ceiling that is less sure than this goes to a reviewer."""


@dataclass(frozen=True)
class Replayed:
    """What the rule would have spent on recorded answers, and what it would have found."""

    used: Ints
    """[item]: answers asked for."""
    result: e4.E4Result
    rounds: int


def replay(votes: Votes, *, tau: float = TAU, floor: int = FLOOR, seed: int = 1) -> Replayed:
    """Reveal each item's answers one by one in a random order, until it is sure or there are no more.

    Each round fits the revealed answers and asks one more answer for every item that is not sure.
    """
    if not 0 < tau <= 1:
        raise ValueError(f"tau is {tau}; must be above 0 and at most 1")
    shuffled = np.random.default_rng(seed).permutation(len(votes))
    order = shuffled[np.argsort(votes.item[shuffled], kind="stable")]
    total = np.bincount(votes.item, minlength=votes.n_items)
    place = np.empty(len(votes), dtype=np.int64)  # of each vote among those of its item
    place[order] = np.arange(len(votes)) - np.repeat(np.cumsum(total) - total, total)
    used = np.minimum(total, floor)
    rounds = 0
    while True:
        rounds += 1
        result = e4.fit(_revealed(votes, place < used[votes.item]))
        more = (result.sure < tau) & (used < total)
        if not more.any():
            return Replayed(used, result, rounds)
        used = used + more


def _revealed(votes: Votes, shown: Bools) -> Votes:
    sizes = votes.n_items, votes.n_workers, votes.n_classes
    names = votes.items, votes.workers, votes.classes
    return Votes(votes.item[shown], votes.worker[shown], votes.value[shown], *sizes, *names)
