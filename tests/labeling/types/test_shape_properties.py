"""Any valid drawing is kept as it is; one wrong field in it is refused by its path."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer
from labeling.types import registry

WIDTH, HEIGHT = 120, 80
ITEM = {"image": {"width": WIDTH, "height": HEIGHT}}
KIND = registry.get("image_annotation")
SKELETON = {"points": ["head", "hip"], "edges": [["head", "hip"]]}
ATTRIBUTES = [
    {"name": "state", "type": "select", "choices": ["whole", "broken"], "required": True},
    {"name": "parts", "type": "multiselect", "choices": ["door", "roof"]},
]
CONFIG = KIND.clean_config(
    {"question": "Draw.", "labels": [{"value": "car", "skeleton": SKELETON, "attributes": ATTRIBUTES}]}
)

POINTS = st.fixed_dictionaries({"x": st.integers(0, WIDTH), "y": st.integers(0, HEIGHT)})
VALUES = st.fixed_dictionaries(
    {"state": st.sampled_from(["whole", "broken"])},
    optional={"parts": st.sampled_from([["door"], ["roof"], ["door", "roof"]])},
)


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["box", "polygon", "line", "point", "keypoints", "ellipse"]))
    left, top = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    radii = {"radius_x": draw(st.integers(1, WIDTH)), "radius_y": draw(st.integers(1, HEIGHT))}
    size = {"width": draw(st.integers(1, WIDTH - left)), "height": draw(st.integers(1, HEIGHT - top))}
    fewest = 3 if kind == "polygon" else 2
    vertices = draw(st.lists(POINTS, min_size=fewest, max_size=8, unique_by=lambda each: (each["x"], each["y"])))
    names = draw(st.sampled_from([["head"], ["hip"], ["head", "hip"]]))
    body: dict[str, Any] = {
        "box": {"left": left, "top": top, **size},
        "polygon": {"vertices": vertices},
        "line": {"vertices": vertices},
        "point": {"x": left, "y": top},
        "ellipse": {"center": {"x": left, "y": top}, **radii},
        "keypoints": {"keypoints": [{"name": each, **draw(POINTS), "visible": draw(st.booleans())} for each in names]},
    }[kind]
    return {"type": kind, "label": "car", **body, "attributes": draw(VALUES)}


def clean(annotations: list[dict[str, Any]]) -> dict[str, Any]:
    return KIND.clean_answer({"annotations": annotations}, config=CONFIG, item=ITEM)


@given(st.lists(shapes(), max_size=5))
def test_a_valid_drawing_survives_cleaning_json_and_export(drawn: list[dict[str, Any]]) -> None:
    once = clean(drawn)
    assert once["annotations"] == [{"uuid": str(n), **shape} for n, shape in enumerate(drawn, 1)]
    assert KIND.clean_answer(json.loads(json.dumps(once)), config=CONFIG, item=ITEM) == once
    row = KIND.export_row(once, CONFIG)
    assert row["objects"] == len(drawn)
    assert json.loads(str(row["annotations"])) == once["annotations"]
    assert KIND.distance(once, once, CONFIG) == pytest.approx(0)


WRONG = {
    "box": [({"width": -1}, "width"), ({"left": WIDTH + 1}, "left"), ({"height": HEIGHT + 1}, "height")],
    "polygon": [({"vertices": [{"x": 1, "y": 1}, {"x": 2, "y": 2}]}, "vertices")],
    "line": [({"vertices": [{"x": 1, "y": 1}]}, "vertices")],
    "point": [({"x": -1}, "x"), ({"y": HEIGHT + 1}, "y")],
    "ellipse": [({"radius_x": 0}, "radius_x"), ({"center": {"x": 1, "y": -1}}, "center.y")],
    "keypoints": [({"keypoints": [{"name": "tail", "x": 1, "y": 1}]}, "keypoints[0].name")],
}
EVERYWHERE = [
    ({"label": "cow"}, "label"),
    ({"attributes": {"state": "whole", "size": 1}}, "attributes.size"),
    ({"attributes": {"parts": ["door"]}}, "attributes.state"),
    ({"colour": "red"}, "colour"),
]


@given(st.lists(shapes(), min_size=1, max_size=4), st.data())
def test_one_wrong_field_is_refused_by_its_path(drawn: list[dict[str, Any]], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(drawn) - 1))
    change, field = data.draw(st.sampled_from(WRONG[drawn[n]["type"]] + EVERYWHERE))
    with pytest.raises(InvalidAnswer) as refused:
        clean([shape | change if place == n else shape for place, shape in enumerate(drawn)])
    assert f"annotations[{n}].{field}" in [problem.path for problem in refused.value.problems]
    assert all(problem.path.startswith(f"annotations[{n}]") for problem in refused.value.problems)
