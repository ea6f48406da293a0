import pytest

from labeling.aggregation import medoid


def apart(one: float, other: float) -> float:
    return min(1.0, abs(one - other))


def test_the_answer_in_the_middle_wins_and_is_the_surer_the_nearer_the_others_are():
    assert medoid.nearest([0.0, 0.4, 0.5], apart) == (1, pytest.approx((0.75 * 2 + 0.5) / 3))


def test_the_first_of_equals_wins_and_the_more_agree_the_surer_it_is_but_never_certain():
    sure = [medoid.nearest([0.2] * number, apart) for number in (1, 2, 3, 9)]
    assert sure == [(0, pytest.approx(each)) for each in (1 / 2, 3 / 4, 5 / 6, 17 / 18)]


def test_one_answer_is_unconfirmed_and_none_is_an_error():
    assert medoid.nearest([0.3], apart) == (0, 0.5)
    with pytest.raises(ValueError, match="no answers"):
        medoid.nearest([], apart)
