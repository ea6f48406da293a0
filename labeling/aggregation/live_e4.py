"""E4 answer by answer: three of its four models, scored from the counts that ``incremental`` keeps.

Enhanced BCC is left out, for it has no state that one answer could be added to; the next batch fit brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma

from labeling.aggregation.e4 import smoothed_shares
from labeling.aggregation.hierarchical import EDGE, expected_log
from labeling.aggregation.incremental import State
from labeling.aggregation.one_coin import POOLED, RIGHT, WRONG
from labeling.aggregation.votes import Floats, Votes, incidence, result_of, softmax


@dataclass(frozen=True)
class Scored:
    """``sure`` [item] is the lesser of two models' posteriors of the winner, as ``e4.E4Result.sure``."""

    posterior: Floats
    sure: Floats


def score(votes: Votes, rest: State) -> Scored:
    """Score items by their ``votes``; ``rest`` is the state without these votes, its workers in the votes' codes."""
    if votes.n_classes < 2:
        certain = np.ones((votes.n_items, votes.n_classes))
        return Scored(certain, certain.sum(axis=1))
    matrix = incidence(votes)
    share = rest.class_mass + 1 / votes.n_classes
    columns = expected_log(rest.counts, rest.pooled).transpose(0, 2, 1).reshape(-1, votes.n_classes)
    hierarchical = softmax(matrix @ columns + np.log(share / share.sum()))
    one_coin = softmax(matrix @ np.kron(_gain(rest, votes.n_classes)[:, None], np.eye(votes.n_classes)))
    mean = (hierarchical + one_coin + smoothed_shares(votes)) / 3
    place = np.arange(votes.n_items), result_of(mean).labels
    return Scored(mean, np.minimum(hierarchical[place], one_coin[place]))


def _gain(rest: State, n_classes: int) -> Floats:
    """[worker]: what a vote adds to the log weight of its class, when the worker has one accuracy."""
    right, given = np.einsum("wkk->w", rest.counts), rest.counts.sum(axis=(1, 2))
    crowd = np.trace(rest.pooled) / max(rest.pooled.sum(), EDGE)
    a = right + RIGHT + POOLED * crowd
    b = np.maximum(given - right, 0) + WRONG + POOLED * (1 - crowd)
    gain: Floats = digamma(a) - digamma(b) + np.log(n_classes - 1)
    return gain
