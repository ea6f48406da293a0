"""GLAD: the chance of a right vote is a logistic of worker ability times item easiness.

Whitehill et al., "Whose vote should count more" (NIPS 2009). EM; the M step is a few steps of L-BFGS on the expected
log likelihood with standard normal priors (ability around 1, log easiness around 0).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import Floats, Ints, Result, Votes, has_settled, result_of, softmax, vote_shares

NAME = "glad"
TITLE = "GLAD"
STEPS = 5
"""Of L-BFGS in each M step."""
OWN = 4.0
"""Pseudo-votes at the crowd's accuracy that a worker starts with, where abilities come from expected votes."""
EDGE = 1e-6


def fit(votes: Votes, *, gold: Ints | None = None, most_iterations: int = 60, tolerance: float = 1e-3) -> Result:
    """Even class prior; ``gold`` and stopping as in ``hierarchical``."""
    from scipy.optimize import minimize

    answered = votes.answered
    posterior = clamp(vote_shares(votes), gold)
    if votes.n_classes < 2 or not len(votes):
        return result_of(posterior)
    at = np.concatenate([np.ones(votes.n_workers), np.zeros(votes.n_items)])
    for _ in range(most_iterations):
        right = posterior.ravel()[votes.cell]
        at = minimize(_loss, at, args=(votes, right), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
        ability, ease = np.split(at, [votes.n_workers])
        before, posterior = posterior, clamp(_posterior(votes, ability, ease), gold)
        if has_settled(before, posterior, answered, tolerance):
            break
    return result_of(posterior)


def ability_of(counts: Floats, pooled: Floats) -> Floats:
    """[worker]: abilities from expected votes, for items of usual ease; those of new workers are the crowd's.

    ``counts`` [worker, true class, voted class]; ``pooled`` [true class, voted class] of everybody.
    """
    crowd = np.clip(np.trace(pooled) / max(pooled.sum(), EDGE), EDGE, 1 - EDGE)
    right, given = np.einsum("wkk->w", counts), counts.sum(axis=(1, 2))
    share = (right + OWN * crowd) / (given + OWN)
    ability: Floats = logit(np.clip(share, EDGE, 1 - EDGE))
    return ability


def score(votes: Votes, ability: Floats, *, most_iterations: int = 50, tolerance: float = 1e-4) -> Floats:
    """Posteriors of items by workers whose abilities [worker] are known; the items' ease is learnt from their votes."""
    posterior = vote_shares(votes)
    if votes.n_classes < 2 or not len(votes):
        return posterior
    answered = votes.answered
    ease = np.zeros(votes.n_items)
    for _ in range(most_iterations):
        before, posterior = posterior, _posterior(votes, ability, ease)
        if has_settled(before, posterior, answered, tolerance):
            break
        odds = ability[votes.worker] * np.exp(ease[votes.item])
        chance = expit(odds)
        pull = np.bincount(votes.item, (posterior.ravel()[votes.cell] - chance) * odds, minlength=votes.n_items) - ease
        bend = np.bincount(votes.item, chance * (1 - chance) * odds**2, minlength=votes.n_items) + 1
        ease = ease + np.clip(pull / bend, -1, 1)
    return posterior


def _posterior(votes: Votes, ability: Floats, ease: Floats) -> Floats:
    gain = ability[votes.worker] * np.exp(ease[votes.item]) + np.log(votes.n_classes - 1)
    scores = np.bincount(votes.cell, gain, minlength=votes.n_items * votes.n_classes)
    return softmax(scores.reshape(votes.n_items, votes.n_classes))


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
