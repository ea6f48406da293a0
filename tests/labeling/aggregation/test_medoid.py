import pytest

from labeling.aggregation import medoid


def apart(one: float, other: float) -> float:
    return min(1.0, abs(one - other))


def test_the_answer_in_the_middle_wins_and_is_as_sure_as_the_others_are_near():
    assert medoid.nearest([0.0, 0.4, 0.5], apart) == (1, pytest.approx(0.75))


def test_the_first_of_equals_wins_and_unanimity_is_certain():
    assert medoid.nearest([0.2, 0.2, 0.2], apart) == (0, 1.0)


def test_one_answer_is_unconfirmed_and_none_is_an_error():
    assert medoid.nearest([0.3], apart) == (0, 0.5)
    with pytest.raises(ValueError, match="no answers"):
        medoid.nearest([], apart)
