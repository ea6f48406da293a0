"""What the rule to stop would have done with items that got all their answers.

``sure`` and ``right`` are [item, n]: with n + 1 answers, how sure the models were, and whether their label was the one
known in the end. Answers that an item does not have are NaN in ``sure``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.aggregation.votes import Floats, Ints
from labeling.quality.stopping import FLOOR

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Stopped:
    """What the rule does with recorded items at one bar."""

    used: Ints
    """[item]: answers."""
    right: Bools
    """[item]: whether the label it ends with is the known one."""
    is_sure: Bools
    """[item]: it reached the bar; the others went on to their last answer."""

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())


def stop_at(sure: Floats, right: Bools, *, tau: float, floor: int = FLOOR) -> Stopped:
    """Replay the rule on each item: the first of its answers, from the floor on, after which it was sure."""
    total = (~np.isnan(sure)).sum(axis=1)
    places = np.arange(sure.shape[1])[None, :]
    enough = (np.nan_to_num(sure, nan=-1.0) >= tau) & (places >= np.minimum(floor, total)[:, None] - 1)
    is_sure = enough.any(axis=1)
    used = np.where(is_sure, enough.argmax(axis=1) + 1, total)
    return Stopped(used, right[np.arange(len(sure)), used - 1], is_sure)
