"""E4 answer by answer: three of its four models, scored from the counts that ``incremental`` keeps.

Enhanced BCC is left out, for it has no state that one answer could be added to; the next batch fit brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma

from labeling.aggregation import few_votes
from labeling.aggregation.e4 import smoothed_shares
from labeling.aggregation.hierarchical import EDGE, expected_log
from labeling.aggregation.incremental import State, having, without
from labeling.aggregation.one_coin import POOLED, RIGHT, WRONG
from labeling.aggregation.votes import FEW, Floats, Ints, Votes, incidence, result_of, softmax


@dataclass(frozen=True)
class Scored:
    """``sure`` [item] is the lesser of two models' posteriors of the winner; ``e4.E4Result.sure`` asks a third too."""

    posterior: Floats
    sure: Floats


@dataclass(frozen=True)
class Step:
    """The touched items' posteriors, the state after, and how sure."""

    posterior: Floats
    state: State
    sure: Floats


def score(votes: Votes, rest: State, base: Floats | None = None) -> Scored:
    """Score items by their ``votes``; ``rest`` is the state without these votes, its workers in the votes' codes.

    ``base`` as in ``hierarchical.expected_log``.
    """
    if votes.n_classes < 2:
        certain = np.ones((votes.n_items, votes.n_classes))
        return Scored(certain, certain.sum(axis=1))
    if len(votes) <= FEW and base is None:
        mean_of_few, sure = few_votes.score(votes, rest)
        return Scored(np.array(mean_of_few).reshape(votes.n_items, votes.n_classes), np.array(sure))
    hierarchical, one_coin = by_confusion(votes, rest, base), by_accuracy(votes, rest)
    mean = (hierarchical + one_coin + smoothed_shares(votes)) / 3
    return Scored(mean, lesser(result_of(mean).labels, hierarchical, one_coin))


def rescore(before: Votes, now: Votes, *, posterior: Floats, state: State, base: Floats | None = None) -> Step:
    """As ``incremental.rescore``, by these models."""
    rest = without(before, posterior, state)
    scored = score(now, rest, base)
    return Step(scored.posterior, having(now, scored.posterior, rest), scored.sure)


def by_confusion(votes: Votes, rest: State, base: Floats | None = None) -> Floats:
    """Hierarchical Dawid-Skene's posteriors; ``base`` as in ``hierarchical.expected_log``."""
    if len(votes) <= FEW and base is None:
        return np.array(few_votes.by_confusion(votes, rest)).reshape(votes.n_items, votes.n_classes)
    share = rest.class_mass + 1 / votes.n_classes
    columns = expected_log(rest.counts, rest.pooled, base).transpose(0, 2, 1).reshape(-1, votes.n_classes)
    return softmax(incidence(votes) @ columns + np.log(share / share.sum()))


def by_accuracy(votes: Votes, rest: State) -> Floats:
    """The posteriors of one-coin."""
    if len(votes) <= FEW:
        return np.array(few_votes.by_accuracy(votes, rest)).reshape(votes.n_items, votes.n_classes)
    size = votes.n_items * votes.n_classes
    scores = np.bincount(votes.cell, _gain(rest, votes.n_classes)[votes.worker], minlength=size)
    return softmax(scores.reshape(votes.n_items, votes.n_classes))


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
