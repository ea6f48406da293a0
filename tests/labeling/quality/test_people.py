"""Rules about people: skill, SPRT, drift, how much gold they meet."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from labeling.quality import cusum, gold_choice, gold_rate, gold_retirement, sprt
from labeling.quality.skill import Judged, Skill, prior_of, skill_of


def test_a_new_person_is_taken_for_one_of_the_pool() -> None:
    assert prior_of() == Skill(pytest.approx(7.0), pytest.approx(3.0))
    pool = prior_of(right=890, wrong=100)
    assert (pool.a + pool.b, pool.mean) == (pytest.approx(10), pytest.approx(0.897))


def test_gold_counts_one_and_the_consensus_half_where_others_answered() -> None:
    given = [Judged(1.0, is_gold=True, others=0), Judged(0.9, others=2), Judged(0.0, others=1)]
    found = skill_of(given, Skill(7, 3))
    assert (found.a, found.b) == (pytest.approx(8.45), pytest.approx(3.05))


def test_the_gate_is_below_the_mean_and_rises_with_answers() -> None:
    few, many = Skill(9, 1), Skill(90, 10)
    assert few.mean == many.mean == pytest.approx(0.9)
    assert few.low < many.low < 0.9
    # of Beta(9, 1) the distribution function is x ** 9
    assert few.low == pytest.approx(0.1 ** (1 / 9))
    assert Skill(1, 1).deviation == pytest.approx(1 / np.sqrt(12))


def test_an_old_answer_fades() -> None:
    old = skill_of([Judged(0.0, is_gold=True, age_days=90)], Skill(7, 3))
    assert old.b == pytest.approx(3.5)
    with pytest.raises(ValueError, match="right is 1.5"):
        skill_of([Judged(1.5)], Skill(7, 3))


def tasks_until_decided(accuracy: float, bounds: sprt.Bounds, random: np.random.Generator) -> tuple[int, bool]:
    right = wrong = 0
    while True:
        is_right = random.random() < accuracy
        right, wrong = right + is_right, wrong + (not is_right)
        verdict = sprt.decide(right, wrong, bounds)
        if verdict != "undecided":
            return right + wrong, verdict == "pass"


@pytest.mark.parametrize(
    ("bad", "good", "tasks"), [(0.25, 0.80, (4.9, 4.8)), (0.50, 0.85, (9.4, 10.8)), (0.60, 0.85, (17, 19))]
)
def test_the_sequential_test_takes_as_many_gold_tasks_as_published_here(
    bad: float, good: float, tasks: tuple[float, float]
) -> None:
    random = np.random.default_rng(1)
    bounds = sprt.Bounds(bad, good)
    for accuracy, expected in zip((bad, good), tasks, strict=True):
        runs = [tasks_until_decided(accuracy, bounds, random) for _ in range(1500)]
        assert np.mean([count for count, _ in runs]) == pytest.approx(expected, rel=0.1)
        mistakes = np.mean([passed != (accuracy == good) for _, passed in runs])
        assert mistakes <= 0.06


def test_nobody_is_paused_for_fewer_than_eight_gold_tasks() -> None:
    bounds = sprt.bounds_of(classes=4, target=0.95)
    assert (bounds.bad, bounds.good) == (pytest.approx(0.35), pytest.approx(0.90))
    assert sprt.decide(0, 3, bounds) == "review"
    assert sprt.decide(1, 7, bounds) == "pause"
    assert sprt.decide(5, 0, bounds) == "pass"
    assert sprt.decide(0, 0, bounds) == "undecided"
    with pytest.raises(ValueError, match="must be 0 < bad < good < 1"):
        sprt.bounds_of(classes=2, target=0.6)


def first_alarm(answers: Iterable[tuple[float, float]], start: cusum.Drift) -> int | None:
    """Place of the (right, weight) at which the alarm goes off, or None."""
    state = start
    for place, (right, weight) in enumerate(answers):
        state = state.after(right, weight)
        if state.is_alarm:
            return place
    return None


@pytest.mark.parametrize(("was", "now", "after"), [(0.9, 0.6, 12), (0.9, 0.5, 8), (0.85, 0.7, 47)])
def test_a_fall_is_seen_after_as_many_gold_answers_as_published_here(was: float, now: float, after: int) -> None:
    random = np.random.default_rng(2)
    places = []
    for _ in range(600):
        answers = ((float(random.random() < now), 1.0) for _ in range(5000))
        place = first_alarm(answers, cusum.Drift(was, now))
        assert place is not None
        places.append(place + 1)
    assert np.mean(places) == pytest.approx(after, rel=0.15)


def test_false_alarms_are_rare_and_soft_answers_count_by_half_their_doubt() -> None:
    random = np.random.default_rng(3)
    runs = [
        first_alarm(((float(random.random() < 0.9), 1.0) for _ in range(10_000)), cusum.Drift(0.9, 0.6))
        for _ in range(150)
    ]
    assert np.mean([place or 10_000 for place in runs]) == pytest.approx(451, rel=0.25)
    half = cusum.Drift(0.9, 0.6).after(0.0, weight=0.5)
    assert half.total == pytest.approx(cusum.Drift(0.9, 0.6).after(0.0).total / 2)
    assert cusum.Drift(0.9, 0.6).after(1.0).total == 0
    assert cusum.watch(0.05).feared == pytest.approx(0.02)
    assert first_alarm([(1.0, 1.0)], cusum.watch(0.9)) is None


def test_gold_is_met_often_at_first_seldom_later_and_often_again_after_a_setback() -> None:
    standing = gold_rate.Standing
    assert gold_rate.rate(standing(gold_answers=4, deviation=0.13)) == 1.0
    assert gold_rate.rate(standing(gold_answers=5, deviation=0.13)) == 0.10
    assert gold_rate.rate(standing(gold_answers=9, deviation=0.04, answers=120)) == 0.05
    assert gold_rate.rate(standing(gold_answers=30, deviation=0.04, answers=200)) == 0.02
    assert gold_rate.rate(standing(gold_answers=30, deviation=0.04, answers=900, days_away=7)) == 0.10
    assert gold_rate.rate(standing(gold_answers=30, deviation=0.04, answers=900, since_setback=3)) == 0.10
    assert gold_rate.rate(standing(gold_answers=30, deviation=0.04, answers=900, since_setback=60)) == 0.05
    with pytest.raises(ValueError, match="an exam of 11"):
        gold_rate.rate(standing(0, 0.1), exam=11)


def test_the_next_gold_is_of_the_stratum_that_is_behind_its_share() -> None:
    strata = {"t1": "cat", "t2": "dog", "t3": "dog"}
    shares = {"cat": 0.3, "dog": 0.7}
    assert gold_choice.next_gold(strata, [], shares, {"t2": 4}) == "t3"
    assert gold_choice.next_gold(strata, ["dog", "dog", "dog"], shares, {}) == "t1"
    assert gold_choice.next_gold({}, ["dog"], shares, {}) is None


def test_gold_retires_when_many_know_it_or_good_people_fail_it() -> None:
    assert gold_retirement.why_retired([0.9], [0.4], people=100) is None
    assert gold_retirement.why_retired([0.9] * 29, [0.4], people=100) == "exposed"
    assert gold_retirement.why_retired([0.9, 0.5], [0.9, 0.85, 0.95], people=100) == "disputed"
    assert gold_retirement.why_retired([0.9] * 4, [0.9] * 3, people=100) is None
    assert gold_retirement.why_retired([0.9] * 3, [], people=4) is None
