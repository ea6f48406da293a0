"""Somebody who is much better on gold than on all else has probably learnt which tasks are gold."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv

GAP = 0.2
LEAST_GOLD = 8
DOUBT = 0.05


@dataclass(frozen=True, slots=True)
class Leak:
    """``gap`` is gold accuracy minus the accuracy that the consensus gives them elsewhere."""

    gap: float
    is_sign: bool


def gold_leak(gold_right: int, gold_answers: int, elsewhere: float) -> Leak | None:
    """``elsewhere`` is their accuracy on other tasks; None where there is too little gold to tell.

    A sign only where luck does not explain the gap: the lower Clopper-Pearson bound of the gold accuracy is above.
    """
    if gold_answers < LEAST_GOLD:
        return None
    if not 0 <= gold_right <= gold_answers:
        raise ValueError(f"{gold_right} right of {gold_answers}")
    gap = gold_right / gold_answers - elsewhere
    low = float(betaincinv(gold_right, gold_answers - gold_right + 1, DOUBT)) if gold_right else 0.0
    return Leak(gap, gap > GAP and low > elsewhere)
