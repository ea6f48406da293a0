"""E4, the mean of four models that err in different ways: our default for single choice.

Hierarchical Dawid-Skene, one-coin, enhanced BCC and smoothed vote shares, averaged evenly. On 18 real crowds it is more
accurate than the best single method (.828 against .823 of Dawid-Skene), and its confidence is honest: negative
log-likelihood .50 against 1.30.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labeling.aggregation import bayesian_groups, hierarchical, one_coin
from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import Floats, Ints, Result, Votes, result_of, tally

NAME = "e4"
TITLE = "Mean of four models (E4)"
SHARES = "votes"
MOST_FOR_GROUPS = 2_000_000
"""Votes above which enhanced BCC is left out: it costs the most and tells the least there."""


@dataclass(frozen=True)
class E4Result(Result):
    """``sure`` is the least of the models' posteriors of the winner: stop asking when all of them are sure.

    Vote shares have no say in that, for they are never sure. Enhanced BCC beside the two others finds mistakes that
    workers share: over 30 orders of arrival SP_amt takes 2 % more answers and ends right .0013 more often, rte takes as
    many as before and ends as it did, MS (ten classes) takes 13 % more for nothing.
    """

    sure: Floats
    members: dict[str, Floats]
    """Posterior of each member, by name."""


def fit(votes: Votes, *, gold: Ints | None = None, temperature: float = 1.0, base: Floats | None = None) -> E4Result:
    """``temperature`` softens (above 1) or sharpens the mean's posteriors; the rest as in ``hierarchical``."""
    members = {SHARES: smoothed_shares(votes)}
    members[hierarchical.NAME] = hierarchical.fit(votes, gold=gold, base=base).posterior
    members[one_coin.NAME] = one_coin.fit(votes, gold=gold).posterior
    if len(votes) <= MOST_FOR_GROUPS:
        members[bayesian_groups.NAME] = bayesian_groups.fit(votes, gold=gold).posterior
    mean = sum(members.values()) / len(members)
    result = result_of(clamp(heated(np.asarray(mean), temperature), gold))
    place = np.arange(votes.n_items), result.labels
    sure = np.min([posterior[place] for name, posterior in members.items() if name != SHARES], axis=0)
    return E4Result(result.labels, result.confidence, result.posterior, sure, members)


def smoothed_shares(votes: Votes) -> Floats:
    """(v + 1/2) / (n + K/2): shares that are never certain."""
    counts = tally(votes) + 0.5
    shares: Floats = counts / counts.sum(axis=1, keepdims=True)
    return shares


def heated(posterior: Floats, temperature: float) -> Floats:
    """Posteriors to the power 1/temperature, as shares again. Raises ValueError unless temperature > 0."""
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}; must be above 0")
    if temperature == 1:
        return posterior
    power = np.maximum(posterior, 1e-300) ** (1 / temperature)
    heated: Floats = power / power.sum(axis=1, keepdims=True)
    return heated
