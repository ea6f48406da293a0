"""The methods a project may keep up to date answer by answer: how each scores items from what is known of the workers.

What is known are expected votes (``incremental.State``) under the method's own posteriors, as the last batch fit and
the answers since have left them. Where a method learns something of each item too, that is learnt from the item's votes
alone, with the workers held fast, until the next fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labeling.aggregation import dawid_skene, e4, glad, live_e4, majority, one_coin
from labeling.aggregation.incremental import State
from labeling.aggregation.votes import Floats, Votes, incidence, result_of


@dataclass(frozen=True)
class Scored:
    """``sure`` [item] is what the rule to stop goes by: the winner's posterior, or the least of several models'."""

    posterior: Floats
    sure: Floats


def score(method: str, votes: Votes, rest: State) -> Scored:
    """Score items by their ``votes``; ``rest`` is the state without these votes, its workers in the votes' codes."""
    if votes.n_classes < 2:
        certain = np.ones((votes.n_items, votes.n_classes))
        return Scored(certain, certain.sum(axis=1))
    if method == e4.NAME:
        both = live_e4.score(votes, rest)
        return Scored(both.posterior, both.sure)
    posterior = SCORERS[method](votes, rest)
    return Scored(posterior, result_of(posterior).confidence)


def _dawid_skene(votes: Votes, rest: State) -> Floats:
    smoothing = dawid_skene.SMOOTHING
    confusion = dawid_skene.confusion_of(rest.counts, smoothing, rest.pooled)
    share = dawid_skene.class_share(rest.class_mass, smoothing)
    return dawid_skene.score(incidence(votes), confusion, share)[0]


def _e4(votes: Votes, rest: State) -> Floats:
    return live_e4.score(votes, rest).posterior


def _glad(votes: Votes, rest: State) -> Floats:
    return glad.score(votes, glad.ability_of(rest.counts, rest.pooled))


def _majority(votes: Votes, rest: State) -> Floats:
    return majority.fit(votes).posterior


SCORERS: dict[str, Callable[[Votes, State], Floats]] = {
    majority.NAME: _majority,
    one_coin.NAME: live_e4.by_accuracy,
    dawid_skene.NAME: _dawid_skene,
    glad.NAME: _glad,
    e4.NAME: _e4,
}
PROBABLE = tuple(name for name in SCORERS if name != majority.NAME)
"""Those whose posteriors are chances, and may count as votes towards what people are like."""
