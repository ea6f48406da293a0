"""Pairs of people who make the same mistakes: agreement on *wrong* labels, beyond what hard items explain.

Honest people agree because they are right. Where both are wrong, they agree as often as the crowd's other mistakes on
that item predict; copying shows as far more. Only evidence: people who sit together may also have misread one rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import bdtrc

from labeling.aggregation.votes import Floats, Ints, Votes, tally

RARE = 1e-3
"""Chance, over all pairs together, below which a pair is a sign."""
LEAST_TOGETHER = 5
"""Equal wrong answers below which nothing is said."""
LEAST_TIMES = 1.5
"""As many as chance gives, from which it is worth a look: in thousands of answers a small excess is no copying."""
KNOWN = 50.0
"""Items as all the crowd's are on the whole, that the few a pair has in common start with."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Codes of two workers, the lower first: items in common, equal wrong answers, how many chance gives."""

    one: int
    other: int
    together: int
    same_wrong: float
    by_chance: float
    chance: float
    """Probability of so many or more, times the number of looks at pairs."""


def pairs(votes: Votes, posterior: Floats, *, rare: float = RARE) -> list[Pair]:
    """The pairs that are a sign, the least likely first. ``posterior`` [item, class] is a consensus of these votes.

    Each pair is looked at twice. As unsure as the consensus is, even one's right answers are a little wrong: that
    finds copies which the consensus half believes. By its labels alone, nothing but plain mistakes counts: that finds
    few copies among many people who are right, and whom doubt would make seem as much alike.
    """
    if not len(votes):
        return []
    asked = _matrix(votes.worker, votes.item, np.ones(len(votes)), votes, wide=votes.n_items)
    together = _between(asked @ asked.T)
    looked_at = 2 * int(together.nnz)
    found: dict[tuple[int, int], Pair] = {}
    for doubt in (1 - posterior, _but_the_leader(posterior)):
        for pair in _look(votes, doubt, together, looked_at):
            known = found.get((pair.one, pair.other))
            if pair.chance < rare and (known is None or pair.chance < known.chance):
                found[pair.one, pair.other] = pair
    return sorted(found.values(), key=lambda pair: (pair.chance, -pair.same_wrong, pair.one, pair.other))


def _look(votes: Votes, doubt: Floats, together: sparse.csr_matrix, looked_at: int) -> Iterator[Pair]:
    """Pairs with enough in common; ``doubt`` [item, class] is how surely an answer is wrong."""
    cell = votes.item.astype(np.int64) * votes.n_classes + votes.value
    given = _matrix(votes.worker, cell, np.ones(len(votes)), votes)
    same = _between((given.multiply(doubt.reshape(1, -1))) @ given.T).tocoo()
    others = _Others(votes, doubt)
    for a, b, often in zip(same.row, same.col, same.data, strict=True):
        if often < LEAST_TOGETHER:
            continue
        usual, most = others.expect(a, b)
        if often < LEAST_TIMES * usual:
            continue
        tail = float(bdtrc(np.ceil(often - 1e-9) - 1, most, min(usual / most, 1.0)))
        shared, chance = int(together[a, b]), min(1.0, tail * looked_at)
        yield Pair(int(a), int(b), shared, round(float(often), 3), round(usual, 3), chance)


class _Others:
    """How many equal wrong answers two have who do not know of each other.

    Given how often each of the two is wrong on their common items, chance is on which of them, and how. Two of the
    *others* on these items are equally wrong so much more often than if their mistakes fell anywhere: hard items and
    mistakes that suggest themselves are in that factor, whatever makes them so, and the pair's own answers are not.
    """

    def __init__(self, votes: Votes, doubt: Floats) -> None:
        self.votes, self.doubt, self.counts = votes, doubt, tally(votes)
        size = self.counts.sum(axis=1)
        pairs = float((size * (size - 1)).sum())
        self.wrong = float((doubt * self.counts).sum()) / float(size.sum())
        self.equal = float((doubt * self.counts * (self.counts - 1)).sum()) / max(pairs, 1)

    def expect(self, one: int, other: int) -> tuple[float, int]:
        """How many are expected, and how many there can be: so often is the one wrong who is wrong less often."""
        own = [np.flatnonzero(self.votes.worker == who) for who in (one, other)]
        items = np.intersect1d(*(self.votes.item[places] for places in own))
        counts, doubt = self.counts[items], self.doubt[items]
        wrong = []
        for places in own:
            common = places[np.isin(self.votes.item[places], items)]
            at, value = np.searchsorted(items, self.votes.item[common]), self.votes.value[common]
            np.subtract.at(counts, (at, value), 1)
            wrong.append(float(doubt[at, value].sum()))
        size = counts.sum(axis=1)
        usual = _mean((doubt * counts).sum(axis=1), size, self.wrong)
        equal = _mean((doubt * counts * (counts - 1)).sum(axis=1), size * (size - 1), self.equal)
        expected = wrong[0] * wrong[1] / len(items) * equal / max(usual, 1e-9) ** 2
        return expected, max(1, int(np.ceil(min(wrong))))


def _mean(sums: Floats, sizes: Floats, known: float) -> float:
    """Of the items' shares; KNOWN items, and those nobody else answered, are as all the crowd's are on the whole."""
    seen = sizes > 0
    return float(((sums[seen] / sizes[seen]).sum() + known * (KNOWN + (~seen).sum())) / (len(sums) + KNOWN))


def _but_the_leader(posterior: Floats) -> Floats:
    """How surely each answer is wrong; that of the consensus is not at all, however unsure it is."""
    doubt = 1 - posterior
    doubt[np.arange(len(doubt)), posterior.argmax(axis=1)] = 0
    return doubt


def _matrix(rows: Ints, columns: Ints, values: Floats, votes: Votes, wide: int | None = None) -> sparse.csr_matrix:
    shape = (votes.n_workers, votes.n_items * votes.n_classes if wide is None else wide)
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def _between(square: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each pair once, nobody with themselves."""
    return sparse.triu(square, k=1).tocsr()
