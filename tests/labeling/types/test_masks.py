"""Masks as run lengths: what they say about the picture, which are refused, and how far two are apart."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labeling.aggregation.settling import Case
from labeling.errors import InvalidAnswer
from labeling.types import registry, rle
from labeling.types.geometry import likeness, outline
from tests.labeling.types.painting import Bits

WIDTH, HEIGHT = 12, 8
KIND = registry.get("masks")
CONFIG = KIND.clean_config({"question": "Paint.", "labels": [{"value": "road", "min_width": 3}, {"value": "car"}]})
ITEM = {"image": {"width": WIDTH, "height": HEIGHT}}
bits = arrays(bool, (HEIGHT, WIDTH)).filter(lambda each: bool(each.any()))


def mask(drawn: Bits, label: str = "car") -> dict[str, Any]:
    return {"type": "mask", "label": label, "size": [HEIGHT, WIDTH], "counts": rle.encode(drawn), "attributes": {}}


def clean(*shapes: Any) -> dict[str, Any]:
    return KIND.clean_answer({"annotations": list(shapes)}, config=CONFIG, item=ITEM)


@given(bits)
def test_a_mask_is_kept_as_it_is_and_its_bounds_need_no_pixels(drawn: Bits) -> None:
    shape = mask(drawn)
    assert clean(shape)["annotations"] == [{"uuid": "1", **shape}]
    assert (rle.decode(shape["size"], shape["counts"]) == drawn).all()
    rows, columns = np.nonzero(drawn)
    assert outline(shape).tolist() == [[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]]


@given(bits, st.data())
def test_a_part_is_read_and_written_without_the_rest(drawn: Bits, data: st.DataObject) -> None:
    left = data.draw(st.integers(0, WIDTH - 1))
    right = data.draw(st.integers(left + 1, WIDTH))
    part = rle.decode_part([HEIGHT, WIDTH], rle.encode(drawn), left, right)
    assert (part == drawn[:, left:right]).all()
    alone = np.zeros_like(drawn)
    alone[:, left:right] = part
    if part.any():
        assert rle.encode_part([HEIGHT, WIDTH], part, left) == rle.encode(alone)


def test_three_masks_make_the_one_that_most_agree_on() -> None:
    drawn = [np.zeros((HEIGHT, WIDTH), dtype=bool) for _ in range(3)]
    for left, each in zip((2, 3, 4), drawn, strict=True):
        each[1:6, left : left + 6] = True
    cases = [Case({who: clean(mask(each)) for who, each in zip("abc", drawn, strict=True)}, ITEM)]
    [found] = KIND.aggregate(cases, CONFIG)
    assert found.answer
    assert found.answer["annotations"] == clean(mask(drawn[1]))["annotations"]


@given(bits, bits)
def test_two_masks_are_alike_by_the_share_of_pixels_they_have_in_common(one: Bits, other: Bits) -> None:
    share = (one & other).sum() / (one | other).sum()
    assert likeness(mask(one), mask(other), 0) == pytest.approx(share)
    assert KIND.distance(clean(mask(one)), clean(mask(other)), CONFIG) == pytest.approx(1 - share)


ALL = WIDTH * HEIGHT
DOT = {"type": "mask", "label": "car", "size": [HEIGHT, WIDTH], "counts": [0, 1, ALL - 1]}


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"size": [WIDTH, HEIGHT]}, "size", "height and width"),
        ({"size": None}, "size", "height and width"),
        ({"counts": [0, 1]}, "counts", "cover 1 pixels; the image has 96"),
        ({"counts": [0, 1, ALL]}, "counts", "cover 97 pixels"),
        ({"counts": [1, 0, ALL - 1]}, "counts", "only the first run may be 0"),
        ({"counts": [-1, ALL + 1]}, "counts", "not negative"),
        ({"counts": [0.5, ALL - 0.5]}, "counts", "whole numbers"),
        ({"counts": [True, ALL - 1]}, "counts", "whole numbers"),
        ({"counts": "0 1 95"}, "counts", "must be a list"),
        ({"counts": []}, "counts", "must be a list"),
        ({"counts": [ALL]}, "counts", "marks no pixel"),
        ({"label": "road"}, "width", "is 1; at least 3"),
        ({"left": 1}, "left", "unknown field"),
    ],
)  # fmt: skip
def test_broken_runs_are_refused_by_their_path_with_the_reason(change: dict[str, Any], path: str, reason: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        clean(DOT | change)
    [problem] = refused.value.problems
    assert problem.path == f"annotations[0].{path}"
    assert reason in problem.message
