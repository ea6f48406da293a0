"""Hundreds of classes, of which an item gets votes for a few: one-coin over those, in the room of the votes.

The classes nobody voted for are all alike, so they need no columns: with gains g of its votes a class c has the weight
exp(sum of g), each of the others 1. Averaged with smoothed vote shares, for the reason that E4 is an average.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import digamma

from labeling.aggregation.one_coin import POOLED, RIGHT, WRONG
from labeling.aggregation.settling import Known
from labeling.aggregation.votes import Floats, Result, result_of

if TYPE_CHECKING:
    from labeling.aggregation.ballot_scores import Group

ROUNDS = 50
TOLERANCE = 1e-3
"""Of the change of a worker's right votes, relative to their votes."""


def settle(group: Group, known: Known | None) -> Result:
    """Posteriors of every row of the group; from the group itself, or from what is known of its workers."""
    if known is not None:
        right, given = _sums(group, known)
        return _result(group, _scores(group, right, given))
    given = _given(group)
    right = dict.fromkeys(given, 0.0)
    for votes in group.votes:
        tops = _shares(votes)
        for worker, value in votes:
            right[worker] += tops[value]
    for _ in range(ROUNDS):
        scored = _scores(group, right, given)
        now = dict.fromkeys(given, 0.0)
        for votes, shares in zip(group.votes, scored, strict=True):
            for worker, value in votes:
                now[worker] += shares.get(value, 0.0)
        moved = max((abs(now[worker] - right[worker]) / given[worker] for worker in given), default=0.0)
        right = {worker: round(amount, 9) for worker, amount in now.items()}
        if moved <= TOLERANCE:
            break
    return _result(group, _scores(group, right, given))


def _given(group: Group) -> dict[Hashable, float]:
    given: dict[Hashable, float] = defaultdict(float)
    for votes in group.votes:
        for worker, _value in votes:
            given[worker] += 1
    return given


def _sums(group: Group, known: Known) -> tuple[dict[Hashable, float], dict[Hashable, float]]:
    """Of this question alone: the diagonal, and everything."""
    right: dict[Hashable, float] = {}
    given: dict[Hashable, float] = {}
    for worker in _given(group):
        mine = [(name.split("\t"), amount) for name, amount in known.of(worker).items()]
        own = [(name, amount) for name, amount in mine if len(name) == 3 and name[0] == group.question]
        given[worker] = sum(amount for _name, amount in own)
        right[worker] = sum(amount for (_question, true, voted), amount in own if true == voted)
    return right, given


def _shares(votes: object) -> dict[str, float]:
    counts: dict[str, float] = defaultdict(float)
    for _worker, value in votes:  # type: ignore[attr-defined]
        counts[value] += 1
    total = sum(counts.values())
    return {value: count / total for value, count in counts.items()}


def _scores(group: Group, right: dict[Hashable, float], given: dict[Hashable, float]) -> list[dict[str, float]]:
    """Row by row the share of each class that has votes, or that is the truth."""
    total = sum(given.values())
    crowd = (sum(right.values()) + 1) / (total + 2)
    size = len(group.classes)
    gain = {
        worker: float(
            digamma(right[worker] + RIGHT + POOLED * crowd)
            - digamma(max(given[worker] - right[worker], 0) + WRONG + POOLED * (1 - crowd))
            + np.log(size - 1)
        )
        for worker in given
    }
    scored = []
    for votes, truth in zip(group.votes, group.truth, strict=True):
        if truth is not None:
            scored.append({truth: 1.0})
            continue
        weight: dict[str, float] = defaultdict(float)
        for worker, value in votes:
            weight[value] += gain[worker]
        top = max([0.0, *weight.values()])
        odds = {value: np.exp(each - top) for value, each in weight.items()}
        rest = sum(odds.values()) + (size - len(odds)) * np.exp(-top)
        shares = _shares(votes)
        smooth = len(votes) / (len(votes) + 1)
        scored.append({value: float(odds[value] / rest + shares[value] * smooth) / 2 for value in odds})
    return scored


def _result(group: Group, scored: list[dict[str, float]]) -> Result:
    posterior: Floats = np.zeros((len(scored), len(group.classes)))
    for n, shares in enumerate(scored):
        for value, share in shares.items():
            posterior[n, group.codes[value]] = share
        unseen = max(0.0, 1 - posterior[n].sum())
        empty = posterior[n] == 0
        if empty.any():
            posterior[n, empty] = unseen / empty.sum()
    return result_of(posterior)
