"""How sure is sure enough for a target accuracy: the stop threshold, learnt from items whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.quality.isotonic import isotonic
from labeling.quality.stopping import TAU

LEAST_ITEMS = 50
LOWEST, HIGHEST = 0.6, 0.999


def tau_for(target: float, sure: Sequence[float], right: Sequence[bool | float]) -> float:
    """The least threshold at which what is stopped there is right as often as ``target`` in the mean.

    ``sure`` is what the rule looks at when an item stopped (or would have: every prefix of an audit item's answers is a
    case), ``right`` whether its label then was the truth. With fewer than LEAST_ITEMS the usual TAU; where even the
    surest are not that good, HIGHEST: the target is out of reach by asking more, and reviewers get what is left.
    """
    if not 0 < target < 1:
        raise ValueError(f"target is {target}; must be between 0 and 1")
    if len(sure) != len(right):
        raise ValueError(f"{len(sure)} items are sure and {len(right)} are judged")
    if len(sure) < LEAST_ITEMS:
        return TAU
    order = np.asarray(sure, dtype=np.float64)
    places, fitted = isotonic(order, np.asarray(right, dtype=np.float64))
    count = np.bincount(np.searchsorted(places, order), minlength=len(places))
    above = np.cumsum((fitted * count)[::-1])[::-1] / np.maximum(np.cumsum(count[::-1])[::-1], 1)
    enough = np.flatnonzero(above >= target - 1e-12)
    return float(np.clip(places[enough[0]], LOWEST, HIGHEST)) if len(enough) else HIGHEST
