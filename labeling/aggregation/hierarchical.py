"""Hierarchical Dawid-Skene: each worker's confusion leans on the crowd's, as far as the worker's accuracy allows.

A worker with few votes gets the error pattern of the crowd, scaled to how often they seem to be right; one with many is
judged by their own votes. Expected log confusions (variational Bayes) instead of point estimates keep posteriors
honest. The model of Dawid and Skene (1979) with the two-level prior of Paun et al. (2018), fitted with moment estimates
of the upper level instead of sampling.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, expit, logit

from labeling.aggregation.dawid_skene import count_votes
from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import (
    Floats,
    Ints,
    Result,
    Votes,
    has_settled,
    incidence,
    mass_of,
    onto,
    result_of,
    softmax,
    vote_shares,
)

NAME = "h4"
TITLE = "Hierarchical Dawid-Skene"
STRENGTH = 4.0
"""Pseudo-votes for each row of a confusion matrix."""
EDGE = 1e-6


def fit(
    votes: Votes,
    *,
    gold: Ints | None = None,
    start: Floats | None = None,
    base: Floats | None = None,
    most_iterations: int = 200,
    tolerance: float = 1e-3,
) -> Result:
    """EM from ``start`` (posteriors), else from vote shares; ``base`` as in ``prior_confusion``.

    ``gold`` is int[n_items]: the class of an item whose truth is known, else -1; the posterior there is certain.
    Stops when no posterior moves more than ``tolerance``. Items without votes get the class share.
    """
    answered = votes.answered
    matrix = incidence(votes)
    transposed = matrix.T
    posterior = clamp(vote_shares(votes) if start is None else np.asarray(start, dtype=np.float64), gold)
    if votes.n_classes < 2 or not len(votes):
        return result_of(posterior)
    for _ in range(most_iterations):
        counts = count_votes(transposed, posterior, votes.n_workers)
        share = mass_of(posterior, answered) + 1 / votes.n_classes
        columns = expected_log(counts, base=base).transpose(0, 2, 1).reshape(-1, votes.n_classes)
        scores = matrix @ columns
        onto(scores, np.add, np.log(share / share.sum())[None, :])
        before, posterior = posterior, clamp(softmax(scores), gold)
        if has_settled(before, posterior, answered, tolerance):
            break
    return result_of(posterior)


def expected_log(counts: Floats, pooled: Floats | None = None, base: Floats | None = None) -> Floats:
    """E[log P(vote | true class)] of each worker, from expected votes [worker, true class, voted class].

    ``pooled`` are the whole crowd's, where ``counts`` are only some workers'. ``base`` as in ``prior_confusion``.
    """
    prior = STRENGTH * prior_confusion(counts, pooled, base)
    table = counts + np.maximum(prior, EDGE)
    expected: Floats = digamma(table) - digamma(table.sum(axis=2, keepdims=True))
    return expected


def prior_confusion(counts: Floats, pooled: Floats | None = None, base: Floats | None = None) -> Floats:
    """What each worker's confusion matrix is taken for before their own votes count.

    ``base`` [true class, voted class] are pseudo-votes of the crowd; usually one for each row, spread evenly.
    """
    n_classes = counts.shape[2]
    total = counts.sum(axis=0) if pooled is None else pooled
    right_of_worker = np.einsum("wkk->w", counts)
    crowd_accuracy = float(np.clip(np.trace(total) / max(total.sum(), EDGE), EDGE, 1 - EDGE))
    accuracy = (right_of_worker + 2 * crowd_accuracy) / (counts.sum(axis=(1, 2)) + 2)
    crowd = total + (1 / n_classes if base is None else base)
    crowd = crowd / crowd.sum(axis=1, keepdims=True)
    diagonal = np.clip(np.diagonal(crowd), EDGE, 1 - EDGE)
    lean = _logit(accuracy)[:, None] + _logit(diagonal)[None, :] - _logit(crowd_accuracy)
    right = expit(lean)
    errors = crowd * (1 - np.eye(n_classes))
    errors = errors / np.maximum(errors.sum(axis=1, keepdims=True), EDGE)
    prior: Floats = (1 - right)[:, :, None] * errors[None]
    places = np.arange(n_classes)
    prior[:, places, places] = right
    return prior


def _logit(share: Floats | float) -> Floats:
    clipped: Floats = logit(np.clip(share, EDGE, 1 - EDGE))
    return clipped
