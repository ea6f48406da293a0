"""Who says what where somebody else says something: confusion matrices as arrays."""

from __future__ import annotations

import numpy as np

from labeling.aggregation.votes import Floats, Ints


def between_people(ratings: Ints, n_classes: int) -> Floats:
    """[class, class], symmetric: pairs of answers to one unit, each unit counting by its answers, with the sum 1.

    ``ratings`` [unit, rater] as codes with -1 for none; zeros where no unit has two answers.
    """
    table = np.zeros((n_classes, n_classes))
    for row in ratings:
        given = row[row >= 0]
        if len(given) >= 2:
            counts = np.bincount(given, minlength=n_classes).astype(np.float64)
            table += (np.outer(counts, counts) - np.diag(counts)) / (len(given) - 1)
    total = table.sum()
    shares: Floats = table / total if total else table
    return shares
