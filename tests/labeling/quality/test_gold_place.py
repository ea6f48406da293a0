from collections import Counter
from random import Random

import pytest

from labeling.quality.gold_place import difficulty, place_of_gold


def shares(rate, *, count=1, turns=20_000):
    """The share of gold among the tasks somebody is given in the long run, and the most of it in a row."""
    rng, given, after, row, longest = Random(1), Counter(), False, 0, 0
    for _ in range(turns):
        place = place_of_gold(rate, count, after_gold=after, rng=rng)
        for n in range(count):
            given[is_gold := n == place] += 1
            row = row + 1 if is_gold else 0
            longest = max(longest, row)
            after = is_gold
    return given[True] / given.total(), longest


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.1, 0.4])
def test_the_rate_is_kept_in_the_long_run_and_two_never_follow_each_other(rate):
    share, longest = shares(rate)
    assert share == pytest.approx(rate, rel=0.1)
    assert longest == 1


def test_no_rate_is_no_gold_and_an_impossible_one_is_refused():
    assert place_of_gold(0, 10, after_gold=False, rng=Random(1)) is None
    with pytest.raises(ValueError, match="rate is 2"):
        place_of_gold(2, 1, after_gold=False, rng=Random(1))


def test_the_distance_between_two_checks_is_not_foreseen():
    rng, gaps, gap, after = Random(2), Counter(), 0, False
    for _ in range(20_000):
        after = place_of_gold(0.1, 1, after_gold=after, rng=rng) is not None
        gaps[gap] += after
        gap = 0 if after else gap + 1
    most = gaps.most_common(1)[0][1]
    assert most / sum(gaps.values()) < 0.13  # no distance is likelier than a draw makes it


def test_difficulty_is_told_from_a_handful_of_people_on():
    assert [difficulty(4, 4), difficulty(5, 0), difficulty(5, 1), difficulty(5, 2)] == [
        "middling",
        "easy",
        "middling",
        "hard",
    ]
