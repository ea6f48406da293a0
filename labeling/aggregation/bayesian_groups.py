"""Enhanced Bayesian classifier combination: classes split into groups, so that workers may err together.

Li, Rubinstein and Cohn, "Exploiting worker correlation for label aggregation in crowdsourcing" (ICML 2019). An item of
a class belongs to one of its groups, and each worker has a confusion row for each group: easy and hard items of a class
are told apart, which plain Dawid-Skene takes for independent mistakes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import digamma

from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import (
    BLOCK,
    MANY,
    Floats,
    Ints,
    Result,
    Votes,
    has_settled,
    incidence,
    mass_of,
    result_of,
    row_max,
    row_sum,
    rows_of,
    softmax,
    tally,
    to_shares,
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
NARROW_DIGITS = 5
"""Kept of a posterior in a crowd of MANY items, which is fitted in single precision: twice as fast, and as good."""


LEVELS = 32_768
"""That a crowd of MANY items is ranked by, for each 1 of what it is ranked by: sorting would take longer."""
ROUGH = 4.0
"""Times ``tolerance`` that the mean posterior of a crowd of MANY items may still move: E4 takes a quarter of it."""


def fit(
    votes: Votes,
    *,
    gold: Ints | None = None,
    groups: int = GROUPS,
    most_iterations: int = 150,
    tolerance: float = 1e-3,
) -> Result:
    """Variational Bayes from one start that depends on nothing but the votes; ``gold`` as in ``hierarchical``."""
    answered = votes.answered
    shares = clamp(vote_shares(votes), gold)
    n_classes, n_items = votes.n_classes, votes.n_items
    if n_classes < 2 or not len(votes):
        return result_of(shares)
    narrow: type[np.floating[Any]] = np.float32 if n_items >= MANY else np.float64
    matrix = _as(narrow, incidence(votes))
    posterior: Floats = shares.astype(narrow)
    first: Floats = _first_groups(votes, shares, groups).astype(narrow)
    weights: Floats = (posterior[:, :, None] * first[:, None, :]).reshape(n_items, -1)
    blocks = _blocks(matrix, rows_of(BLOCK, weights))
    prior = np.where(np.eye(n_classes, dtype=bool), RIGHT, WRONG)  # [voted, true]
    prior = np.repeat(prior, groups, axis=1)[None]  # [1, voted, true x group]
    for _ in range(most_iterations):
        mass = mass_of(weights, answered).reshape(n_classes, groups) + SPREAD / groups
        mixture = digamma(mass) - digamma(mass.sum(axis=1, keepdims=True))
        of_class = mass.sum(axis=1) + 1
        share = digamma(of_class) - digamma(of_class.sum())
        table = np.asarray(matrix.T @ weights).reshape(votes.n_workers, n_classes, -1) + prior
        columns = (digamma(table) - digamma(table.sum(axis=1, keepdims=True))).reshape(-1, n_classes * groups)
        columns, common = columns.astype(narrow), (mixture + share[:, None]).reshape(1, -1).astype(narrow)
        before, posterior = posterior, np.empty_like(posterior)
        for rows, block in blocks:
            scores = np.asarray(block @ columns)
            scores += common
            to_shares(scores)
            weights[rows] = scores if narrow is np.float32 else np.round(scores, DIGITS, out=scores)
            posterior[rows] = _together(weights[rows].reshape(-1, n_classes, groups))
        if gold is not None:
            weights = _regroup(weights, posterior, clamp(posterior, gold), groups)
            posterior = clamp(posterior, gold)
        if has_settled(before, posterior, answered, tolerance, ROUGH * tolerance):
            break
    return result_of(_even(posterior) if narrow is np.float32 else posterior)


def _first_groups(votes: Votes, shares: Floats, groups: int) -> Floats:
    """Groups by how contested an item is: the start must break symmetry, and must not depend on names or order."""
    given = np.maximum(np.bincount(votes.worker, minlength=votes.n_workers), 1)
    agreement = (votes.by_worker.T @ shares.ravel()) / given
    asked = np.maximum(row_sum(tally(votes)), 1)
    of_voters = row_sum((votes.by_worker @ agreement).reshape(shares.shape)) / asked
    feature = (row_max(shares) + of_voters)[:, 0]
    level = _levels(feature.round(DIGITS))
    at_level = np.bincount(level)
    smaller = (np.cumsum(at_level) - at_level) / max(len(feature) - 1, 1)
    centres = np.linspace(0, 1, groups)
    of_level = softmax(-(((smaller[:, None] - centres[None, :]) * groups) ** 2))
    return np.take(of_level, level, axis=0)


def _levels(feature: Floats) -> Ints:
    """Codes in the order of the values, the same for equal ones; in a crowd of MANY items for all but equal ones."""
    if len(feature) >= MANY:
        steps: Ints = (feature * LEVELS).astype(np.intp)
        return steps
    return np.unique(feature, return_inverse=True)[1]


def _as(narrow: Any, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same matrix with other numbers; its places are not copied."""
    return sparse.csr_matrix((matrix.data.astype(narrow, copy=False), matrix.indices, matrix.indptr), matrix.shape)


def _even(posterior: Floats) -> Floats:
    """Double precision again, without what the last bits of single precision make different."""
    wide = posterior.astype(np.float64).round(NARROW_DIGITS)
    return wide / row_sum(wide)


def _blocks(matrix: sparse.csr_matrix, step: int) -> list[tuple[slice, sparse.csr_matrix]]:
    """The matrix cut into rows whose scores fit the processor's cache."""
    found = []
    for start in range(0, matrix.shape[0], step):
        stop = min(start + step, matrix.shape[0])
        places = matrix.indptr[start : stop + 1]
        cells = slice(places[0], places[-1])
        block = (matrix.data[cells], matrix.indices[cells], places - places[0])
        found.append((slice(start, stop), sparse.csr_matrix(block, shape=(stop - start, matrix.shape[1]))))
    return found


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
