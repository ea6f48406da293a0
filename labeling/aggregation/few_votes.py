"""E4's live models for a handful of votes, by plain numbers: numpy would take longer to be called than to compute.

The same sums as in ``live_e4.by_confusion`` and ``live_e4.by_accuracy``, to rounding.
"""

from __future__ import annotations

from math import exp, log

import numpy as np
from scipy.special import digamma

from labeling.aggregation.hierarchical import EDGE, STRENGTH
from labeling.aggregation.incremental import State
from labeling.aggregation.one_coin import POOLED, RIGHT, WRONG
from labeling.aggregation.votes import Votes

Row = list[float]


def score(votes: Votes, rest: State) -> tuple[list[Row], Row]:
    """E4's posteriors of the items, and how sure of each; ties (up to rounding) go to the first class."""
    counted = [[0.5] * votes.n_classes for _ in range(votes.n_items)]
    for item, value in zip(votes.item.tolist(), votes.value.tolist(), strict=True):
        counted[item][value] += 1
    mean, sure = [], []
    for one, other, row in zip(by_confusion(votes, rest), by_accuracy(votes, rest), counted, strict=True):
        total = sum(row)
        shares = [(a + b + c / total) / 3 for a, b, c in zip(one, other, row, strict=True)]
        top = max(shares) - 1e-9
        label = next(k for k, share in enumerate(shares) if share >= top)
        mean.append(shares)
        sure.append(min(one[label], other[label]))
    return mean, sure


def by_confusion(votes: Votes, rest: State) -> list[Row]:
    """Hierarchical Dawid-Skene's posteriors of the items."""
    size = votes.n_classes
    pooled = [[cell + 1 / size for cell in row] for row in rest.pooled.tolist()]
    rows = [sum(row) for row in pooled]
    crowd = _crowd(rest)
    lean = [_logit(row[k] / total) - _logit(crowd) for k, (row, total) in enumerate(zip(pooled, rows, strict=True))]
    wrong = [total - row[k] for k, (row, total) in enumerate(zip(pooled, rows, strict=True))]
    counts = rest.counts.tolist()
    cells: Row = []
    for worker, value in zip(votes.worker.tolist(), votes.value.tolist(), strict=True):
        mine = counts[worker]
        right = sum(mine[k][k] for k in range(size))
        skill = _logit((right + 2 * crowd) / (sum(map(sum, mine)) + 2))
        for k in range(size):
            here = 1 / (1 + exp(-skill - lean[k]))
            prior = here if k == value else (1 - here) * pooled[k][value] / max(wrong[k], EDGE)
            cells.append(mine[k][value] + max(STRENGTH * prior, EDGE))
            cells.append(sum(mine[k]) + STRENGTH)
    psi = digamma(np.array(cells)).tolist()
    mass = [amount + 1 / size for amount in rest.class_mass.tolist()]
    total = sum(mass)
    start = [log(amount / total) for amount in mass]
    scores = [start.copy() for _ in range(votes.n_items)]
    place = 0
    for item in votes.item.tolist():
        row = scores[item]
        for k in range(size):
            row[k] += psi[place] - psi[place + 1]
            place += 2
    return [_shares(row) for row in scores]


def by_accuracy(votes: Votes, rest: State) -> list[Row]:
    """One-coin's posteriors of the items."""
    size, crowd = votes.n_classes, _crowd(rest)
    counts = rest.counts.tolist()
    cells: Row = []
    for worker in votes.worker.tolist():
        mine = counts[worker]
        right = sum(mine[k][k] for k in range(size))
        cells.append(right + RIGHT + POOLED * crowd)
        cells.append(max(sum(map(sum, mine)) - right, 0.0) + WRONG + POOLED * (1 - crowd))
    psi = digamma(np.array(cells)).tolist()
    scores = [[0.0] * size for _ in range(votes.n_items)]
    for place, (item, value) in enumerate(zip(votes.item.tolist(), votes.value.tolist(), strict=True)):
        scores[item][value] += psi[2 * place] - psi[2 * place + 1] + log(size - 1)
    return [_shares(row) for row in scores]


def _crowd(rest: State) -> float:
    """How often everybody together is right."""
    pooled = rest.pooled.tolist()
    return sum(row[k] for k, row in enumerate(pooled)) / max(sum(map(sum, pooled)), EDGE)


def _logit(share: float) -> float:
    clipped = min(max(share, EDGE), 1 - EDGE)
    return log(clipped / (1 - clipped))


def _shares(scores: Row) -> Row:
    top = max(scores)
    weights = [exp(score - top) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]
