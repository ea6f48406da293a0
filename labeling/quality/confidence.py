"""Two numbers that make any method's confidence honest, whatever the kind of answer: a logistic curve (Platt 1999).

Where a method gives a posterior, ``temperature`` does the same with one number and for every class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from scipy.special import expit, logit

LEAST_ITEMS = 20
EDGE = 1e-3
"""A confidence nearer to 0 or 1 counts as that far away: some methods say "certain"."""
PRIOR = 5.0
"""Items that speak for leaving confidences as they are."""
LEAST_SLOPE = 0.05
"""Above 0: a surer item stays the surer one."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The chance to be right is the logistic function of ``slope`` times the confidence's logit, plus ``shift``."""

    slope: float = 1.0
    shift: float = 0.0

    def at(self, confidence: float) -> float:
        if (self.slope, self.shift) == (1.0, 0.0):
            return confidence
        share = min(max(confidence, EDGE), 1 - EDGE)
        return 1 / (1 + exp(-self.slope * log(share / (1 - share)) - self.shift))


def curve_of(confidence: Sequence[float], right: Sequence[bool | float]) -> Curve:
    """From items whose truth is known; the curve that changes nothing with fewer than LEAST_ITEMS.

    ``confidence`` must come from a method that did not see this truth, ``right`` says whether its answer was the truth.
    """
    if len(confidence) != len(right):
        raise ValueError(f"{len(confidence)} items have a confidence and {len(right)} are judged")
    if len(confidence) < LEAST_ITEMS:
        return Curve()
    x = logit(np.clip(np.asarray(confidence, dtype=np.float64), EDGE, 1 - EDGE))
    y = np.asarray(right, dtype=np.float64)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        slope, shift = at
        score = slope * x + shift
        pull = expit(score) - y
        value = np.logaddexp(0, score).sum() - (y * score).sum() + PRIOR * ((slope - 1) ** 2 + shift**2) / 2
        return float(value), np.array([(pull * x).sum() + PRIOR * (slope - 1), pull.sum() + PRIOR * shift])

    from scipy.optimize import minimize

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(LEAST_SLOPE, 20), (-10, 10)])
    return Curve(round(float(found.x[0]), 4), round(float(found.x[1]), 4))
