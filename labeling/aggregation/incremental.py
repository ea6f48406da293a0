"""Dawid-Skene answer by answer: score the touched items again and move their votes in the counts.

The state is three arrays that the caller keeps (they may be packed as bytes and rounded to float32).
The steps are those of ``dawid_skene``; a batch fit gives a state to go on from, and going on is
exactly undone by passing the same votes the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from labeling.aggregation.dawid_skene import (
    SMOOTHING,
    DawidSkeneResult,
    class_share,
    confusion_of,
    score,
)
from labeling.aggregation.votes import Floats, Votes, counts_of, incidence, row_sum

START_VOTES = 8.0
"""Pseudo-votes for each class that a new crowd begins with: without them nothing tells the classes apart."""
START_RIGHT = 0.7


@dataclass(frozen=True)
class State:
    """``counts`` hold only the workers at hand, in the order of the votes' worker codes."""

    counts: Floats
    """[worker, true class, voted class]: expected votes."""
    pooled: Floats
    """[true class, voted class]: the sum over every worker of the project, and the start."""
    class_mass: Floats
    """[class]: the sum of the posteriors of every item that has votes."""


@dataclass(frozen=True)
class Step:
    """The touched items' posteriors and the state after."""

    posterior: Floats
    state: State


def empty_state(n_workers: int, n_classes: int) -> State:
    """A crowd of which nothing is known but that it is mostly right."""
    return State(
        counts=np.zeros((n_workers, n_classes, n_classes)),
        pooled=_start(n_classes).copy(),
        class_mass=np.zeros(n_classes),
    )


@lru_cache(maxsize=64)
def _start(n_classes: int) -> Floats:
    wrong = (1 - START_RIGHT) / max(n_classes - 1, 1)
    return START_VOTES * np.where(np.eye(n_classes, dtype=bool), START_RIGHT, wrong)


def state_of(result: DawidSkeneResult, votes: Votes) -> State:
    """The state after a batch fit of these votes."""
    answered = votes.answered
    return State(result.counts, result.counts.sum(axis=0), result.posterior[answered].sum(axis=0))


def rescore(before: Votes, now: Votes, *, posterior: Floats, state: State, smoothing: float = SMOOTHING) -> Step:
    """Score the touched items by the votes they have ``now``.

    ``before`` are the votes of the same items that are already in the counts, under the
    ``posterior`` [item, class] that was stored with them (anything where there were none).
    Both use the same codes. A new answer is in ``now`` only, a withdrawn one in ``before`` only.
    """
    rest = without(before, posterior, state)
    confusion = confusion_of(rest.counts, smoothing, rest.pooled)
    new, _ = score(incidence(now), confusion, class_share(rest.class_mass, max(smoothing, 1.0)))
    return Step(posterior=new, state=having(now, new, rest))


def having(votes: Votes, posterior: Floats, state: State) -> State:
    """The state after these votes are counted under that posterior: ``without`` undoes it."""
    counts = counts_of(votes, posterior)
    return State(
        counts=state.counts + counts,
        pooled=state.pooled + counts.sum(axis=0),
        class_mass=state.class_mass + votes.answered @ posterior,
    )


def without(votes: Votes, posterior: Floats, state: State) -> State:
    """The state before these votes were counted under that posterior."""
    old = np.where(row_sum(votes.tally) > 0, posterior, 0.0)
    counts = counts_of(votes, old)
    return State(
        counts=np.maximum(state.counts - counts, 0),
        pooled=np.maximum(state.pooled - counts.sum(axis=0), 0),
        class_mass=np.maximum(state.class_mass - old.sum(axis=0), 0),
    )
