"""Targets: thresholds, estimates, bounds and honest posteriors."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.aggregation import e4
from labeling.aggregation.votes import Votes
from labeling.quality import calibration, error_bound, estimating, temperature
from labeling.quality.isotonic import isotonic
from labeling.quality.stopping import TAU
from labeling.quality.target import HIGHEST, tau_for
from tests.labeling.aggregation.crowd import made_up_crowd


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    # with no error the exact bound is 1 - doubt ** (1 / n), the "rule of three"
    assert error_bound.upper_bound(0, 59) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert error_bound.upper_bound(5, 100) == pytest.approx(0.1022533, abs=1e-6)
    assert error_bound.upper_bound(0, 0) == error_bound.upper_bound(3, 3) == 1
    assert error_bound.least_checked(0.05) == 59
    assert error_bound.upper_bound(0, 59) <= 0.05 < error_bound.upper_bound(0, 58)
    with pytest.raises(ValueError, match="4 errors of 3"):
        error_bound.upper_bound(4, 3)


def test_the_isotonic_fit_pools_what_falls() -> None:
    places, fitted = isotonic([1, 2, 3, 3, 4], [0, 1, 0, 0, 1])
    assert places.tolist() == [1, 2, 3, 4]
    assert fitted == pytest.approx([0, 1 / 3, 1 / 3, 1])


def test_the_threshold_follows_from_the_target_and_needs_fifty_items() -> None:
    random = np.random.default_rng(1)
    sure = random.uniform(0.5, 1, 4000)
    right = random.random(4000) < sure  # honest: above t the mean is (1 + t) / 2
    assert tau_for(0.9, sure, right) == pytest.approx(0.8, abs=0.04)
    assert tau_for(0.95, sure, right) == pytest.approx(0.9, abs=0.03)
    assert tau_for(0.9, sure[:49], right[:49]) == TAU
    assert tau_for(0.9, sure, np.zeros(4000)) == HIGHEST
    with pytest.raises(ValueError, match="target is 1"):
        tau_for(1, sure, right)


def test_a_temperature_from_gold_makes_overconfident_posteriors_honest() -> None:
    random = np.random.default_rng(2)
    honest = random.dirichlet([0.5, 0.5, 0.5], size=1500)
    truth = np.array([random.choice(3, p=row) for row in honest])
    found = temperature.from_gold(e4.heated(honest, 1 / 3), truth)
    assert found == pytest.approx(3, rel=0.15)
    assert temperature.from_gold(honest, np.full(1500, -1)) == 1.0


def test_a_temperature_from_held_out_answers_lowers_the_loss_of_sharpened_posteriors() -> None:
    votes, truth = made_up_crowd(n_items=600, n_workers=60, n_classes=3, each=5, seed=8)
    found = temperature.from_held_out(votes)
    plain, heated = e4.fit(votes), e4.fit(votes, temperature=found)
    loss = calibration.negative_log_likelihood
    assert loss(heated.posterior, truth) <= loss(plain.posterior, truth) + 0.01
    few, _ = made_up_crowd(n_items=10, n_workers=6, n_classes=2, each=3, seed=1)
    assert temperature.from_held_out(few) == 1.0


def test_calibration_by_hand() -> None:
    assert calibration.expected_calibration_error(np.array([0.95, 0.95, 0.65]), np.array([1, 0, 1])) == pytest.approx(
        (0.45 * 2 + 0.35) / 3
    )
    assert calibration.negative_log_likelihood(np.array([[0.5, 0.5], [1, 0]]), np.array([0, 1])) == pytest.approx(
        (np.log(2) + np.log(1e6)) / 2
    )


def test_a_pilot_tells_what_a_target_takes() -> None:
    votes, truth = made_up_crowd(n_items=150, n_workers=20, n_classes=2, each=9, seed=3)
    found = estimating.estimates(votes, n_items=1000, price=0.1, gold=truth, taus=(0.7, 0.95))
    assert found[0].answers_each < found[1].answers_each < 9
    assert found[1].cost == pytest.approx(found[1].answers * 0.1)
    with pytest.raises(ValueError, match="without answers"):
        estimating.estimates(Votes(*[np.zeros(0, dtype=int)] * 3, 0, 0, 2), n_items=1, price=1)
