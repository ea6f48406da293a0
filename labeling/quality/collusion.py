"""Pairs of people who make the same mistakes: agreement on *wrong* labels, beyond what hard items explain.

Honest people agree because they are right. Where both are wrong, they agree as often as the crowd's other mistakes on
that item predict; copying shows as far more. Only evidence: people who sit together may also have misread one rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import pdtrc

from labeling.aggregation.votes import Floats, Ints, Votes, tally

RARE = 1e-3
"""Chance, over all pairs together, below which a pair is a sign."""
LEAST_TOGETHER = 5
"""Equal wrong answers below which nothing is said."""
SMOOTHING = 2.0
"""Wrong answers, had and expected, that everybody starts with."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Codes of two workers, the lower first: items in common, equal wrong answers, how many chance gives."""

    one: int
    other: int
    together: int
    same_wrong: float
    by_chance: float
    chance: float
    """Probability of so many or more, times the number of pairs that were looked at."""


def pairs(votes: Votes, posterior: Floats, *, rare: float = RARE) -> list[Pair]:
    """The pairs that are a sign, the least likely first. ``posterior`` [item, class] is a consensus of these votes."""
    if not len(votes):
        return []
    cell = votes.item.astype(np.int64) * votes.n_classes + votes.value
    given = _matrix(votes.worker, cell, np.ones(len(votes)), votes)
    same = _between((given.multiply(_per_cell(posterior))) @ given.T)
    asked = _matrix(votes.worker, votes.item, np.ones(len(votes)), votes, wide=votes.n_items)
    together = _between(asked @ asked.T)
    expected = _by_chance(votes, posterior, asked)
    looked_at = int(together.nnz)
    found = []
    together = together.tocoo()
    same = same.tocsr()
    for a, b, shared in zip(together.row, together.col, together.data, strict=True):
        often, usual = float(same[a, b]), expected[a, b]
        if often < LEAST_TOGETHER:
            continue
        chance = min(1.0, float(pdtrc(np.ceil(often - 1e-9) - 1, max(usual, 1e-9))) * looked_at)
        if chance < rare:
            found.append(Pair(int(a), int(b), int(shared), round(often, 3), round(float(usual), 3), chance))
    return sorted(found, key=lambda pair: (pair.chance, -pair.same_wrong, pair.one, pair.other))


def _by_chance(votes: Votes, posterior: Floats, asked: sparse.csr_matrix) -> sparse.csr_matrix:
    """[one, other]: equal wrong answers of two who do not know of each other.

    Given what was answered to an item, chance is which pairs of its people they came from: so many of its pairs are
    equal and wrong, and each worker is in them as often as they are wrong more than others on the same items. Hard
    items and mistakes that suggest themselves are in the count, whatever makes them so.
    """
    doubt = 1 - posterior
    counts = tally(votes)
    size = counts.sum(axis=1)
    equal = (doubt * counts * (counts - 1)).sum(axis=1) / np.maximum(size * (size - 1), 1)
    usual = (doubt * counts).sum(axis=1) / np.maximum(size, 1)
    mine = np.bincount(votes.worker, doubt[votes.item, votes.value], minlength=votes.n_workers)
    expected = np.bincount(votes.worker, usual[votes.item], minlength=votes.n_workers)
    rate = (mine + SMOOTHING) / (expected + SMOOTHING)
    scaled = sparse.diags(rate) @ asked @ sparse.diags(np.sqrt(equal))
    return _between(scaled @ scaled.T)


def _per_cell(posterior: Floats) -> Floats:
    return (1 - posterior).reshape(1, -1)


def _matrix(rows: Ints, columns: Ints, values: Floats, votes: Votes, wide: int | None = None) -> sparse.csr_matrix:
    shape = (votes.n_workers, votes.n_items * votes.n_classes if wide is None else wide)
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def _between(square: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each pair once, nobody with themselves."""
    return sparse.triu(square, k=1).tocsr()
