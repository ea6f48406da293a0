"""Published figures, to three digits."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.agreement import kappas, scales
from labeling.agreement.bootstrap import interval
from labeling.agreement.krippendorff import alpha_of

FOUR_RATERS = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""  # Krippendorff (2011): rater by rater, twelve units
FLEISS = np.array(
    [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1]]
    + [[7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]
)  # the usual worked example of Fleiss' kappa: ten units, fourteen raters, five classes


@pytest.fixture
def ratings() -> np.ndarray:
    rows = [[int(mark) - 1 if mark != "." else -1 for mark in line.split()] for line in FOUR_RATERS.split("\n") if line]
    return np.array(rows).T


def raters_of(counts: np.ndarray) -> np.ndarray:
    return np.array([np.repeat(np.arange(counts.shape[1]), row) for row in counts])


@pytest.mark.parametrize(
    ("coefficient", "expected"), [("fleiss", 0.761), ("ac1", 0.775), ("conger", 0.762), ("brennan_prediger", 0.773)]
)
def test_four_raters_with_gaps(ratings, coefficient, expected):
    assert kappas.COEFFICIENTS[coefficient](ratings, 5) == pytest.approx(expected, abs=5e-4)


def test_alpha_on_every_scale(ratings):
    counts = kappas.counts_of(ratings, 5)
    paired = counts[counts.sum(axis=1) >= 2].sum(axis=0)
    numbers = [1, 2, 3, 4, 5]
    found = {
        "nominal": alpha_of(counts, scales.nominal(5)),
        "ordinal": alpha_of(counts, scales.ordinal(paired)),
        "interval": alpha_of(counts, scales.interval(numbers)),
        "ratio": alpha_of(counts, scales.ratio(numbers)),
    }
    expected = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}
    assert found == pytest.approx(expected, abs=5e-4)


def test_the_worked_example_of_fleiss():
    ratings = raters_of(FLEISS)
    assert kappas.fleiss(ratings, 5) == pytest.approx(0.210, abs=5e-4)
    assert kappas.ac1(ratings, 5) == pytest.approx(0.2256, abs=5e-4)
    assert alpha_of(FLEISS, scales.nominal(5)) == pytest.approx(0.2156, abs=5e-4)


def test_cohens_kappa_by_hand_and_weighted():
    one, other = np.array([0, 0, 1, 1, 2, -1]), np.array([0, 1, 1, 1, 0, 2])
    # 3 of 5 agree; chance: (2*2 + 2*3 + 1*0) / 25 = .4
    assert kappas.cohen(one, other, 3) == pytest.approx((0.6 - 0.4) / 0.6)
    weighted = kappas.cohen(one, other, 3, scales.interval([0, 1, 2]))
    # squared differences: 1 on average; by chance .24 + .16 + .32 + .12
    assert weighted == pytest.approx(1 - 1 / 0.84)
    assert kappas.conger(np.stack([one[:5], other[:5]], axis=1), 3) == pytest.approx((0.6 - 0.4) / 0.6)


def test_where_nothing_can_be_said_there_is_no_figure():
    lonely = np.array([[0, -1], [1, -1]])
    assert [coefficient(lonely, 2) for coefficient in kappas.COEFFICIENTS.values()] == [None] * 4
    assert kappas.cohen(lonely[:, 0], lonely[:, 1], 2) is None
    assert kappas.fleiss(np.zeros((3, 2), dtype=int), 1) is None
    with pytest.raises(ValueError, match="no negative"):
        scales.ratio([-1, 2])


def test_the_interval_holds_the_figure_and_narrows_with_more_units():
    random = np.random.default_rng(1)
    truth = random.integers(2, size=400)
    noisy = np.where(random.random((400, 3)) < 0.85, truth[:, None], 1 - truth[:, None])
    figure = lambda units: kappas.fleiss(units, 2)  # noqa: E731
    few, many = interval(noisy[:40], figure, draws=200), interval(noisy, figure, draws=200)
    assert few is not None and many is not None
    assert many[0] < kappas.fleiss(noisy, 2) < many[1]
    assert many[1] - many[0] < few[1] - few[0]
    assert interval(noisy[:1], figure) is None
