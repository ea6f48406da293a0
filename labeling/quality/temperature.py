"""One number that makes posteriors honest: Guo et al., "On calibration of modern neural networks" (2017).

From gold items, or without any: from answers held out, which honest posteriors and the crowd's confusion predict best.
"""

from __future__ import annotations

import numpy as np

from labeling.aggregation import e4
from labeling.aggregation.gold import UNKNOWN
from labeling.aggregation.votes import Floats, Ints, Votes, vote_shares

LEAST_ITEMS = 20
LOWEST, HIGHEST = 0.25, 8.0
PRIOR = 5.0
"""Items that speak for leaving posteriors as they are."""


def from_gold(posterior: Floats, gold: Ints) -> float:
    """The temperature for ``e4.fit``; 1 with fewer than LEAST_ITEMS gold items.

    ``posterior`` [item, class] must come from a fit that did not see this gold; -1 in ``gold`` is unknown.
    """
    known = np.flatnonzero(gold > UNKNOWN)
    if len(known) < LEAST_ITEMS:
        return 1.0
    rows, truth = posterior[known], gold[known]
    return _best(lambda heated: heated[np.arange(len(truth)), truth], rows)


def from_held_out(votes: Votes, *, seed: int = 1) -> float:
    """The same without gold: one answer of every item with three or more is held out and predicted.

    P(answer) = sum over true classes of posterior times the crowd's confusion. Never below 1: with an answer less the
    posteriors are softer than those it is for, so what sharpens them proves nothing.
    """
    held = _held_out(votes, seed)
    if len(held) < LEAST_ITEMS or votes.n_classes < 2:
        return 1.0
    rest = np.ones(len(votes), dtype=bool)
    rest[held] = False
    shown = Votes(
        votes.item[rest], votes.worker[rest], votes.value[rest], votes.n_items, votes.n_workers, votes.n_classes
    )
    posterior = e4.fit(shown).posterior
    table = np.zeros((votes.n_classes, votes.n_classes))
    np.add.at(table.T, shown.value, posterior[shown.item])  # [true, voted]
    confusion = table + vote_shares(shown).mean(axis=0)
    confusion /= confusion.sum(axis=1, keepdims=True)
    seen = confusion[:, votes.value[held]].T  # [held, true]
    return max(1.0, _best(lambda heated: (heated * seen).sum(axis=1), posterior[votes.item[held]]))


def _best(likelihood: object, rows: Floats) -> float:
    """Of least negative log likelihood, leaning to 1."""

    def loss(log_temperature: float) -> float:
        shares = likelihood(e4.heated(rows, float(np.exp(log_temperature))))  # type: ignore[operator]
        return float(-np.log(np.maximum(shares, 1e-12)).sum() + PRIOR * log_temperature**2 / 2)

    from scipy.optimize import minimize_scalar

    found = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return round(float(np.exp(found.x)), 4)


def _held_out(votes: Votes, seed: int) -> Ints:
    """Places of the votes, one an item."""
    shuffled = np.random.default_rng(seed).permutation(len(votes))
    count = np.bincount(votes.item, minlength=votes.n_items)
    _items, first = np.unique(votes.item[shuffled], return_index=True)
    places = shuffled[first]
    chosen: Ints = places[count[votes.item[places]] >= 3]
    return chosen
