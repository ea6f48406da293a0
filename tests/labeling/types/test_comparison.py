from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import registry
from tests.labeling.types.answering import cleaned, refused, refused_config

comparison = registry.get("comparison")
RAW = {
    "question": "Which?",
    "scale": 5,
    "both_bad": True,
    "criteria": [{"name": "truth"}, {"name": "style"}],
    "justification": {"required": True, "min_chars": 3},
}
CONFIG = comparison.clean_config(RAW)
ITEM = {"prompt": "Hi", "responses": ["a", "b"]}

preference = st.one_of(
    st.tuples(st.sampled_from("ab"), st.integers(1, 2)), st.tuples(st.sampled_from(["tie", "both_bad"]), st.just(0))
).map(lambda pair: {"preference": pair[0], "strength": pair[1]})
answers = st.builds(
    lambda overall, truth, style, why, order: {
        **overall, "criteria": {"truth": truth, "style": style}, "justification": why, "order": order,
    },
    preference, preference, preference, st.sampled_from(["because", "it is so"]), st.sampled_from([[0, 1], [1, 0]]),
)  # fmt: skip


def answer(overall: str, strength: int, **changes: Any) -> dict[str, Any]:
    same = {"preference": "tie", "strength": 0}
    base = {"preference": overall, "strength": strength, "criteria": {"truth": same, "style": same}}
    return base | {"justification": "because", "order": [0, 1]} | changes


@given(answers)
def test_any_answer_of_the_widget_is_taken_as_it_is(given_answer: dict[str, Any]) -> None:
    assert cleaned("comparison", RAW, ITEM, given_answer) == given_answer
    assert all(
        value is None or isinstance(value, str | int) for value in comparison.export_row(given_answer, CONFIG).values()
    )


@given(answers, answers)
def test_the_distance_is_symmetric_and_at_most_one(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert 0 <= comparison.distance(a, b, CONFIG) == comparison.distance(b, a, CONFIG) <= 1


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"preference": "c"}, ["preference"]),
        ({"preference": "tie", "strength": 1}, ["strength"]),
        ({"strength": 3}, ["strength"]),
        ({"strength": True}, ["strength"]),
        ({"order": [0, 0]}, ["order"]),
        ({"order": [False, True]}, ["order"]),
        ({"order": None}, ["order"]),
        ({"justification": "no"}, ["justification"]),
        ({"justification": ""}, ["justification"]),
        ({"criteria": {"truth": {"preference": "a", "strength": 1}}}, ["criteria.style"]),
        ({"criteria": {"truth": {"preference": "x"}, "style": {"preference": "tie"}}}, ["criteria.truth.preference"]),
        ({"criteria": {"truth": 1, "style": {"preference": "tie"}}}, ["criteria.truth", "criteria.truth.preference"]),
    ],
)
def test_every_wrong_field_is_named(changes: dict[str, Any], paths: list[str]) -> None:
    assert refused("comparison", RAW, ITEM, answer("a", 1) | changes) == paths


def test_a_two_point_scale_has_no_tie_and_no_both_bad() -> None:
    two = {"question": "?", "scale": 2}
    base = {"criteria": {}, "justification": "", "order": [0, 1]}
    assert refused("comparison", two, ITEM, base | {"preference": "tie"}) == ["preference"]
    assert refused("comparison", two, ITEM, base | {"preference": "both_bad"}) == ["preference"]
    assert cleaned("comparison", two, ITEM, base | {"preference": "b"})["strength"] == 1


def test_votes_agree_whatever_the_position_and_the_rest_comes_from_the_nearest_answer() -> None:
    people = {
        "ann": answer("a", 2, order=[1, 0], justification="as Ann says"),
        "bob": answer("b", 2, justification="as Bob says"),
        "cem": answer("a", 2, order=[0, 1], justification="as Cem says"),
    }
    ballot = comparison.ballot(people, CONFIG)
    assert [vote.value for vote in ballot.votes if vote.part == "preference"] == ["a2", "b2", "a2"]
    assert ballot.classes["preference"] == ("a2", "a1", "tie", "b1", "b2", "both_bad")
    won = {"preference": "a2", "criteria.truth": "tie", "criteria.style": "tie"}
    assert ballot.rebuild(won) == people["ann"]


def test_the_distance_counts_steps_on_the_scale() -> None:
    plain = comparison.clean_config({"question": "?", "scale": 4})
    one = {"criteria": {}, "preference": "a", "strength": 1}
    steps = [("a", 1, 0), ("b", 1, 1 / 3), ("b", 2, 2 / 3)]
    for side, strength, expected in steps:
        other = {"criteria": {}, "preference": side, "strength": strength}
        assert comparison.distance(one, other, plain) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"prompt": "x"}, "responses"),
        ({"responses": ["a"]}, "responses"),
        ({"responses": ["a", "b", "c"]}, "responses"),
        ({"responses": ["a", 7]}, "responses[1]"),
        ({"responses": ["a", {"id": "m"}]}, "responses[1]"),
        ({"responses": ["a", "b"], "prompt": [{"role": "user"}]}, "prompt[0].content"),
        ({"responses": ["a", "b"], "prompt": []}, "prompt"),
    ],
)
def test_an_item_that_cannot_be_compared_says_where(item: dict[str, Any], path: str) -> None:
    assert [problem.path for problem in comparison.item_problems(item, CONFIG)] == [path]


def test_a_wrong_schema_is_told_field_by_field() -> None:
    raw = {
        "question": " ",
        "scale": 9,
        "both_bad": "yes",
        "criteria": [{"name": "a b"}, {"name": "x"}, {"name": "x"}],
        "justification": {"required": 1},
    }
    assert refused_config("comparison", raw) == {
        "question", "scale", "both_bad", "criteria[0].name", "criteria[2].name", "justification.required",
    }  # fmt: skip


def test_markdown_is_rendered_safely_only_where_the_item_says_so() -> None:
    item = {"prompt": "*hi*", "responses": ["**a**", {"text": "<img src=x onerror=alert(1)>"}]}
    assert comparison.html(item) == {}
    html = comparison.html(item | {"format": "markdown"})
    assert html["responses[0]"] == "<p><strong>a</strong></p>\n"
    assert "<img" not in html["responses[1]"]
