from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.stopping import replay
from tests.labeling.aggregation.crowd import made_up_crowd


def test_a_replay_spends_much_less_for_nearly_the_same_labels():
    votes, truth = made_up_crowd(n_items=300, n_workers=25, n_classes=2, each=11, seed=2)
    played = replay(votes, tau=0.95)
    assert played.used.mean() < 0.6 * 11
    assert played.used.min() >= 2
    assert (played.result.labels == truth).mean() > 0.9
    assert ((played.result.sure >= 0.95) | (played.used == 11)).all()


def test_a_higher_target_asks_more_and_the_seed_settles_the_order():
    votes, _ = made_up_crowd(n_items=100, n_workers=15, n_classes=2, each=9, seed=7)
    low, high = replay(votes, tau=0.8), replay(votes, tau=0.99)
    assert low.used.sum() < high.used.sum()
    assert (replay(votes, tau=0.8).used == low.used).all()
    assert np.any(replay(votes, tau=0.8, seed=2).used != low.used)


def test_a_target_that_is_no_share_is_an_error():
    votes, _ = made_up_crowd(n_items=5, n_workers=5, n_classes=2, each=2, seed=1)
    with pytest.raises(ValueError, match="tau is 0"):
        replay(votes, tau=0)
