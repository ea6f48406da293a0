from __future__ import annotations

import numpy as np
import pytest

from labeling.aggregation import dawid_skene, incremental
from labeling.aggregation.votes import result_of
from tests.labeling.aggregation.crowd import made_up_crowd, some_of


def test_one_pass_online_ends_near_the_batch_fit() -> None:
    votes, truth = made_up_crowd(n_items=1000, n_workers=40, n_classes=3, each=5, seed=5)
    order = np.random.default_rng(5).permutation(len(votes))
    state, posterior = incremental.empty_state(votes.n_workers, votes.n_classes), np.zeros((votes.n_items, 3))
    for done in range(0, len(votes), 25):
        touched = np.isin(votes.item, votes.item[order[done : done + 25]])
        before, now = np.sort(order[:done]), np.sort(order[: done + 25])
        step = incremental.rescore(
            some_of(votes, before[touched[before]]),
            some_of(votes, now[touched[now]]),
            posterior=posterior,
            state=state,
        )
        state = step.state
        items = np.unique(votes.item[touched])
        posterior[items] = step.posterior[items]
    online = (result_of(posterior).labels == truth).mean()
    batch = (dawid_skene.fit(votes).labels == truth).mean()
    assert online > batch - 0.02
    counted = dawid_skene.count_votes(incremental.incidence(votes).T, posterior, votes.n_workers)
    assert state.counts == pytest.approx(counted, abs=1e-6)


def test_going_on_from_a_batch_fit_moves_nothing_that_has_settled() -> None:
    votes, _ = made_up_crowd(n_items=400, n_workers=20, n_classes=2, each=7, seed=6)
    batch = dawid_skene.fit(votes)
    state = incremental.state_of(batch, votes)
    some = some_of(votes, np.flatnonzero(votes.item < 5))
    step = incremental.rescore(some, some, posterior=batch.posterior, state=state)
    assert step.posterior[:5] == pytest.approx(batch.posterior[:5], abs=0.1)


def test_withdrawing_a_vote_takes_back_what_it_added() -> None:
    votes, _ = made_up_crowd(n_items=100, n_workers=10, n_classes=2, each=3, seed=7)
    batch = dawid_skene.fit(votes)
    state = incremental.state_of(batch, votes)
    mine = some_of(votes, np.flatnonzero(votes.item == 0))
    nothing = some_of(votes, np.zeros(0, dtype=int))
    gone = incremental.rescore(mine, nothing, posterior=batch.posterior, state=state)
    assert gone.state.counts.sum() == pytest.approx(state.counts.sum() - 3)
    back = incremental.rescore(nothing, mine, posterior=gone.posterior, state=gone.state)
    assert back.state.counts.sum() == pytest.approx(state.counts.sum())
    assert back.state.class_mass.sum() == pytest.approx(100)


def test_only_the_workers_at_hand_are_needed() -> None:
    votes, _ = made_up_crowd(n_items=60, n_workers=6, n_classes=2, each=3, seed=8)
    batch = dawid_skene.fit(votes)
    whole = incremental.state_of(batch, votes)
    picked = np.flatnonzero(votes.item == 3)
    workers = np.unique(votes.worker[picked])
    few = incremental.Votes(
        np.zeros(len(picked), int),
        np.searchsorted(workers, votes.worker[picked]),
        votes.value[picked],
        1,
        len(workers),
        2,
    )
    part = incremental.State(whole.counts[workers], whole.pooled, whole.class_mass)
    narrow = incremental.rescore(few, few, posterior=batch.posterior[3:4], state=part)
    mine = some_of(votes, picked)
    wide = incremental.rescore(mine, mine, posterior=batch.posterior, state=whole)
    assert narrow.posterior[0] == pytest.approx(wide.posterior[3])
    assert narrow.state.pooled == pytest.approx(wide.state.pooled)
