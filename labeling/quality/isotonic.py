"""The non-decreasing step function nearest to some points: pool adjacent violators (Barlow et al. 1972)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.aggregation.votes import Floats


def isotonic(x: Sequence[float] | Floats, y: Sequence[float] | Floats) -> tuple[Floats, Floats]:
    """The different x in order, and the fitted value at each. Points of equal x are one, of their mean."""
    places, inverse = np.unique(np.asarray(x, dtype=np.float64), return_inverse=True)
    count = np.bincount(inverse, minlength=len(places)).astype(float)
    mean = np.bincount(inverse, np.asarray(y, dtype=np.float64), minlength=len(places)) / np.maximum(count, 1)
    blocks: list[list[float]] = []  # value, weight, how many places
    for value, weight in zip(mean.tolist(), count.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            last, before = blocks.pop(), blocks[-1]
            total = before[1] + last[1]
            before[0] = (before[0] * before[1] + last[0] * last[1]) / total
            before[1], before[2] = total, before[2] + last[2]
    fitted = np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])
    return places, fitted
