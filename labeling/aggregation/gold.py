"""Items whose truth is known, inside a fit."""

from __future__ import annotations

from labeling.aggregation.votes import Floats, Ints

UNKNOWN = -1


def clamp(posterior: Floats, gold: Ints | None) -> Floats:
    """The posteriors with certainty where ``gold`` (int[n_items], -1 for unknown) names a class. A new array."""
    if gold is None:
        return posterior
    if len(gold) != len(posterior):
        raise ValueError(f"gold has {len(gold)} entries for {len(posterior)} items")
    known = gold > UNKNOWN
    if known.any() and gold[known].max() >= posterior.shape[1]:
        raise ValueError("gold names a class that does not exist")
    clamped = posterior.copy()
    clamped[known] = 0.0
    clamped[known, gold[known]] = 1.0
    return clamped
