"""Votes and results as arrays: what every method takes and gives."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]

MANY = 50_000
FEW = 32
"""Votes up to which plain Python is faster than numpy."""
NARROW = 16
"""Columns up to which a table counts as narrow."""
SLIM = 3
"""Columns up to which numpy takes longer to start a row than to work on it."""
BLOCK = 32_768
"""Cells of a table that are worked on at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True)
class Votes:
    """One vote is the same place in ``item``, ``worker`` and ``value``: dense codes from 0."""

    item: Ints
    worker: Ints
    value: Ints
    n_items: int
    n_workers: int
    n_classes: int
    items: Sequence[Hashable] = field(default=())
    """The names behind the codes; empty if the caller keeps them."""
    workers: Sequence[Hashable] = field(default=())
    classes: Sequence[Hashable] = field(default=())

    def __post_init__(self) -> None:
        if not len(self.item) == len(self.worker) == len(self.value):
            raise ValueError("item, worker and value must have the same length")
        for name, codes, size in (
            ("item", self.item, self.n_items),
            ("worker", self.worker, self.n_workers),
            ("value", self.value, self.n_classes),
        ):
            if len(codes) and not _are_within(codes, size):
                raise ValueError(f"{name} codes must be from 0 to {size - 1}")

    def __len__(self) -> int:
        return len(self.value)

    @cached_property
    def cell(self) -> Ints:
        """Of each vote its place in a table [item, class] laid flat."""
        column: Any = self.item.astype(_wide(self.n_items * self.n_classes)) * self.n_classes
        column += self.value
        return column

    @cached_property
    def by_worker(self) -> sparse.coo_matrix:
        """Votes as a sparse matrix [cell, worker]: ``@`` adds up for each cell what its voters have, ``.T @`` for each
        worker what their cells have, without a copy of either by vote. Not to be changed.
        """
        shape = self.n_items * self.n_classes, self.n_workers
        return sparse.coo_matrix((np.ones(len(self)), (self.cell, self.worker)), shape=shape)

    @cached_property
    def tally(self) -> Floats:
        """See ``tally``; not to be changed."""
        counts = np.bincount(self.cell, minlength=self.n_items * self.n_classes)
        return counts.reshape(self.n_items, self.n_classes).astype(np.float64)

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """[item]: whether it has votes."""
        found: NDArray[np.bool_] = np.bincount(self.item, minlength=self.n_items) > 0
        return found

    @cached_property
    def incidence(self) -> sparse.csr_matrix:
        """See ``incidence``; not to be changed."""
        shape = (self.n_items, self.n_workers * self.n_classes)
        wide = _wide(max(len(self), shape[1]))
        column: Any = self.worker.astype(wide) * self.n_classes
        column += self.value
        start = np.zeros(self.n_items + 1, dtype=wide)
        start[1:] = np.cumsum(np.bincount(self.item, minlength=self.n_items))
        if len(self) and not (self.item[1:] >= self.item[:-1]).all():
            column = column[np.argsort(self.item, kind="stable")]
        return sparse.csr_matrix((np.ones(len(self)), column, start), shape=shape)


@dataclass(frozen=True)
class Result:
    """Item by item: the winning class, how sure, and the share of every class.

    An item without votes gets the method's prior; ``answered`` of its votes tells.
    """

    labels: Ints
    confidence: Floats
    posterior: Floats


def from_triples(
    triples: Iterable[tuple[Hashable, Hashable, Hashable]], *, classes: Sequence[Hashable] | None = None
) -> Votes:
    """Votes from (worker, item, value). Codes follow first appearance; classes the given order, else the sorted one.

    The order matters: the first class wins a tie.
    """
    worker_codes: dict[Hashable, int] = {}
    item_codes: dict[Hashable, int] = {}
    value_codes: dict[Hashable, int] = {name: n for n, name in enumerate(classes or ())}
    workers, items, values = [], [], []
    for worker, item, value in triples:
        workers.append(worker_codes.setdefault(worker, len(worker_codes)))
        items.append(item_codes.setdefault(item, len(item_codes)))
        if classes is not None and value not in value_codes:
            raise ValueError(f"{value!r} is not one of the classes")
        values.append(value_codes.setdefault(value, len(value_codes)))
    value_array = np.asarray(values, dtype=np.int32)
    names: list[Any] = list(value_codes)
    if classes is None:
        order = sorted(range(len(names)), key=lambda n: in_order(names[n]))
        value_array = np.argsort(np.asarray(order, dtype=np.int32)).astype(np.int32)[value_array]
        names = [names[n] for n in order]
    return Votes(
        item=np.asarray(items, dtype=np.int32),
        worker=np.asarray(workers, dtype=np.int32),
        value=value_array,
        n_items=len(item_codes),
        n_workers=len(worker_codes),
        n_classes=len(names),
        items=tuple(item_codes),
        workers=tuple(worker_codes),
        classes=tuple(names),
    )


def tally(votes: Votes) -> Floats:
    """How many votes each class of each item got: float64[n_items, n_classes]."""
    return votes.tally


def vote_shares(votes: Votes) -> Floats:
    """The tally as shares; the same share for every class where nobody voted."""
    counts = tally(votes)
    total = row_sum(counts)
    even = np.full_like(counts, 1 / max(votes.n_classes, 1))
    return np.divide(counts, total, out=even, where=total > 0)


def incidence(votes: Votes) -> sparse.csr_matrix:
    """Votes as a sparse matrix [item, worker * n_classes + value] of how often (a worker may vote twice).

    Transpose it with ``.T`` alone, by column: made into rows it would be slower, for the table of workers that the
    product adds to is small and that of the items is not.
    """
    return votes.incidence


def counts_of(votes: Votes, posterior: Floats) -> Floats:
    """Expected votes [worker, true class, voted class] under the posteriors [item, class]."""
    shape = votes.n_workers, votes.n_classes, votes.n_classes
    if len(votes) > FEW:
        return np.asarray(votes.incidence.T @ posterior).reshape(shape).transpose(0, 2, 1)
    counts = np.zeros(shape)
    for item, worker, value in zip(votes.item.tolist(), votes.worker.tolist(), votes.value.tolist(), strict=True):
        counts[worker, :, value] += posterior[item]
    return counts


def softmax(scores: Any) -> Floats:
    """Row by row: log weights to shares that sum to 1."""
    weights: Floats = np.array(scores, dtype=np.float64)
    for start in range(0, len(weights), step := rows_of(BLOCK, weights)):
        to_shares(weights[start : start + step])
    return weights


def rows_of(cells: int, table: Floats) -> int:
    """How many rows have about so many cells."""
    return max(1, cells // max(table.shape[1], 1))


def to_shares(block: Floats) -> None:
    """``softmax`` in place, of what the cache can hold."""
    onto(block, np.subtract, row_max(block))
    np.exp(block, out=block)
    onto(block, np.divide, row_sum(block))


def onto(table: Floats, operate: np.ufunc, other: Floats) -> None:
    """``operate`` in place with [row, 1] or [1, column]; column by column where rows are so short that each costs."""
    if table.shape[1] > SLIM:
        operate(table, other, out=table)
        return
    wide = np.broadcast_to(other, table.shape)
    for column in range(table.shape[1]):
        operate(table[:, column], wide[:, column], out=table[:, column])


def row_max(table: Floats) -> Floats:
    """[row, 1]. Column by column where there are few: numpy's own way along short rows is ten times slower."""
    if not 0 < table.shape[1] <= NARROW:
        return table.max(axis=1, keepdims=True)
    top = table[:, 0].copy()
    for column in range(1, table.shape[1]):
        np.maximum(top, table[:, column], out=top)
    return top[:, None]


def row_sum(table: Floats) -> Floats:
    """[row, 1], in the same way."""
    if not 0 < table.shape[1] <= NARROW:
        return table.sum(axis=1, keepdims=True)
    total = table[:, 0].copy()
    for column in range(1, table.shape[1]):
        total += table[:, column]
    return total[:, None]


def mass_of(posterior: Floats, answered: Any) -> Floats:
    """[class]: the sum over answered items."""
    return np.asarray(answered, dtype=posterior.dtype) @ posterior


def has_settled(before: Floats, after: Floats, answered: Any, tolerance: float, mean: float | None = None) -> bool:
    """Whether no posterior of an answered item moved more than ``tolerance``, or in a crowd of MANY items their mean.

    Among so many a few on the edge between two classes would keep an EM going that has long found everything else.
    ``mean`` is the tolerance of that mean, if it is another.
    """
    moved = np.abs(after - before)
    if not answered.all():
        moved = moved[answered]
    largest = float(moved.max(initial=0.0))
    if largest <= tolerance:
        return True
    return len(moved) >= MANY and float(moved.mean()) <= (tolerance if mean is None else mean)


def result_of(posterior: Floats) -> Result:
    """The result whose labels are the largest posteriors; ties (up to rounding) go to the first class."""
    least = row_max(posterior)[:, 0] - 1e-9
    labels = np.zeros(len(posterior), dtype=np.intp)
    for column in reversed(range(posterior.shape[1])):
        labels[posterior[:, column] >= least] = column
    return Result(labels=labels, confidence=posterior[np.arange(len(labels)), labels], posterior=posterior)


def _are_within(codes: Ints, size: int) -> bool:
    if len(codes) <= FEW:
        few = codes.tolist()
        return min(few) >= 0 and max(few) < size
    return bool(codes.min() >= 0 and codes.max() < size)


def _wide(largest: int) -> type[np.integer[Any]]:
    """The narrowest type for codes up to that."""
    return np.int32 if largest < np.iinfo(np.int32).max else np.int64


def in_order(name: Any) -> tuple[int, float, str]:
    """Numbers by size before words by letter, so that "10" comes after "9". No two names are equal in it, and "nan" is
    a word: else the order of the answers would tell which class is the first.
    """
    try:
        number = float(name)
    except (TypeError, ValueError, OverflowError):
        number = nan
    return (0, number, str(name)) if isfinite(number) else (1, 0.0, str(name))
