"""When a machine's answers may stand alone; and how far apart two shares are."""

import random

import pytest

from labeling.quality.machine_trust import (
    STEPS,
    Checked,
    at_threshold,
    doubt_of_look,
    is_broken,
    lower_bound,
    lowest_threshold,
)
from labeling.quality.reliance import Share, difference


def answers(*groups):
    """(confidence, right, wrong) each."""
    return [Checked(at, n < right) for at, right, wrong in groups for n in range(right + wrong)]


def test_nothing_may_stand_alone_before_enough_was_checked():
    assert lowest_threshold(answers((0.99, 58, 0)), most_errors=0.05, doubt=0.05, least=20) is None
    found = lowest_threshold(answers((0.99, 59, 0)), most_errors=0.05, doubt=0.05, least=20)
    assert (found.threshold, found.checked, found.errors) == (0.99, 59, 0)
    assert found.bound == pytest.approx(1 - 0.05 ** (1 / 59))
    assert lowest_threshold(answers((0.99, 59, 0)), most_errors=0.05, doubt=0.05, least=60) is None


def test_the_lowest_step_is_found_above_which_every_step_holds():
    good, poor = (0.95, 300, 3), (0.6, 60, 40)
    assert lowest_threshold(answers(good, poor), most_errors=0.05, doubt=0.05, least=50).threshold == 0.95
    assert lowest_threshold(answers((0.95, 30, 30), (0.6, 2000, 0)), most_errors=0.05, doubt=0.05, least=50) is None


def test_all_thresholds_and_all_looks_together_keep_within_the_doubt():
    assert sum(doubt_of_look(0.05, look) for look in range(1, 10_000)) == pytest.approx(0.05, rel=1e-3)
    with pytest.raises(ValueError, match="look is 0"):
        doubt_of_look(0.05, 0)
    rng = random.Random(3)
    wrong = 0
    for _ in range(300):  # a machine exactly as bad as may not be, whatever it is sure of
        some = [Checked(rng.random(), rng.random() >= 0.1) for _ in range(400)]
        wrong += lowest_threshold(some, most_errors=0.1, doubt=0.05, least=50) is not None
    assert wrong / 300 <= 0.08  # .05 and three standard errors


def test_it_is_over_when_the_newest_break_the_bound_or_those_since_the_start_are_surely_worse():
    rule = {"most_errors": 0.05, "doubt": 0.05, "least": 50}
    fine, drifted = (
        at_threshold(answers((0.9, 990, 10)), 0.9, doubt=0.05),
        at_threshold(answers((0.9, 12, 8)), 0.9, doubt=0.05),
    )
    assert not is_broken(fine, fine, **rule)
    assert is_broken(fine, drifted, **rule)
    assert is_broken(at_threshold(answers((0.9, 93, 7)), 0.9, doubt=0.05), fine, **rule)
    assert is_broken(at_threshold(answers((0.9, 40, 0)), 0.9, doubt=0.05), fine, **rule)
    assert lower_bound(0, 50, doubt=0.05) == 0
    assert list(STEPS) == sorted(STEPS, reverse=True)


def test_the_difference_of_two_shares_with_newcombes_interval():
    found = difference(Share(56, 70), Share(48, 80))  # his example (a): 56/70 and 48/80
    assert (round(found.mean, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)
    assert found.is_clear
    assert difference(Share(0, 0), Share(1, 2)) is None
    assert not difference(Share(5, 10), Share(5, 10)).is_clear
