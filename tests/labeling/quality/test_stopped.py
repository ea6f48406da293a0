import numpy as np
import pytest

from labeling.quality.deciding import Aim
from labeling.quality.expecting import expected
from labeling.quality.intervals import wilson
from labeling.quality.stopped import stop_at

NAN = np.nan


def test_the_rule_stops_at_the_first_answer_after_which_it_is_sure():
    sure = np.array([[0.99, 0.96, 0.99], [0.5, 0.6, 0.97], [0.5, 0.6, 0.7], [0.5, 0.4, NAN], [0.99, NAN, NAN]])
    right = np.array([[1, 1, 0], [0, 0, 1], [0, 0, 1], [1, 0, 0], [1, 0, 0]], dtype=bool)
    stopped = stop_at(sure, right, tau=0.95, floor=2)
    assert stopped.used.tolist() == [2, 3, 3, 2, 1]
    assert stopped.right.tolist() == [True, True, True, False, True]
    assert stopped.is_sure.tolist() == [True, True, False, False, True]


@pytest.mark.parametrize(
    ("right", "total", "interval"),
    [(0, 0, (0, 1)), (10, 10, (0.7225, 1)), (0, 10, (0, 0.2775)), (90, 100, (0.8256, 0.9448))],
)
def test_the_interval_of_a_share(right, total, interval):
    assert wilson(right, total) == pytest.approx(interval, abs=1e-4)


def test_more_right_than_there_are_is_refused():
    with pytest.raises(ValueError, match="3 right of 2"):
        wilson(3, 2)


def test_a_better_crowd_is_expected_to_take_fewer_answers():
    aim = Aim(ceiling=7)
    crowds = [expected(aim, classes=2, accuracy=share) for share in (0.6, 0.8, 0.95)]
    answers = [crowd.answers for crowd in crowds]
    assert answers == sorted(answers, reverse=True)
    assert 2 <= answers[-1] < 2.6
    assert answers[0] > 6
    assert all(crowd.accuracy > share for crowd, share in zip(crowds, (0.6, 0.8, 0.95), strict=True))
    assert crowds[0].unsure > crowds[2].unsure
    assert expected(aim, classes=2) == expected(aim, classes=2)
    assert expected(aim, classes=1).answers == 2
    with pytest.raises(ValueError, match="above chance"):
        expected(aim, classes=4, accuracy=0.25)
