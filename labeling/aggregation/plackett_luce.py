"""Strengths from whole orders: each place is won against all that come later (Plackett 1975, Luce 1959).

Fitted by minorization-maximization (Hunter 2004) with a gamma prior on the worths, which keeps the first and the last
of every order finite (Caron and Doucet 2012). Ties share the places they cover.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.aggregation.votes import Floats

TITLE = "Plackett-Luce"
PRIOR = 1.0
"""Won places that everything is taken to have had, at the mean worth."""
STEPS = 500


def fit(orders: Sequence[Sequence[Sequence[int]]], n_things: int, weights: Sequence[float] | None = None) -> Floats:
    """Log worths [thing] with the mean 0. An order is a list of groups, best first; things in one group are tied.

    ``weights`` of the orders. An order may leave things out.
    """
    mass = [1.0] * len(orders) if weights is None else list(weights)
    stages: list[tuple[list[int], list[int], float]] = []
    for order, weight in zip(orders, mass, strict=True):
        for n, group in enumerate(order):
            rest = [thing for later in order[n:] for thing in later]
            if len(rest) > len(group) or len(group) > 1:
                stages.append((list(group), rest, weight))
    worth = np.ones(n_things)
    wins = np.full(n_things, PRIOR)
    for group, rest, weight in stages:
        if len(rest) > len(group):
            wins[group] += weight
    for _ in range(STEPS):
        lost = np.full(n_things, PRIOR)
        for group, rest, weight in stages:
            if len(rest) > len(group):
                # a tie of k takes k places one after the other; in the mean each sees half of the group leave
                lost[rest] += weight * len(group) / worth[rest].sum()
        moved = wins / lost
        moved /= np.exp(np.log(moved).mean())
        if np.abs(np.log(moved / worth)).max(initial=0.0) < 1e-9:
            worth = moved
            break
        worth = moved
    log_worth: Floats = np.log(worth) if n_things else worth
    return log_worth
