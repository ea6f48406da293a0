"""One accuracy for each worker, the same in every class; a wrong vote falls on any other class alike.

The "one-coin" model of Dawid and Skene in its variational form (Liu, Peng and Ihler 2012), with accuracies shrunk to
the crowd's. It has so few parameters that it is hardly ever far off, and it errs in other ways than confusion matrices.
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
    result_of,
    softmax,
    vote_shares,
)

NAME = "one_coin"
TITLE = "One-coin Dawid-Skene"
RIGHT, WRONG = 2.0, 1.0
"""Beta prior of an accuracy."""
POOLED = 10.0
"""Pseudo-votes at the crowd's accuracy."""


def fit(
    votes: Votes,
    *,
    gold: Ints | None = None,
    start: Floats | None = None,
    most_iterations: int = 200,
    tolerance: float = 1e-3,
) -> Result:
    """Variational EM under an even class prior; ``gold``, ``start`` and stopping as in ``hierarchical``."""
    answered = votes.answered
    posterior = clamp(vote_shares(votes) if start is None else np.asarray(start, dtype=np.float64), gold)
    if votes.n_classes < 2 or not len(votes):
        return result_of(posterior)
    given = np.bincount(votes.worker, minlength=votes.n_workers)
    of_voters, of_cells = votes.by_worker, votes.by_worker.T
    for _ in range(most_iterations):
        right = of_cells @ posterior.ravel()
        crowd = right.sum() / max(len(votes), 1)
        a = right + RIGHT + POOLED * crowd
        b = given - right + WRONG + POOLED * (1 - crowd)
        gain = digamma(a) - digamma(b) + np.log(votes.n_classes - 1)
        scores = (of_voters @ gain).reshape(posterior.shape)
        before, posterior = posterior, clamp(softmax(scores), gold)
        if has_settled(before, posterior, answered, tolerance):
            break
    return result_of(posterior)
