"""The answer nearest to all others: for answers that are no votes, such as shapes, spans and texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

NAME = "medoid"
TITLE = "Nearest to all answers"

T = TypeVar("T")


def nearest(answers: Sequence[T], distance: Callable[[T, T], float]) -> tuple[int, float]:
    """Place of the answer with the least mean distance to the others (the first of several), and 1 minus that mean.

    ``distance`` is symmetric, 0 to 1. A single answer has confidence 0.5: nobody has confirmed it. Raises ValueError
    without answers. Kaufman and Rousseeuw, "Clustering by means of medoids" (1987).
    """
    if not answers:
        raise ValueError("no answers")
    if len(answers) == 1:
        return 0, 0.5
    sums = [0.0] * len(answers)
    for n, one in enumerate(answers):
        for m in range(n):
            apart = distance(one, answers[m])
            sums[n] += apart
            sums[m] += apart
    best = min(range(len(answers)), key=sums.__getitem__)
    return best, 1 - sums[best] / (len(answers) - 1)
