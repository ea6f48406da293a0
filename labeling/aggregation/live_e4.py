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
from labeling.aggregation.votes import Floats, Ints, Votes, incidence, result_of, softmax


@dataclass(frozen=True)
class Scored:
    """``sure`` [item] is the lesser of two models' posteriors of the winner, as ``e4.E4Result.sure``."""

    posterior: Floats
    sure: Floats


def score(votes: Votes, rest: State, base: Floats | None = None) -> Scored:
    """Score items by their ``votes``; ``rest`` is the state without these votes, its workers in the votes' codes.

    ``base`` as in ``hierarchical.expected_log``.
    """
    if votes.n_classes < 2:
        certain = np.ones((votes.n_items, votes.n_classes))
        return Scored(certain, certain.sum(axis=1))
    hierarchical, one_coin = by_confusion(votes, rest, base), by_accuracy(votes, rest)
    mean = (hierarchical + one_coin + smoothed_shares(votes)) / 3
    return Scored(mean, lesser(result_of(mean).labels, hierarchical, one_coin))


def by_confusion(votes: Votes, rest: State, base: Floats | None = None) -> Floats:
    """Hierarchical Dawid-Skene's posteriors; ``base`` as in ``hierarchical.expected_log``."""
    share = rest.class_mass + 1 / votes.n_classes
    columns = expected_log(rest.counts, rest.pooled, base).transpose(0, 2, 1).reshape(-1, votes.n_classes)
    return softmax(incidence(votes) @ columns + np.log(share / share.sum()))


def by_accuracy(votes: Votes, rest: State) -> Floats:
    """The posteriors of one-coin."""
    return softmax(incidence(votes) @ np.kron(_gain(rest, votes.n_classes)[:, None], np.eye(votes.n_classes)))


def lesser(labels: Ints, one: Floats, other: Floats) -> Floats:
    """What the less sure of two models gives each item's label."""
    place = np.arange(len(labels)), labels
    return np.minimum(one[place], other[place])


def _gain(rest: State, n_classes: int) -> Floats:
    """[worker]: what a vote adds to the log weight of its class, when the worker has one accuracy."""
    right, given = np.einsum("wkk->w", rest.counts), rest.counts.sum(axis=(1, 2))
    crowd = np.trace(rest.pooled) / max(rest.pooled.sum(), EDGE)
    a = right + RIGHT + POOLED * crowd
    b = np.maximum(given - right, 0) + WRONG + POOLED * (1 - crowd)
    gain: Floats = digamma(a) - digamma(b) + np.log(n_classes - 1)
    return gain
