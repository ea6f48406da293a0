"""Distances between the values of a scale, as matrices for ``krippendorff.alpha_of`` and weighted coefficients.

Krippendorff, "Computing Krippendorff's alpha-reliability" (2011).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.aggregation.votes import Floats


def nominal(n_values: int) -> Floats:
    """Different is different: 1 off the diagonal."""
    distances: Floats = 1 - np.eye(n_values)
    return distances


def ordinal(frequency: Floats) -> Floats:
    """Squared number of answers that lie between two ranks; ``frequency`` holds how often each value was given.

    Only answers that can be paired with another one of the same unit count.
    """
    frequency = np.asarray(frequency, dtype=np.float64)
    upto = np.cumsum(frequency)
    middle = upto - frequency / 2
    squared: Floats = (middle[:, None] - middle[None, :]) ** 2
    return squared


def interval(values: Sequence[float]) -> Floats:
    """Squared differences of the values."""
    numbers = np.asarray(values, dtype=np.float64)
    squared: Floats = (numbers[:, None] - numbers[None, :]) ** 2
    return squared


def ratio(values: Sequence[float]) -> Floats:
    """Squared differences relative to the sum: for values from 0 up. ValueError for a negative one."""
    numbers = np.asarray(values, dtype=np.float64)
    if (numbers < 0).any():
        raise ValueError("a ratio scale has no negative values")
    total = numbers[:, None] + numbers[None, :]
    differences = numbers[:, None] - numbers[None, :]
    shares = np.divide(differences, total, out=np.zeros_like(total), where=total > 0)
    squared: Floats = shares**2
    return squared
