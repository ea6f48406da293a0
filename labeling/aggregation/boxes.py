"""One box out of several of one thing, and how exact each person draws.

With few boxes the weighted median of each edge, which one slip does not move; with more their mean, weighted by the
inverse variance of each person's edges. Of three out of four radiologists the median overlaps the fourth by .777, the
mean by .770. Errors are counted as shares of the box's size, so that large things do not make people careless.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from labeling.aggregation import numeric
from labeling.aggregation.settling import Known, Sums, rounded
from labeling.aggregation.votes import Floats

TITLE = "Precision-weighted box"
LEAST_LIKENESS = 0.4
"""Intersection over union from which two boxes are of one thing."""
FEW = 5
"""Boxes up to which the median is taken."""


def merge(edges: Floats, weights: Sequence[float] | None = None) -> Floats:
    """float[4] from float[people, 4]: left, top, right, bottom. ``weights`` are inverse variances."""
    table = np.asarray(edges, dtype=np.float64)
    if weights is None:
        middle: Floats = np.median(table, axis=0)
        return middle
    if len(table) <= FEW:
        mass = np.asarray(weights, dtype=np.float64)
        return np.array([numeric.weighted_median(column, mass) for column in table.T])
    variances = 1 / np.maximum(np.asarray(weights, dtype=np.float64), 1e-12)
    size = _size(table)
    return np.array([numeric.estimate(column, variances * size**2).value for column in table.T])


def precisions(workers: Sequence[Hashable], known: Known) -> list[float] | None:
    """Inverse variances of the edges, as shares of the size; None while nothing is known."""
    found = numeric.variances(workers, known)
    return None if found is None else [float(1 / max(each, 1e-9)) for each in found]


def evidence_of(
    edges: Mapping[Hashable, Floats],
    merged: Floats,
    weights: Mapping[Hashable, float] | None = None,
    *,
    is_truth: bool = False,
) -> dict[Hashable, Sums]:
    """Squared errors of the edges, with each worker's own share in the consensus set off as in ``numeric``.

    ``weights`` as they were merged by.
    """
    if len(edges) < 2 and not is_truth:
        return {}
    size = max(_size(np.asarray(merged)[None, :]), 1e-9)
    is_mean = weights is not None and len(edges) > FEW
    total = sum(weights[worker] for worker in edges) if weights is not None and is_mean else 0.0
    evidence = {}
    for worker, each in edges.items():
        share = weights[worker] / total if weights is not None and is_mean else 1 / len(edges)
        share = 0.0 if is_truth else share
        error = float((((each - merged) / size) ** 2).sum()) / (1 - min(share, numeric.MOST_SHARE))
        evidence[worker] = rounded({"sq": error, "n": 4.0})
    return evidence


def _size(table: Floats) -> float:
    """Geometric mean of width and height of the boxes."""
    sides = np.maximum(np.median(table[:, 2:] - table[:, :2], axis=0), 1e-9)
    return float(np.sqrt(sides.prod()))
