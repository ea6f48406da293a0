from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import registry
from tests.labeling.types.answering import cleaned, refused, refused_config

conversation = registry.get("conversation")
RAW = {
    "question": "Rate.",
    "message_criteria": [{"name": "true", "scale": {"min": 1, "max": 3}, "justification": {}}],
    "turn_criteria": [{"name": "flow", "required": False}],
    "overall_criteria": [{"name": "goal", "options": [{"value": "no"}, {"value": "yes"}]}],
}
CONFIG = conversation.clean_config(RAW)
ROLES = ("system", "user", "assistant", "user", "assistant")
ITEM = {"messages": [{"role": role, "content": "x"} for role in ROLES]}
ANSWER = {
    "messages": {"2": {"true": 1}, "4": {"true": 3}},
    "turns": {"1": {"flow": 2}},
    "overall": {"goal": "yes"},
    "justifications": {"messages.4.true": "checked"},
}


@given(st.integers(1, 3), st.integers(1, 3), st.none() | st.integers(1, 5), st.sampled_from(["no", "yes"]))
def test_any_answer_of_the_widget_is_taken_as_it_is(first: int, second: int, flow: int | None, goal: str) -> None:
    answer = {
        "messages": {"2": {"true": first}, "4": {"true": second}},
        "turns": {} if flow is None else {"0": {"flow": flow}},
        "overall": {"goal": goal},
        "justifications": {},
    }
    assert cleaned("conversation", RAW, ITEM, answer) == answer


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"messages": {"2": {"true": 1}}}, ["messages.4.true"]),
        ({"messages": {"2": {"true": 1}, "4": {"true": 4}}}, ["messages.4.true"]),
        ({"messages": {**ANSWER["messages"], "1": {"true": 1}}}, ["messages.1"]),
        ({"turns": {"2": {"flow": 1}}}, ["turns.2"]),
        ({"overall": {}}, ["overall.goal"]),
        ({"justifications": {"messages.3.true": "x"}}, ["justifications.messages.3.true"]),
        ({"justifications": {"overall.goal": "x"}}, ["justifications.overall.goal"]),
        ({"messages": []}, ["messages", "messages.2.true", "messages.4.true"]),
    ],
)
def test_every_wrong_field_is_named(changes: dict[str, Any], paths: list[str]) -> None:
    found = refused("conversation", RAW, ITEM, ANSWER | changes)
    assert found == paths


def test_the_distance_is_the_mean_over_all_that_was_rated() -> None:
    other = ANSWER | {"messages": {"2": {"true": 3}, "4": {"true": 3}}, "turns": {}}
    assert conversation.distance(ANSWER, other, CONFIG) == pytest.approx((1 + 0 + 1 + 0) / 4)
    assert conversation.distance(other, ANSWER, CONFIG) == conversation.distance(ANSWER, other, CONFIG)


def test_a_schema_must_ask_something() -> None:
    assert refused_config("conversation", {"question": "?"}) == {"message_criteria"}


def test_a_conversation_without_any_message_to_rate_is_refused() -> None:
    config = conversation.clean_config({"question": "?", "message_criteria": [{"name": "a"}]})
    assert conversation.item_problems({"messages": [{"role": "user", "content": "x"}]}, config)
    assert conversation.item_problems({"messages": [{"role": "user"}]}, config)[0].path == "messages[0].content"
    assert conversation.item_problems(ITEM, config) == []


def test_parts_that_differ_from_item_to_item_are_exported_as_one_text() -> None:
    row = conversation.export_row(ANSWER, CONFIG)
    assert row["overall.goal"] == "yes"
    assert row["messages"] == '{"2": {"true": 1}, "4": {"true": 3}}'
