"""Yes or no about many labels: hierarchical Dawid-Skene whose people are as careful with one label as with the others.

Each worker has a 2 x 2 confusion for every label, and the prior of each is the label's own confusion in the crowd,
moved by how much better or worse than the crowd the worker is over all labels: for "yes" and for "no" apart, since most
labels are rare and it is easy to be right about what is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, logit

from labeling.aggregation import one_coin
from labeling.aggregation.e4 import smoothed_shares
from labeling.aggregation.gold import clamp
from labeling.aggregation.live_e4 import lesser
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

TITLE = "Hierarchical Dawid-Skene, strength shared over labels"
STRENGTH = 4.0
OWN = 2.0
"""Pseudo-votes at the crowd's accuracy that a worker starts with."""
EDGE = 1e-6


@dataclass(frozen=True)
class MultilabelResult(Result):
    """Row by row of the questions asked; ``sure`` is the lesser of two models' posteriors of the winner."""

    sure: Floats


def fit(
    votes: Votes, label: Ints, *, gold: Ints | None = None, most_iterations: int = 200, tolerance: float = 1e-3
) -> MultilabelResult:
    """The items of ``votes`` are questions of two classes, one (thing, label) each; ``label`` [question] is its code.

    The mean of the shared model, one-coin over all labels, and smoothed vote shares, as E4 is one.
    """
    posterior = clamp(vote_shares(votes), gold)
    if votes.n_classes != 2:
        raise ValueError(f"{votes.n_classes} classes; a label is there or not")
    if len(votes):
        wide = by_label(votes, label)
        matrix = incidence(wide)
        transposed = matrix.T
        answered = votes.answered
        for _ in range(most_iterations):
            counts = np.asarray(transposed @ posterior).reshape(votes.n_workers, -1, 2, 2).transpose(0, 1, 3, 2)
            mass = mass_of(posterior[answered], label[answered], counts.shape[1])
            before, posterior = posterior, clamp(score(matrix, label, counts, counts.sum(axis=0), mass), gold)
            if has_settled(before, posterior, answered, tolerance):
                break
    return mean_of(votes, posterior, one_coin.fit(votes, gold=gold).posterior, gold)


def mean_of(votes: Votes, shared: Floats, other: Floats, gold: Ints | None = None) -> MultilabelResult:
    """The three models together."""
    result = result_of(clamp((shared + other + smoothed_shares(votes)) / 3, gold))
    sure = lesser(result.labels, shared, other)
    return MultilabelResult(result.labels, result.confidence, result.posterior, sure)


def by_label(votes: Votes, label: Ints) -> Votes:
    """The same votes by pretended workers, one for each worker and label."""
    size = int(label.max(initial=0)) + 1
    worker = votes.worker.astype(np.int64) * size + label[votes.item]
    return Votes(votes.item, worker, votes.value, votes.n_items, votes.n_workers * size, 2)


def mass_of(posterior: Floats, label: Ints, n_labels: int) -> Floats:
    """[label, class]: the sum of the posteriors."""
    mass = np.zeros((n_labels, posterior.shape[1]))
    np.add.at(mass, label, posterior)
    return mass


def score(matrix: Floats, label: Ints, counts: Floats, pooled: Floats, mass: Floats) -> Floats:
    """Posteriors of the questions behind ``matrix`` (the incidence of ``by_label``).

    ``counts`` [worker, label, true class, voted class], ``pooled`` [label, true class, voted class] of all workers,
    ``mass`` [label, class].
    """
    columns = expected_log(counts, pooled).transpose(0, 1, 3, 2).reshape(-1, 2)
    return softmax(matrix @ columns + _log_share(mass)[label])


def score_votes(votes: Votes, label: Ints, counts: Floats, pooled: Floats, mass: Floats) -> Floats:
    """``score`` of the questions of ``votes`` themselves: of a few, quicker than by way of a sparse matrix."""
    told = expected_log(counts, pooled)[votes.worker, label[votes.item], :, votes.value]
    scores = _log_share(mass)[label]
    np.add.at(scores, votes.item, told)
    return softmax(scores)


def _log_share(mass: Floats) -> Floats:
    share = mass + 0.5
    found: Floats = np.log(share / share.sum(axis=1, keepdims=True))
    return found


def expected_log(counts: Floats, pooled: Floats) -> Floats:
    """E[log P(vote | true class)], shaped as ``counts``."""
    everything = pooled.sum(axis=0)
    right = np.diagonal(everything)
    crowd = (right + 0.5 * STRENGTH) / (everything.sum(axis=1) + 0.75 * STRENGTH)
    mine = counts.sum(axis=1)  # [worker, true, voted]
    accuracy = (np.einsum("wkk->wk", mine) + OWN * crowd) / (mine.sum(axis=2) + OWN)
    label = pooled + OWN * np.where(np.eye(2, dtype=bool), crowd[:, None], 1 - crowd[:, None])
    label = np.einsum("lkk->lk", label) / label.sum(axis=2)
    diagonal = expit(_logit(accuracy)[:, None, :] + _logit(label)[None] - _logit(crowd))
    prior = np.empty(counts.shape)
    for k in range(2):
        prior[:, :, k, k], prior[:, :, k, 1 - k] = diagonal[:, :, k], 1 - diagonal[:, :, k]
    table = counts + np.maximum(STRENGTH * prior, EDGE)
    expected: Floats = digamma(table) - digamma(table.sum(axis=3, keepdims=True))
    return expected


def _logit(share: Floats) -> Floats:
    clipped: Floats = logit(np.clip(share, EDGE, 1 - EDGE))
    return clipped
