from __future__ import annotations

import numpy as np
import pytest

from labeling.quality.confidence import Curve, curve_of


def test_a_method_that_is_too_sure_is_brought_down_to_how_often_it_is_right():
    right = [True] * 70 + [False] * 30
    curve = curve_of([0.99] * 100, right)
    assert curve.at(0.99) == pytest.approx(0.7, abs=0.05)
    assert curve.at(0.6) < curve.at(0.9) < curve.at(0.99) < 1


def test_an_honest_method_is_left_as_it_is():
    random = np.random.default_rng(1)
    confidence = random.uniform(0.5, 1, 2000)
    curve = curve_of(confidence.tolist(), (random.random(2000) < confidence).tolist())
    assert [curve.at(share) for share in (0.6, 0.8, 0.95)] == pytest.approx([0.6, 0.8, 0.95], abs=0.03)


def test_a_surer_item_stays_the_surer_one_even_where_confidence_tells_nothing():
    curve = curve_of([0.9, 0.6] * 20, [False, True] * 20)
    assert curve.at(0.6) < curve.at(0.9)


def test_few_items_tell_nothing_and_unequal_lists_are_an_error():
    assert curve_of([0.9] * 19, [False] * 19) == Curve()
    assert Curve().at(1.0) == 1.0
    with pytest.raises(ValueError, match="2 items have a confidence and 1 are judged"):
        curve_of([0.5, 0.5], [True])
