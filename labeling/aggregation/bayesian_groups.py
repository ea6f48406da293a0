"""Enhanced Bayesian classifier combination: classes split into groups, so that workers may err together.

Li, Rubinstein and Cohn, "Exploiting worker correlation for label aggregation in crowdsourcing" (ICML 2019). An item of
a class belongs to one of its groups, and each worker has a confusion row for each group: easy and hard items of a class
are told apart, which plain Dawid-Skene takes for independent mistakes.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import (
    Floats,
    Ints,
    Result,
    Votes,
    has_settled,
    incidence,
    result_of,
    softmax,
    vote_shares,
)

NAME = "eb5"
TITLE = "Enhanced BCC, five groups"
GROUPS = 5
RIGHT, WRONG = 4.0, 1.0
"""Pseudo-votes of a confusion row for the true class and for each other one."""
SPREAD = 0.1
"""Dirichlet mass of a class's mixture over its groups."""
DIGITS = 10
"""Kept of a weight, and of what items are ranked by: where votes are symmetric, rounding errors must not grow."""


def fit(
    votes: Votes,
    *,
    gold: Ints | None = None,
    groups: int = GROUPS,
    most_iterations: int = 150,
    tolerance: float = 1e-3,
) -> Result:
    """Variational Bayes from one start that depends on nothing but the votes; ``gold`` as in ``hierarchical``."""
    answered = np.bincount(votes.item, minlength=votes.n_items) > 0
    shares = clamp(vote_shares(votes), gold)
    n_classes, n_items = votes.n_classes, votes.n_items
    if n_classes < 2 or not len(votes):
        return result_of(shares)
    matrix = incidence(votes)
    transposed = matrix.T.tocsr()
    weights: Floats = (shares[:, :, None] * _first_groups(votes, shares, groups)[:, None, :]).reshape(n_items, -1)
    is_whole = bool(answered.all())
    prior = np.where(np.eye(n_classes, dtype=bool), RIGHT, WRONG)  # [voted, true]
    prior = np.repeat(prior, groups, axis=1)[None]  # [1, voted, true x group]
    posterior: Floats = shares
    for _ in range(most_iterations):
        mass = (weights if is_whole else weights[answered]).sum(axis=0).reshape(n_classes, groups) + SPREAD / groups
        mixture = digamma(mass) - digamma(mass.sum(axis=1, keepdims=True))
        of_class = mass.sum(axis=1) + 1
        share = digamma(of_class) - digamma(of_class.sum())
        table = np.asarray(transposed @ weights).reshape(votes.n_workers, n_classes, -1) + prior
        columns = (digamma(table) - digamma(table.sum(axis=1, keepdims=True))).reshape(-1, n_classes * groups)
        scores = np.asarray(matrix @ columns)
        scores += (mixture + share[:, None]).reshape(1, -1)
        weights = softmax(scores)
        np.round(weights, DIGITS, out=weights)
        before, posterior = posterior, _together(weights.reshape(n_items, n_classes, groups))
        if gold is not None:
            weights = _regroup(weights, posterior, clamp(posterior, gold), groups)
            posterior = clamp(posterior, gold)
        if has_settled(before, posterior, answered, tolerance):
            break
    return result_of(posterior)


def _first_groups(votes: Votes, shares: Floats, groups: int) -> Floats:
    """Groups by how contested an item is: the start must break symmetry, and must not depend on names or order."""
    top = shares.max(axis=1)
    given = np.maximum(np.bincount(votes.worker, minlength=votes.n_workers), 1)
    agreement = np.bincount(votes.worker, shares[votes.item, votes.value], minlength=votes.n_workers) / given
    asked = np.maximum(np.bincount(votes.item, minlength=votes.n_items), 1)
    feature = top + np.bincount(votes.item, agreement[votes.worker], minlength=votes.n_items) / asked
    feature = feature.round(DIGITS)
    ranked = np.searchsorted(np.sort(feature), feature, side="left") / max(len(feature) - 1, 1)
    centres = np.linspace(0, 1, groups)
    return softmax(-(((ranked[:, None] - centres[None, :]) * groups) ** 2))


def _together(weights: Floats) -> Floats:
    """[item, class] from [item, class, group]; group by group, for the reason of ``votes.row_max``."""
    total = weights[:, :, 0].copy()
    for group in range(1, weights.shape[2]):
        total += weights[:, :, group]
    return total


def _regroup(weights: Floats, old: Floats, new: Floats, groups: int) -> Floats:
    """The same split of each class into groups under other class posteriors."""
    inside = weights.reshape(*old.shape, groups) / np.maximum(old, 1e-300)[:, :, None]
    inside = np.where(old[:, :, None] > 0, inside, 1 / groups)
    return (inside * new[:, :, None]).reshape(weights.shape)
