"""Drawn shapes: what is refused, by which path, and how far two drawings are apart."""

from typing import Any

import pytest

from labeling.errors import InvalidAnswer
from labeling.types import registry

KIND = registry.get("image_annotation")
CONFIG = KIND.clean_config({"question": "Draw.", "labels": [{"value": "car", "min_width": 5}]})
ITEM = {"image": {"width": 100, "height": 50}}
BOX = {"type": "box", "label": "car", "left": 10, "top": 10, "width": 20, "height": 20}


def paths(*shapes: Any) -> list[str]:
    with pytest.raises(InvalidAnswer) as refused:
        KIND.clean_answer({"annotations": list(shapes)}, config=CONFIG, item=ITEM)
    return [problem.path for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"left": 90}, "width"), ({"left": -1}, "left"), ({"top": 1.5}, "top"), ({"width": 0}, "width"),
        ({"height": -3}, "height"), ({"left": float("nan")}, "left"), ({"left": float("inf")}, "left"),
        ({"label": "cow"}, "label"), ({"width": 4}, "width"), ({"rotation": 1}, "rotation"), ({"x": 1}, "x"),
        ({"attributes": {"color": "red"}}, "attributes.color"), ({"type": "blob"}, "type"), ({"left": True}, "left"),
    ],
)  # fmt: skip
def test_a_wrong_box_is_refused_by_its_path(change: dict[str, Any], path: str) -> None:
    assert paths(BOX | change) == [f"annotations[0].{path}"]


def test_a_polygon_of_two_points_and_a_repeated_id_are_refused() -> None:
    two = {"type": "polygon", "label": "car", "vertices": [{"x": 1, "y": 1}, {"x": 20, "y": 9}]}
    assert paths(two) == ["annotations[0].vertices"]
    assert paths(BOX | {"uuid": "a"}, BOX | {"uuid": "a"}) == ["annotations[1].uuid"]


def test_ids_do_not_matter_and_half_a_box_is_half_as_near() -> None:
    one, other, half = (
        KIND.clean_answer({"annotations": [box]}, config=CONFIG, item=ITEM)
        for box in (BOX | {"uuid": "a"}, BOX | {"uuid": "b"}, BOX | {"width": 10})
    )
    assert one == other
    assert KIND.distance(one, half, CONFIG) == pytest.approx(0.5)
