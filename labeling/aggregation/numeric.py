"""Numbers: the mean weighted by how exact each person is, with far-off answers held back.

A worker's variance is shrunk to the crowd's by ``PSEUDO`` answers (an inverse gamma prior), so with few answers this is
the plain mean, which on recorded crowds no median and no cleverer model beats. Answers beyond ``HUBER`` standard
deviations count as if they were there (Huber 1964). Answers farther apart than their people's variances allow make the
estimate less sure by as much (Birge 1932): this item is harder than others.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from labeling.aggregation.medoid import UNCONFIRMED, confirmed
from labeling.aggregation.settling import Known, Sums, rounded
from labeling.aggregation.votes import Floats

TITLE = "Precision-weighted mean"
PSEUDO = 3.0
HUBER = 3.0
STEPS = 20
NEAR = 0.05
"""Of the range, or of the number itself where there is none: within this an estimate counts as right."""
MOST_SHARE = 0.9
"""Of a value that one worker may have before it tells nothing about them."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """``error`` is the standard error in the numbers' unit; None where one answer of a new crowd has none.

    It is widened where the answers lie farther apart than the variances say.
    """

    value: float
    error: float | None
    weights: tuple[float, ...]
    """Of each answer, with the sum 1."""


def estimate(values: Sequence[float] | Floats, variances: Sequence[float] | Floats | None = None) -> Estimate:
    """The best value for answers of people with these error variances; without them, all as exact as each other.

    Raises ValueError without values.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers):
        raise ValueError("no numbers")
    if len(numbers) == 1:
        return Estimate(float(numbers[0]), None if variances is None else sqrt(variances[0]), (1.0,))
    if variances is None:
        variances = np.full(len(numbers), _own_variance(numbers))
    precise = 1 / np.maximum(np.asarray(variances, dtype=np.float64), 1e-12 * max(float(np.ptp(numbers)) ** 2, 1e-12))
    value = _weighted_median(numbers, precise)
    weights = precise
    for _ in range(STEPS):
        far = np.abs(numbers - value) * np.sqrt(precise)
        weights = precise * np.where(far > HUBER, HUBER / np.maximum(far, HUBER), 1.0)
        moved = float(weights @ numbers / weights.sum())
        if abs(moved - value) <= 1e-12 * max(1.0, abs(moved)):
            break
        value = moved
    apart = float(weights @ (numbers - value) ** 2)
    error = sqrt(max(1.0, (1 + apart) / len(numbers)) / weights.sum())
    return Estimate(value, error, tuple((weights / weights.sum()).tolist()))


def variances(
    workers: Sequence[Hashable], known: Known, values: Sequence[float] | Floats | None = None
) -> Floats | None:
    """Error variance of each worker, leaning on the crowd; None while nothing is known of the crowd.

    The crowd's leans on ``values``, the answers to weigh, as on ``PSEUDO`` answers: two others that happen to be equal
    do not make everybody exact.
    """
    seen, squares = known.crowd.get("n", 0.0), known.crowd.get("sq", 0.0)
    if seen < 2:
        return None
    if values is not None and len(values) > 1:
        seen, squares = seen + PSEUDO, squares + PSEUDO * _own_variance(np.asarray(values, dtype=np.float64))
    crowd = max(squares / seen, 1e-12)
    sums = [known.of(worker) for worker in workers]
    return np.array([(max(s.get("sq", 0.0), 0.0) + PSEUDO * crowd) / (s.get("n", 0.0) + PSEUDO) for s in sums])


def evidence_of(
    values: Mapping[Hashable, float],
    value: float,
    *,
    shares: Mapping[Hashable, float] | None = None,
    is_truth: bool = False,
) -> dict[Hashable, Sums]:
    """Squared errors, with each worker's own part in the value set off. Nothing from a single answer.

    ``shares`` are the weights of ``Estimate``: whoever has the share w in a weighted mean is nearer to it than to the
    truth, by 1 - w of their variance. Without that, who counts much would seem exact and count more and more.
    """
    if len(values) < 2 and not is_truth:
        return {}
    even = 1 / len(values)
    evidence = {}
    for worker, each in values.items():
        share = 0.0 if is_truth else even if shares is None else shares[worker]
        evidence[worker] = rounded({"sq": (each - value) ** 2 / (1 - min(share, MOST_SHARE)), "n": 1.0})
    return evidence


def confidence(found: Estimate, *, low: float | None = None, high: float | None = None) -> float:
    """The chance that the truth is within NEAR of the estimate."""
    if found.error is None:
        return UNCONFIRMED
    near = NEAR * (abs(found.value) if low is None or high is None else high - low)
    if found.error <= 0 or near <= 0:  # all are the same
        return confirmed(1.0, len(found.weights))
    return erf(near / (found.error * sqrt(2)))


def _own_variance(numbers: Floats) -> float:
    """Robust, from the answers at hand: 1.48 times the median absolute deviation, or else what there is."""
    spread = 1.4826 * float(np.median(np.abs(numbers - np.median(numbers))))
    return (spread or float(np.std(numbers))) ** 2


def _weighted_median(numbers: Floats, weights: Floats) -> float:
    order = np.argsort(numbers, kind="stable")
    upto = np.cumsum(weights[order])
    half = upto[-1] / 2
    low = int(np.searchsorted(upto, half * (1 - 1e-12)))
    high = int(np.searchsorted(upto, half * (1 + 1e-12)))
    return float(numbers[order[low]] + numbers[order[min(high, len(order) - 1)]]) / 2


weighted_median = _weighted_median
