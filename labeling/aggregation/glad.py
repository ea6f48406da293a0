"""GLAD: the chance of a right vote is a logistic of worker ability times item easiness.

Whitehill et al., "Whose vote should count more" (NIPS 2009). EM; the M step is a few steps of L-BFGS on the expected
log likelihood with standard normal priors (ability around 1, log easiness around 0).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import Floats, Ints, Result, Votes, has_settled, result_of, softmax, vote_shares

NAME = "glad"
TITLE = "GLAD"
STEPS = 5
"""Of L-BFGS in each M step."""


def fit(votes: Votes, *, gold: Ints | None = None, most_iterations: int = 60, tolerance: float = 1e-3) -> Result:
    """Even class prior; ``gold`` and stopping as in ``hierarchical``."""
    from scipy.optimize import minimize

    answered = np.bincount(votes.item, minlength=votes.n_items) > 0
    posterior = clamp(vote_shares(votes), gold)
    if votes.n_classes < 2 or not len(votes):
        return result_of(posterior)
    at = np.concatenate([np.ones(votes.n_workers), np.zeros(votes.n_items)])
    for _ in range(most_iterations):
        right = posterior[votes.item, votes.value]
        at = minimize(_loss, at, args=(votes, right), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
        gain = _log_odds(at, votes) + np.log(votes.n_classes - 1)
        flat = votes.item.astype(np.int64) * votes.n_classes + votes.value
        scores = np.bincount(flat, gain, minlength=votes.n_items * votes.n_classes).reshape(posterior.shape)
        before, posterior = posterior, clamp(softmax(scores), gold)
        if has_settled(before, posterior, answered, tolerance):
            break
    return result_of(posterior)


def _log_odds(at: Floats, votes: Votes) -> Floats:
    """Of a right vote: log P(right) - log P(wrong), which is ability times easiness."""
    odds: Floats = at[votes.worker] * np.exp(at[votes.n_workers + votes.item])
    return odds


def _loss(at: Floats, votes: Votes, right: Floats) -> tuple[float, Floats]:
    """Minus the expected log likelihood and the priors, and its gradient."""
    n_workers = votes.n_workers
    ability, ease = at[:n_workers], np.exp(at[n_workers:])
    odds = ability[votes.worker] * ease[votes.item]
    likelihood = right * -np.logaddexp(0, -odds) + (1 - right) * -np.logaddexp(0, odds)
    pull = right - expit(odds)
    by_worker = np.bincount(votes.worker, pull * ease[votes.item], minlength=n_workers) - (ability - 1)
    by_item = np.bincount(votes.item, pull * odds, minlength=votes.n_items) - at[n_workers:]
    prior = ((ability - 1) ** 2).sum() / 2 + (at[n_workers:] ** 2).sum() / 2
    return float(prior - likelihood.sum()), -np.concatenate([by_worker, by_item])
