"""Attributes of spans, of drawn objects and of a whole picture: one rule for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labeling.errors import InvalidAnswer
from labeling.types import registry
from labeling.types.attributes import applies, clean_attributes, option_values, read_attributes
from tests.labeling.types.answering import refused_config

STATE = {"name": "state", "type": "select", "options": ["whole", "broken"], "required": True}
DAMAGE = {"name": "damage", "type": "text", "required": True, "condition": {"attribute": "state", "is": "broken"}}
PARTS = {"name": "parts", "type": "multiselect", "choices": [{"value": "door", "label": "A door"}, "roof"]}
LOCKED = {"name": "locked", "type": "boolean", "condition": {"attribute": "parts", "is": "door"}}
ATTRIBUTES = [STATE, DAMAGE, PARTS, LOCKED, {"name": "seats", "type": "number"}]
NIGHT = {"name": "night", "type": "boolean", "required": True}
Given = dict[str, Any]


def of_a_box(attributes: Given) -> Given:
    kind = registry.get("boxes")
    config = kind.clean_config({"question": "?", "labels": [{"value": "car", "attributes": ATTRIBUTES}]})
    box = {"type": "box", "label": "car", "left": 1, "top": 1, "width": 5, "height": 5, "attributes": attributes}
    item = {"image": {"width": 9, "height": 9}}
    answer = {"annotations": [box], "global_attributes": {}}
    return kind.clean_answer(answer, config=config, item=item)["annotations"][0]["attributes"]


def of_a_span(attributes: Given) -> Given:
    kind = registry.get("spans")
    config = kind.clean_config({"question": "?", "labels": [{"value": "car", "attributes": ATTRIBUTES}]})
    answer = {"annotations": [{"label": "car", "start": 0, "end": 3, "attributes": attributes}]}
    return kind.clean_answer(answer, config=config, item={"text": "A car"})["annotations"][0]["attributes"]


either = pytest.mark.parametrize("of", [of_a_box, of_a_span])


@either
@pytest.mark.parametrize(
    ("attributes", "paths"),
    [
        ({}, ["state"]),
        ({"state": "broken"}, ["damage"]),
        ({"state": "whole", "damage": "dent"}, ["damage"]),
        ({"state": "lost", "damage": "dent"}, ["state"]),
        ({"state": ["whole"]}, ["state"]),
        ({"state": "whole", "parts": "door"}, ["parts"]),
        ({"state": "whole", "parts": ["roof", "wing"]}, ["parts[1]"]),
        ({"state": "whole", "parts": ["roof", "roof"]}, ["parts"]),
        ({"state": "whole", "locked": True}, ["locked"]),
        ({"state": "whole", "parts": ["door"], "locked": 1}, ["locked"]),
        ({"state": "whole", "seats": True}, ["seats"]),
        ({"state": "whole", "seats": float("nan")}, ["seats"]),
        ({"state": "whole", "seats": 10**400}, ["seats"]),
        ({"state": "whole", "colour": "red"}, ["colour"]),
        ({"state": "broken", "damage": "\ud800"}, ["damage"]),
        ({"state": "broken", "damage": "x" * 5001}, ["damage"]),
    ],
)
def test_a_wrong_attribute_is_refused_by_its_path(
    of: Callable[[Given], Given], attributes: Given, paths: list[str]
) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        of(attributes)
    found = [problem.path for problem in refused.value.problems]
    assert found == [f"annotations[0].attributes.{path}" for path in paths]


@either
def test_every_kind_is_kept_in_the_order_of_the_schema_and_what_is_empty_is_left_out(
    of: Callable[[Given], Given],
) -> None:
    kept = of({"seats": 4.0, "locked": False, "parts": ["roof", "door"], "damage": "dent", "state": "broken"})
    assert kept == {"state": "broken", "damage": "dent", "parts": ["door", "roof"], "locked": False, "seats": 4}
    assert list(kept) == ["state", "damage", "parts", "locked", "seats"]
    assert isinstance(kept["seats"], int)
    assert of({"state": "whole", "damage": "", "parts": [], "locked": None}) == {"state": "whole"}


@pytest.mark.parametrize(("whole", "paths"), [({"night": False}, []), ({}, ["global_attributes.night"])])
def test_a_whole_picture_has_attributes_too_and_false_is_an_answer(whole: Given, paths: list[str]) -> None:
    kind = registry.get("boxes")
    config = kind.clean_config({"question": "?", "labels": [{"value": "car"}], "attributes": [NIGHT]})
    answer = {"annotations": [], "global_attributes": whole}
    try:
        assert kind.clean_answer(answer, config=config, item={"image": {"width": 9, "height": 9}}) == answer
        found = []
    except InvalidAnswer as refused:
        found = [problem.path for problem in refused.problems]
    assert found == paths


@pytest.mark.parametrize("type_name", ["boxes", "spans"])
def test_options_and_choices_are_one_thing_with_one_clean_form(type_name: str) -> None:
    kind = registry.get(type_name)
    ways: list[list[Any]] = [["a", "b"], [{"value": "a"}, {"value": "b", "label": "b"}]]
    cleaned = [
        kind.clean_config({"question": "?", "labels": [{"value": "car", "attributes": [{"name": "n", field: way}]}]})
        for field in ("options", "choices")
        for way in ways
    ]
    assert all(each == cleaned[0] == kind.clean_config(each) for each in cleaned)
    assert cleaned[0]["labels"][0]["attributes"] == [
        {"name": "n", "label": "n", "type": "select", "required": False, "condition": None,
         "options": [{"value": "a", "label": "a"}, {"value": "b", "label": "b"}]}
    ]  # fmt: skip


@pytest.mark.parametrize("type_name", ["boxes", "spans"])
@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        ({"name": "n", "type": "select"}, ".options"),
        ({"name": "n", "type": "multiselect", "choices": []}, ".choices"),
        ({"name": "n", "type": "text", "choices": ["a"]}, ".choices"),
        ({"name": "n", "options": ["a"], "choices": ["a"]}, ".options"),
        ({"name": "n", "options": ["a", "a"]}, ".options[1].value"),
        ({"name": "n", "options": ["a", {"value": "b", "hint": "x"}]}, ".options[1].hint"),
        ({"name": "n", "type": "date"}, ".type"),
        ({"name": "n", "type": "text", "required": 1}, ".required"),
        ({"name": "state", "type": "text"}, ".name"),
        ({"name": "n", "type": "text", "condition": {"attribute": "n", "is": "x"}}, ".condition.attribute"),
        ({"name": "n", "type": "text", "condition": {"attribute": "state", "is": "lost"}}, ".condition.is"),
        ({"name": "n", "type": "text", "condition": {"attribute": "state"}}, ".condition.is"),
        ({"name": "n", "type": "text", "condition": "state"}, ".condition"),
    ],
)
def test_a_wrong_attribute_of_a_schema_is_refused_by_its_path(type_name: str, attribute: Given, path: str) -> None:
    labels = [{"value": "car", "attributes": [STATE, attribute]}]
    assert refused_config(type_name, {"question": "?", "labels": labels}) == {f"labels[0].attributes[1]{path}"}


def test_schemas_stored_before_spans_and_shapes_had_one_form_still_read_their_answers() -> None:
    of_spans = {
        "name": "a",
        "label": "a",
        "type": "select",
        "options": [{"value": "x", "label": "X"}],
        "required": True,
    }
    of_shapes = {
        "name": "b", "label": "b", "type": "multiselect", "choices": ["x", "y"], "required": False,
        "condition": {"attribute": "a", "is": "x"},
    }  # fmt: skip
    problems: list[Any] = []
    given = {"a": "x", "b": ["y", "x"]}
    assert read_attributes(given, [of_spans, of_shapes], problems, "") == {"a": "x", "b": ["x", "y"]}
    assert problems == []
    assert applies(of_spans, {})
    assert [option_values(each) for each in clean_attributes([of_spans, of_shapes], problems, "")] == [
        ["x"],
        ["x", "y"],
    ]
    assert problems == []
