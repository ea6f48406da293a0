from collections import Counter
from random import Random

import pytest

from labeling.quality.gold_choice import Candidate, choose, place_of_gold


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
    with pytest.raises(ValueError, match="rate is 1"):
        place_of_gold(1, 1, after_gold=False, rng=Random(1))


def test_the_distance_between_two_checks_is_not_foreseen():
    rng, gaps, gap, after = Random(2), Counter(), 0, False
    for _ in range(20_000):
        after = place_of_gold(0.1, 1, after_gold=after, rng=rng) is not None
        gaps[gap] += after
        gap = 0 if after else gap + 1
    most = gaps.most_common(1)[0][1]
    assert most / sum(gaps.values()) < 0.13  # no distance is likelier than a draw makes it


def test_the_class_seen_least_comes_first_then_the_difficulty():
    seen = [Candidate(1, "cat"), Candidate(2, "cat", judged=10, failed=5), Candidate(3, "dog")]
    fresh = [Candidate(4, "cat"), Candidate(5, "dog"), Candidate(6, "dog", judged=10, failed=5)]
    assert choose(fresh, seen, rng=Random(1)).id == 6  # a dog, and no hard dog was seen
    assert choose([], seen, rng=Random(1)) is None


def test_everything_is_given_sooner_or_later():
    fresh = [Candidate(n, "ab"[n % 2]) for n in range(8)]
    assert {choose(fresh, [], rng=Random(seed)).id for seed in range(200)} == set(range(8))
