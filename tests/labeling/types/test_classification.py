from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry

choice, multichoice = registry.get("choice"), registry.get("multichoice")
COLOURS = {"question": "Which?", "options": [{"value": "red"}, {"value": "green"}, {"value": "blue"}]}
ONE = choice.clean_config(COLOURS)
MANY = multichoice.clean_config({**COLOURS, "min": 1, "max": 2})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["red", "green", "option"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("options"), inner, max_size=3),
    max_leaves=8,
)


def paths(error: InvalidAnswer | InvalidConfig) -> list[str]:
    return [problem.path for problem in error.problems]


@given(json_values)
def test_any_json_is_either_refused_or_cleaned_for_good(raw: Any) -> None:
    for task_type, config in ((choice, ONE), (multichoice, MANY)):
        try:
            clean = task_type.clean_answer(raw, config=config, item={})
        except InvalidAnswer as refused:
            assert refused.problems
        else:
            assert task_type.clean_answer(clean, config=config, item={}) == clean


@given(st.lists(st.sampled_from(["red", "green", "blue"]), unique=True, min_size=1, max_size=2))
def test_options_come_back_in_schema_order(chosen: list[str]) -> None:
    clean = multichoice.clean_answer({"options": chosen}, config=MANY, item={})["options"]
    assert clean == sorted(chosen, key=["red", "green", "blue"].index)


def test_a_label_outside_the_schema_is_named() -> None:
    with pytest.raises(InvalidAnswer, match="option: 'pink' is not an option"):
        choice.clean_answer({"option": "pink"}, config=ONE, item={})
    with pytest.raises(InvalidAnswer) as refused:
        multichoice.clean_answer({"options": ["red", "pink"]}, config=MANY, item={})
    assert paths(refused.value) == ["options[1]"]


@pytest.mark.parametrize("chosen", [[], ["red", "green", "blue"], ["red", "red"]])
def test_too_few_too_many_and_twice_are_refused(chosen: list[str]) -> None:
    with pytest.raises(InvalidAnswer):
        multichoice.clean_answer({"options": chosen}, config=MANY, item={})


def test_every_wrong_field_of_a_config_is_told_at_once() -> None:
    raw = {"question": "", "options": [{"value": "a", "key": "s"}, {"value": "a", "label": 3}, {"colour": 1}, 5]}
    with pytest.raises(InvalidConfig) as refused:
        choice.clean_config(raw)
    expected = {"question", "options[0].key", "options[1].value", "options[1].label", "options[2].colour"}
    assert expected | {"options[2].value", "options[3]"} <= set(paths(refused.value))


def test_options_without_a_key_get_the_next_free_digit() -> None:
    options = [{"value": "a"}, {"value": "b", "key": "1"}, *({"value": str(n)} for n in range(30))]
    config = choice.clean_config({"question": "?", "options": options})
    keys = [option["key"] for option in config["options"]]
    assert keys[:4] == ["2", "1", "3", "4"]
    assert keys[10:13] == ["Shift+1", "Shift+2", "Shift+3"]
    assert keys[-1] == ""


@pytest.mark.parametrize("count", [0, 1, 201])
def test_a_question_has_2_to_200_options(count: int) -> None:
    with pytest.raises(InvalidConfig, match="must be 2 to 200"):
        choice.clean_config({"question": "?", "options": [{"value": str(n)} for n in range(count)]})


def test_a_value_that_a_database_cannot_store_is_refused() -> None:
    for value in ("a\x00b", "\ud800"):
        with pytest.raises(InvalidConfig):
            choice.clean_config({"question": "?", "options": [{"value": value}, {"value": "b"}]})


def test_multichoice_distance_is_jaccards() -> None:
    assert multichoice.distance({"options": ["red"]}, {"options": ["red", "blue"]}, MANY) == 0.5
    assert multichoice.distance({"options": []}, {"options": []}, MANY) == 0
    assert multichoice.distance({"options": []}, {"options": ["red"]}, MANY) == 1
