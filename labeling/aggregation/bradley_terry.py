"""Strengths from comparisons of two: ridge Bradley-Terry by Newton's method, ties half a win for each.

Bradley and Terry (1952). The ridge is a normal prior on strengths, so things that won or lost every time have finite
ones, and things in different parts of the graph are still on one scale. Standard errors are from the Hessian. A
comparison counts with a weight, so people may count by how far they are trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.special import expit, ndtr

from labeling.aggregation.votes import Floats, Ints

TITLE = "Ridge Bradley-Terry"
RIDGE = 0.3
"""Precision of the prior: strengths are taken to be within +-1.8, two times in three."""
STEPS = 50
DENSE = 2000
"""Things up to which the covariance is worked out whole."""


@dataclass(frozen=True)
class Strengths:
    """``strength`` [thing] is in log odds, with the mean 0; ``error`` its standard error."""

    strength: Floats
    error: Floats
    covariance: Floats | None
    """[thing, thing]; None above DENSE things."""

    def chance(self, one: int, other: int) -> float:
        """That the one would win, not knowing the strengths exactly (MacKay's probit correction)."""
        apart = float(self.strength[one] - self.strength[other])
        variance = self._variance(one, other)
        return float(expit(apart / np.sqrt(1 + np.pi * variance / 8)))

    def better(self, one: int, other: int) -> float:
        """The chance that the one's strength is the greater."""
        apart = float(self.strength[one] - self.strength[other])
        return float(ndtr(apart / np.sqrt(max(self._variance(one, other), 1e-12))))

    def _variance(self, one: int, other: int) -> float:
        """Of the difference."""
        if self.covariance is None:
            return float(self.error[one] ** 2 + self.error[other] ** 2)
        c = self.covariance
        return max(float(c[one, one] + c[other, other] - 2 * c[one, other]), 0.0)


def fit(
    one: Ints, other: Ints, share: Floats, n_things: int, weights: Floats | None = None, *, ridge: float = RIDGE
) -> Strengths:
    """From comparisons: ``share`` is what the one won of it, 1, 0, or .5 for a tie. ValueError for other lengths."""
    one, other, share = np.asarray(one), np.asarray(other), np.asarray(share, dtype=np.float64)
    if not len(one) == len(other) == len(share):
        raise ValueError("one, other and share must have the same length")
    mass = np.ones(len(one)) if weights is None else np.asarray(weights, dtype=np.float64)
    low, high, won, total = _pooled(one, other, share, mass, n_things)
    strength: Floats = np.zeros(n_things)
    hessian = _hessian(low, high, np.zeros(len(low)), n_things, ridge)
    for _ in range(STEPS):
        chance = expit(strength[low] - strength[high])
        pull = total * (won - chance)
        gradient = (
            np.bincount(low, pull, minlength=n_things) - np.bincount(high, pull, minlength=n_things) - ridge * strength
        )
        hessian = _hessian(low, high, total * chance * (1 - chance), n_things, ridge)
        step: Floats = splu(hessian.tocsc()).solve(gradient) if n_things else gradient
        step = np.clip(step, -3, 3)
        strength = strength + step
        if np.abs(step).max(initial=0.0) < 1e-9:
            break
    strength = strength - strength.mean() if n_things else strength
    if n_things > DENSE:
        return Strengths(strength, 1 / np.sqrt(hessian.diagonal()), None)
    covariance = np.linalg.inv(hessian.toarray()) if n_things else np.zeros((0, 0))
    return Strengths(strength, np.sqrt(np.diagonal(covariance)), covariance)


def _pooled(one: Ints, other: Ints, share: Floats, mass: Floats, n_things: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Each pair once, lower code first: neither order nor sides matter."""
    flip = one > other
    low, high = np.where(flip, other, one), np.where(flip, one, other)
    won = np.where(flip, 1 - share, share)
    pairs, place = np.unique(low.astype(np.int64) * max(n_things, 1) + high, return_inverse=True)
    total: Floats = np.bincount(place, mass, minlength=len(pairs)).astype(np.float64)
    wins = np.bincount(place, mass * won, minlength=len(pairs))
    return pairs // max(n_things, 1), pairs % max(n_things, 1), wins / np.maximum(total, 1e-300), total


def _hessian(one: Ints, other: Ints, curve: Floats, n_things: int, ridge: float) -> sparse.csr_matrix:
    diagonal = np.bincount(one, curve, minlength=n_things) + np.bincount(other, curve, minlength=n_things) + ridge
    rows = np.concatenate([one, other, np.arange(n_things)])
    columns = np.concatenate([other, one, np.arange(n_things)])
    values = np.concatenate([-curve, -curve, diagonal])
    return sparse.csr_matrix((values, (rows, columns)), shape=(n_things, n_things))
