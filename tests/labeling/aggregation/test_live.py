"""Every method that a project may keep up to date answer by answer."""

from __future__ import annotations

import numpy as np
import pytest

from labeling import aggregation
from labeling.aggregation import few_votes, incremental, live, live_e4
from labeling.aggregation.votes import FEW, Votes, counts_of, result_of
from tests.labeling.aggregation.crowd import made_up_crowd, some_of

by_any = pytest.mark.parametrize("method", live.PROBABLE)


@by_any
def test_one_pass_ends_near_the_batch_fit(method):
    votes, truth = made_up_crowd(n_items=600, n_workers=40, n_classes=3, each=5, seed=5)
    state, posterior = incremental.empty_state(votes.n_workers, 3), np.zeros((votes.n_items, 3))
    order = np.random.default_rng(5).permutation(len(votes))
    for done in range(0, len(votes), 25):
        touched = np.isin(votes.item, votes.item[order[done : done + 25]])
        before, now = np.sort(order[:done]), np.sort(order[: done + 25])
        old, new = some_of(votes, before[touched[before]]), some_of(votes, now[touched[now]])
        rest = incremental.without(old, posterior, state)
        items = np.unique(votes.item[touched])
        posterior[items] = live.score(method, new, rest).posterior[items]
        state = incremental.having(new, posterior, rest)
    online = (result_of(posterior).labels == truth).mean()
    assert online > (aggregation.get(method).fit(votes).labels == truth).mean() - 0.02
    assert state.counts == pytest.approx(counts_of(votes, posterior), abs=1e-6)


@by_any
def test_one_class_nobody_and_nothing_are_no_crash(method):
    one = Votes(np.array([0]), np.array([0]), np.array([0]), n_items=1, n_workers=1, n_classes=1)
    assert live.score(method, one, incremental.empty_state(1, 1)).posterior.tolist() == [[1.0]]
    none = Votes(*np.zeros((3, 0), dtype=int), n_items=2, n_workers=0, n_classes=3)
    found = live.score(method, none, incremental.empty_state(0, 3))
    assert found.posterior.sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.parametrize("n_classes", [2, 5])
def test_a_handful_of_votes_is_scored_as_many_are(n_classes):
    votes, _ = made_up_crowd(n_items=20, n_workers=8, n_classes=n_classes, each=4, seed=3)
    assert len(votes) > FEW
    state = incremental.state_of(aggregation.get("dawid_skene").fit(votes), votes)
    few = np.array(few_votes.by_confusion(votes, state)), np.array(few_votes.by_accuracy(votes, state))
    assert few[0] == pytest.approx(live_e4.by_confusion(votes, state), abs=1e-5)
    assert few[1] == pytest.approx(live_e4.by_accuracy(votes, state), abs=1e-9)
    mean, sure = few_votes.score(votes, state)
    many = live_e4.score(votes, state)
    assert np.array(mean) == pytest.approx(many.posterior, abs=1e-5)
    assert np.array(sure) == pytest.approx(many.sure, abs=1e-5)


def test_an_item_that_able_people_dispute_is_left_open_by_glad():
    """Its votes alone tell that it is hard, so one more vote for the leader says less than elsewhere."""
    from labeling.aggregation import glad

    item, worker = np.array([0] * 6 + [1] * 2), np.array([0, 1, 2, 3, 4, 5, 0, 1])
    votes = Votes(item, worker, np.array([0, 0, 0, 0, 1, 1, 0, 0]), 2, 6, 2)
    disputed, agreed = glad.score(votes, np.full(6, 2.0))[:, 0]
    assert 0.5 < disputed < agreed
