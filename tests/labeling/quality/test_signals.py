"""Signals: evidence for a person who looks, each with how likely it is by chance."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.aggregation import e4
from labeling.aggregation.votes import Votes
from labeling.quality import collusion, floor_time, gold_leak, repeats


def test_only_what_nobody_could_do_is_too_fast() -> None:
    floor = floor_time.floor_seconds(characters=400, acts=2)
    assert floor == pytest.approx(4.5)
    assert floor_time.too_fast([1.0] * 4 + [9.0] * 6, [floor] * 10) == floor_time.TooFast(4, 0.4, True)
    assert not floor_time.too_fast([1.0] * 2 + [9.0] * 6, [floor] * 8).is_sign
    assert not floor_time.too_fast([], []).is_sign


def test_a_run_is_a_sign_only_where_the_answer_is_not_common() -> None:
    shares = {"yes": 0.5, "no": 0.5}
    run = repeats.longest_run(["no", *["yes"] * 20, "no"], shares)
    assert run is not None and run.is_sign and (run.answer, run.length) == ("yes", 20)
    usual = repeats.longest_run(["safe"] * 60 + ["bad"], {"safe": 0.98, "bad": 0.02})
    assert usual is not None and not usual.is_sign
    assert repeats.longest_run([], shares) is None
    assert repeats.longest_run(["yes"], shares) == repeats.Run("yes", 1, pytest.approx(1 - np.exp(-0.5)))


def test_a_runs_chance_is_that_of_honest_answers() -> None:
    random = np.random.default_rng(1)
    rows = random.random((4000, 100)) < 0.3
    long = [any(row[start : start + 6].all() for start in range(95)) for row in rows]  # a run of six of a class of 30 %
    run = repeats.longest_run([*[False, True] * 47, *[True] * 5], {True: 0.3, False: 0.7})
    assert run is not None and run.length == 6
    assert run.chance == pytest.approx(np.mean(long), rel=0.2)


def crowd(*, copying: bool, seed: int) -> tuple[Votes, np.ndarray]:
    """Twelve workers on 400 items, some of them hard; with copying, worker 1 gives what worker 0 does."""
    random = np.random.default_rng(seed)
    truth = random.integers(3, size=400)
    ease = np.where(random.random(400) < 0.2, 0.45, 0.85)
    item = np.repeat(np.arange(400), 6)
    worker = np.concatenate([random.choice(12, 6, replace=False) for _ in range(400)])
    right = random.random(len(item)) < ease[item]
    value = np.where(right, truth[item], (truth[item] + random.integers(1, 3, size=len(item))) % 3)
    if copying:
        told = {i: v for i, w, v in zip(item, worker, value, strict=True) if w == 0}
        for place in np.flatnonzero(worker == 1):
            value[place] = told.get(item[place], value[place])
    votes = Votes(item, worker, value, 400, 12, 3)
    return votes, e4.fit(votes).posterior


def test_two_who_copy_are_found_by_their_common_mistakes() -> None:
    votes, posterior = crowd(copying=True, seed=1)
    found = collusion.pairs(votes, posterior)
    assert [(pair.one, pair.other) for pair in found] == [(0, 1)]
    assert found[0].same_wrong > 3 * found[0].by_chance


def test_two_who_copy_are_found_among_many_who_are_right_with_few_answers_to_an_item() -> None:
    """Half of what the two say is wrong, so chance gives them much in common; but not all of it."""
    random = np.random.default_rng(1)
    item, worker = np.repeat(np.arange(240), 5), np.concatenate(
        [random.choice(30, 5, replace=False, p=[3 / 34] * 2 + [1 / 34] * 28) for _ in range(240)]
    )  # fmt: skip
    source = random.random(240) < 0.5
    right = np.where(worker < 2, source[item], random.random(1200) < 0.9)
    value = np.where(right, 0, np.where(worker < 2, 1 + item % 2, random.integers(1, 3, size=1200)))
    votes = Votes(item, worker, value, 240, 30, 3)
    assert [(pair.one, pair.other) for pair in collusion.pairs(votes, e4.fit(votes).posterior)] == [(0, 1)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_honest_people_who_miss_the_same_hard_items_are_no_pair(seed: int) -> None:
    votes, posterior = crowd(copying=False, seed=seed)
    assert collusion.pairs(votes, posterior) == []
    nothing = Votes(*[np.zeros(0, dtype=int)] * 3, 0, 0, 2)
    assert collusion.pairs(nothing, np.zeros((0, 2))) == []


def test_gold_has_leaked_to_who_is_much_better_on_it_beyond_luck() -> None:
    assert gold_leak.gold_leak(7, 7, 0.5) is None
    leak = gold_leak.gold_leak(20, 20, 0.6)
    assert leak is not None and leak.is_sign and leak.gap == pytest.approx(0.4)
    lucky = gold_leak.gold_leak(7, 8, 0.65)
    assert lucky is not None and lucky.gap > 0.2 and not lucky.is_sign
    with pytest.raises(ValueError, match="9 right of 8"):
        gold_leak.gold_leak(9, 8, 0.5)
