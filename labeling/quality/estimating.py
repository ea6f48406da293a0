"""What a target accuracy will cost, from the answers of a pilot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.aggregation.gold import UNKNOWN
from labeling.aggregation.votes import Ints, Votes
from labeling.quality import stopping
from labeling.quality.target import LEAST_ITEMS

TAUS = (0.7, 0.8, 0.9, 0.95, 0.97, 0.99)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One threshold: what it would take and give. ``answers`` is for all items, ``cost`` in the price's currency."""

    tau: float
    answers_each: float
    answers: int
    cost: float
    accuracy: float
    reviews: int
    """Items that end unsure at their ceiling."""


def estimates(
    votes: Votes, *, n_items: int, price: float, gold: Ints | None = None, taus: Sequence[float] = TAUS, seed: int = 1
) -> list[Estimate]:
    """For each threshold, by replaying the pilot's answers; its overlap is the ceiling.

    The accuracy is that on gold (int[item], -1 unknown) where LEAST_ITEMS of the pilot have it, else what the
    posteriors themselves expect. Raises ValueError for a pilot without answers.
    """
    if not len(votes):
        raise ValueError("a pilot without answers tells nothing")
    found = []
    asked = np.bincount(votes.item, minlength=votes.n_items) > 0
    for tau in taus:
        played = stopping.replay(votes, tau=tau, seed=seed)
        each = float(played.used[asked].mean())
        unsure = float((played.result.sure[asked] < stopping.UNSURE).mean())
        answers = round(each * n_items)
        accuracy = _accuracy(played, asked, gold)
        found.append(Estimate(tau, each, answers, round(answers * price, 4), accuracy, round(unsure * n_items)))
    return found


def _accuracy(played: stopping.Replayed, asked: stopping.Bools, gold: Ints | None) -> float:
    if gold is not None and (known := (gold > UNKNOWN) & asked).sum() >= LEAST_ITEMS:
        return float((played.result.labels[known] == gold[known]).mean())
    return float(played.result.confidence[asked].mean())
