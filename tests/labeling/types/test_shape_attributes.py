"""Required attributes of drawn objects, of the picture, and those that only a condition asks for."""

from typing import Any

import pytest

from labeling.errors import InvalidAnswer
from labeling.types import registry

STATE = {"name": "state", "type": "select", "choices": ["whole", "broken"], "required": True}
DAMAGE = {"name": "damage", "type": "text", "required": True, "condition": {"attribute": "state", "is": "broken"}}
CONFIG = {
    "question": "Where?",
    "labels": [{"value": "car", "attributes": [STATE, DAMAGE]}],
    "attributes": [{"name": "night", "type": "boolean", "required": True}],
}


def answer(attributes: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    box = {"type": "box", "label": "car", "left": 1, "top": 1, "width": 5, "height": 5, "attributes": attributes}
    return {"annotations": [box], "global_attributes": whole}


def cleaned(raw: dict[str, Any]) -> dict[str, Any]:
    kind = registry.get("boxes")
    return kind.clean_answer(raw, config=kind.clean_config(CONFIG), item={"image": {"width": 9, "height": 9}})


@pytest.mark.parametrize(
    ("attributes", "whole", "path"),
    [
        ({}, {"night": False}, "annotations[0].attributes.state"),
        ({"state": "broken"}, {"night": False}, "annotations[0].attributes.damage"),
        ({"state": "whole", "damage": "dent"}, {"night": False}, "annotations[0].attributes.damage"),
        ({"state": "whole"}, {}, "global_attributes.night"),
    ],
)
def test_a_required_attribute_left_out_is_refused_by_its_path(
    attributes: dict[str, Any], whole: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        cleaned(answer(attributes, whole))
    assert [problem.path for problem in refused.value.problems] == [path]


def test_a_false_value_is_an_answer_and_what_is_not_asked_is_not_required() -> None:
    kept = cleaned(answer({"state": "whole"}, {"night": False}))
    assert kept["annotations"][0]["attributes"] == {"state": "whole"}
    assert kept["global_attributes"] == {"night": False}
