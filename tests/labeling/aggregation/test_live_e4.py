from __future__ import annotations

import numpy as np
import pytest

from labeling.aggregation import e4, incremental, live_e4
from labeling.aggregation.dawid_skene import count_votes
from labeling.aggregation.votes import Floats, Votes, incidence, result_of
from tests.labeling.aggregation.crowd import made_up_crowd, some_of


def state_under(votes: Votes, posterior: Floats) -> incremental.State:
    counts = count_votes(incidence(votes).T, posterior, votes.n_workers)
    return incremental.State(counts, counts.sum(axis=0), posterior.sum(axis=0))


def test_one_pass_answer_by_answer_ends_near_the_batch_fit() -> None:
    votes, truth = made_up_crowd(n_items=1000, n_workers=40, n_classes=3, each=5, seed=5)
    start = incremental.empty_state(votes.n_workers, 3)
    state, posterior = start, np.zeros((votes.n_items, 3))
    order = np.random.default_rng(5).permutation(len(votes))
    for done in range(0, len(votes), 25):
        touched = np.isin(votes.item, votes.item[order[done : done + 25]])
        before, now = np.sort(order[:done]), np.sort(order[: done + 25])
        old, new = some_of(votes, before[touched[before]]), some_of(votes, now[touched[now]])
        rest = incremental.without(old, posterior, state)
        scored = live_e4.score(new, rest)
        items = np.unique(votes.item[touched])
        posterior[items] = scored.posterior[items]
        added = np.where(np.isin(np.arange(votes.n_items), items)[:, None], scored.posterior, 0.0)
        counts = count_votes(incidence(new).T, added, votes.n_workers)
        state = incremental.State(
            rest.counts + counts, rest.pooled + counts.sum(axis=0), rest.class_mass + added.sum(axis=0)
        )
    live = (result_of(posterior).labels == truth).mean()
    assert live > (e4.fit(votes).labels == truth).mean() - 0.02


def test_after_a_batch_fit_it_is_as_sure_of_the_same_labels() -> None:
    votes, _ = made_up_crowd(n_items=400, n_workers=20, n_classes=2, each=7, seed=6)
    batch = e4.fit(votes)
    rest = incremental.without(votes, batch.posterior, state_under(votes, batch.posterior))
    some = some_of(votes, np.flatnonzero(votes.item < 50))
    state = state_under(votes, batch.posterior)
    scored = live_e4.score(some, incremental.without(some, batch.posterior, state))
    assert rest.counts == pytest.approx(0, abs=1e-9)
    assert scored.posterior[:50] == pytest.approx(batch.posterior[:50], abs=0.15)
    assert scored.sure[:50] == pytest.approx(batch.sure[:50], abs=0.25)


def test_a_single_class_is_certain() -> None:
    one = Votes(np.array([0]), np.array([0]), np.array([0]), n_items=1, n_workers=1, n_classes=1)
    scored = live_e4.score(one, incremental.empty_state(1, 1))
    assert (scored.posterior.tolist(), scored.sure.tolist()) == ([[1.0]], [1.0])
