from __future__ import annotations

import numpy as np
import pytest

from labeling.aggregation import ordinal
from labeling.aggregation.votes import Votes


def test_the_label_is_the_median_of_the_steps_unless_a_class_beyond_them_is_likelier() -> None:
    posterior = np.array([[0.4, 0.1, 0.1, 0.4, 0.0], [0.1, 0.1, 0.1, 0.1, 0.6], [0.5, 0.0, 0.5, 0.0, 0.0]])
    assert ordinal.medians(posterior, 4).tolist() == [1, 4, 0]
    assert ordinal.medians(posterior[:, :4], 4).tolist() == [1, 1, 0]


def test_mean_and_spread_are_of_the_steps_alone() -> None:
    posterior = np.array([[0.25, 0.0, 0.25, 0.5]])
    found = ordinal.summary(posterior, posterior, posterior, 3)
    assert (found.mean[0], found.spread[0]) == (pytest.approx(1.0), pytest.approx(1.0))


def test_its_median_is_nearer_to_the_truth_than_the_rounded_mean_of_a_crowd_of_mixed_skill() -> None:
    random = np.random.default_rng(3)
    truth = random.integers(6, size=300)
    worker = np.concatenate([random.choice(100, 3, replace=False) for _ in truth])
    item = np.repeat(np.arange(300), 3)
    off = np.rint(random.normal(0, random.gamma(2, 0.4, 100)[worker]))
    value = np.clip(truth[item] + off, 0, 5).astype(int)
    mean = np.rint(np.bincount(item, value) / 3)
    found = ordinal.fit(Votes(item, worker, value, 300, 100, 6))
    assert np.abs(found.labels - truth).mean() < 0.95 * np.abs(mean - truth).mean()
