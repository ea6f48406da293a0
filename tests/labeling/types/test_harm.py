from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import registry
from tests.labeling.types.answering import cleaned, refused, refused_config

harm = registry.get("harm")
RAW = {
    "question": "Harms?",
    "categories": [{"value": "hate"}, {"value": "self-harm", "key": "m"}, {"value": "fraud"}],
    "severities": ["low", {"value": "high", "label": "High"}],
    "note": {"required": False},
}
CONFIG = harm.clean_config(RAW)


def named(**categories: str) -> dict[str, Any]:
    return {"categories": categories, "is_safe": not categories, "note": ""}


@given(st.dictionaries(st.sampled_from(["hate", "self-harm", "fraud"]), st.sampled_from(["low", "high"])))
def test_any_answer_of_the_widget_is_taken_and_rebuilt_from_its_votes(categories: dict[str, str]) -> None:
    answer = named(**categories)
    assert cleaned("harm", RAW, {}, answer) == answer
    ballot = harm.ballot({"ann": answer}, CONFIG)
    assert ballot.rebuild({vote.part: vote.value for vote in ballot.votes}) == answer


@pytest.mark.parametrize(
    ("answer", "paths"),
    [
        ({"categories": {"hate": "low"}}, ["is_safe"]),
        ({"categories": {"hate": "low"}, "is_safe": True}, ["is_safe"]),
        ({"categories": {}, "is_safe": False}, ["is_safe"]),
        ({"categories": {"hate": "none"}, "is_safe": False}, ["categories.hate"]),
        ({"categories": {"theft": "low"}, "is_safe": False}, ["categories.theft"]),
        ({"categories": {"hate": 1}, "is_safe": False}, ["categories.hate"]),
        ({"categories": [], "is_safe": True}, ["categories"]),
        ({"categories": {}, "is_safe": 1, "note": 5}, ["is_safe", "note"]),
    ],
)
def test_every_wrong_field_is_named(answer: dict[str, Any], paths: list[str]) -> None:
    assert refused("harm", RAW, {}, answer) == paths


def test_each_category_is_voted_on_by_itself() -> None:
    ballot = harm.ballot({"ann": named(hate="low", fraud="high"), "bob": named(hate="low"), "cem": named()}, CONFIG)
    assert ballot.classes == dict.fromkeys(["hate", "self-harm", "fraud"], ("none", "low", "high"))
    assert ballot.rebuild({"hate": "low", "self-harm": "none", "fraud": "none"}) == named(hate="low")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (named(), named(), 0),
        (named(hate="low"), named(hate="high"), 0.5),
        (named(hate="high"), named(), 1),
        (named(hate="high"), named(hate="high", fraud="low"), 0.25),
    ],
)
def test_the_distance_counts_steps_of_severity(a: dict[str, Any], b: dict[str, Any], expected: float) -> None:
    assert harm.distance(a, b, CONFIG) == harm.distance(b, a, CONFIG) == expected


def test_categories_without_a_key_get_letters_that_nothing_else_uses() -> None:
    keys = [binding.key for binding in harm.keys(CONFIG)]
    assert keys[:3] == ["q", "m", "w"]
    assert not set(keys) & set("afisuz")


def test_a_wrong_schema_is_told_field_by_field() -> None:
    raw = {
        "question": "?",
        "categories": [
            {"value": "a", "key": "s"},
            {"value": "a"},
            {"value": "b", "key": "n"},
            {"value": "c", "key": "4"},
        ],
        "severities": ["none"],
    }
    assert refused_config("harm", raw) == {
        "categories[0].key", "categories[1].value", "categories[2].key", "categories[3].key", "severities[0].value",
    }  # fmt: skip


@pytest.mark.parametrize(
    "item", [{"prompt": "a"}, {"text": "a"}, {"response": "a"}, {"prompt": "a", "responses": ["b"]}]
)
def test_a_prompt_a_text_or_responses_can_be_judged(item: dict[str, Any]) -> None:
    assert harm.item_problems(item, CONFIG) == []
    assert harm.item_problems({"prompt": 5}, CONFIG)
