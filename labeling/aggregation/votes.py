"""Votes and results as arrays: what every method takes and gives."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]

MANY = 50_000
NARROW = 16
"""Columns up to which a table counts as narrow."""


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
            if len(codes) and not (codes.min() >= 0 and codes.max() < size):
                raise ValueError(f"{name} codes must be from 0 to {size - 1}")

    def __len__(self) -> int:
        return len(self.value)


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
        order = sorted(range(len(names)), key=lambda n: _in_order(names[n]))
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
    flat = votes.item.astype(np.int64) * votes.n_classes + votes.value
    counts = np.bincount(flat, minlength=votes.n_items * votes.n_classes)
    return counts.reshape(votes.n_items, votes.n_classes).astype(np.float64)


def vote_shares(votes: Votes) -> Floats:
    """The tally as shares; the same share for every class where nobody voted."""
    counts = tally(votes)
    total = row_sum(counts)
    even = np.full_like(counts, 1 / max(votes.n_classes, 1))
    return np.divide(counts, total, out=even, where=total > 0)


def incidence(votes: Votes) -> sparse.csr_matrix:
    """Votes as a sparse matrix [item, worker * n_classes + value] of how often (a worker may vote twice)."""
    shape = (votes.n_items, votes.n_workers * votes.n_classes)
    wide: type[np.integer[Any]] = np.int32 if max(len(votes), shape[1]) < np.iinfo(np.int32).max else np.int64
    column: Any = votes.worker.astype(wide) * votes.n_classes
    column += votes.value
    ends = np.cumsum(np.bincount(votes.item, minlength=votes.n_items))
    start = np.zeros(votes.n_items + 1, dtype=wide)
    start[1:] = ends
    if len(votes) and not (votes.item[1:] >= votes.item[:-1]).all():
        column = column[np.argsort(votes.item, kind="stable")]
    return sparse.csr_matrix((np.ones(len(votes)), column, start), shape=shape)


def softmax(scores: Any) -> Floats:
    """Row by row: log weights to shares that sum to 1."""
    table = np.asarray(scores, dtype=np.float64)
    weights = table - row_max(table)
    np.exp(weights, out=weights)
    weights /= row_sum(weights)
    return weights


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


def has_settled(before: Floats, after: Floats, answered: Any, tolerance: float) -> bool:
    """Whether no posterior of an answered item moved more than ``tolerance``, or in a crowd of MANY items their mean.

    Among so many a few on the edge between two classes would keep an EM going that has long found everything else.
    """
    moved = np.abs(after - before)
    if not answered.all():
        moved = moved[answered]
    largest = float(moved.max(initial=0.0))
    return largest <= tolerance or (len(moved) >= MANY and float(moved.mean()) <= tolerance)


def result_of(posterior: Floats) -> Result:
    """The result whose labels are the largest posteriors; ties (up to rounding) go to the first class."""
    top = row_max(posterior)
    labels = np.argmax(posterior >= top - 1e-9, axis=1)
    return Result(labels=labels, confidence=posterior[np.arange(len(labels)), labels], posterior=posterior)


def _in_order(name: Any) -> tuple[int, float, str]:
    """Numbers by size before words by letter, so that "10" comes after "9"."""
    try:
        return (0, float(name), "")
    except (TypeError, ValueError):
        return (1, 0.0, str(name))
