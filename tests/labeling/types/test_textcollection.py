from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import registry
from tests.labeling.types.answering import cleaned, refused, refused_config

form = registry.get("textcollection")
RAW = {
    "title": "Form",
    "fields": [
        {"type": "category", "field_id": "topic", "choices": ["bill", "way", "else"]},
        {"type": "category", "field_id": "tags", "choices": ["x", "y", "z"], "max_choices": 2, "required": False},
        {"type": "number", "field_id": "sum", "min": 0, "max": 100, "conditions": {"topic": "bill"}},
        {"type": "boolean", "field_id": "late", "conditions": [{"topic": "way"}, {"not": {"topic": ["bill", "way"]}}]},
        {"type": "text", "field_id": "why", "min_length": 3, "conditions": {"late": True}},
        {"type": "linear_scale", "field_id": "mood", "min": 1, "max": 5},
        {"type": "range", "field_id": "ages", "min": 0, "max": 99, "required": False},
        {"type": "ranking_order", "field_id": "order", "choices": ["p", "q", "r"], "required": False},
        {"type": "date", "field_id": "day", "required": False},
        {"type": "datetime", "field_id": "at", "required": False},
        {"type": "select", "field_id": "lang", "choices": ["en", "-"], "required": False},
    ],
}  # fmt: skip
CONFIG = form.clean_config(RAW)
BASE = {"topic": ["bill"], "sum": [5], "mood": [3]}


def maybe(strategy: Any) -> Any:
    return st.none() | strategy


@st.composite
def answers(draw: Any) -> dict[str, Any]:
    """Whatever the page can give: hidden fields are left out there too."""
    topic = draw(st.sampled_from(["bill", "way", "else"]))
    found: dict[str, Any] = {"topic": [topic]}
    found["tags"] = draw(maybe(st.sampled_from([["x"], ["x", "z"], ["y"]])))
    if topic == "bill":
        found["sum"] = [draw(st.integers(0, 100) | st.floats(0.5, 99.5))]
    else:
        found["late"] = [draw(st.booleans())]
        if found["late"] == [True]:
            found["why"] = [draw(st.sampled_from(["rain", "no bus"]))]
    found["mood"] = [draw(st.integers(1, 5))]
    found["ages"] = draw(maybe(st.lists(st.integers(0, 99), min_size=2, max_size=2).map(sorted)))
    found["order"] = draw(maybe(st.permutations(["p", "q", "r"])))
    found["day"] = draw(maybe(st.dates().map(lambda day: [day.isoformat()])))
    found["lang"] = draw(maybe(st.sampled_from([["en"], ["-"]])))
    return {"annotations": {name: values for name, values in found.items() if values is not None}}


@given(answers())
def test_any_answer_of_the_widget_is_taken_and_rebuilt_from_its_votes(answer: dict[str, Any]) -> None:
    clean = cleaned("textcollection", RAW, {}, answer)
    assert clean == answer
    ballot = form.ballot({"ann": clean, "bob": clean}, CONFIG)
    assert all(vote.value in ballot.classes[vote.part] for vote in ballot.votes)
    assert ballot.rebuild({vote.part: vote.value for vote in ballot.votes}) == clean


@given(answers(), answers())
def test_the_distance_is_symmetric_and_at_most_one(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert 0 <= form.distance(a, b, CONFIG) == form.distance(b, a, CONFIG) <= 1


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"topic": ["tax"]}, ["annotations.topic[0]"]),
        ({"topic": "bill"}, ["annotations.topic"]),
        ({"topic": ["bill", "way"]}, ["annotations.topic"]),
        ({"tags": ["x", "y", "z"]}, ["annotations.tags"]),
        ({"tags": ["x", "x"]}, ["annotations.tags[1]"]),
        ({"tags": []}, ["annotations.tags"]),
        ({"sum": [101]}, ["annotations.sum[0]"]),
        ({"sum": ["5"]}, ["annotations.sum[0]"]),
        ({"sum": [float("nan")]}, ["annotations.sum[0]"]),
        ({"sum": [10**400]}, ["annotations.sum[0]"]),
        ({"late": [True]}, ["annotations.late"]),
        ({"mood": [0]}, ["annotations.mood[0]"]),
        ({"ages": [9, 3]}, ["annotations.ages"]),
        ({"ages": [3]}, ["annotations.ages"]),
        ({"order": ["p", "q"]}, ["annotations.order"]),
        ({"order": ["p", "q", "q"]}, ["annotations.order[2]"]),
        ({"day": ["2026-02-30"]}, ["annotations.day[0]"]),
        ({"day": ["2026-2-3"]}, ["annotations.day[0]"]),
        ({"at": ["2026-02-03"]}, ["annotations.at[0]"]),
        ({"lang": ["fr"]}, ["annotations.lang[0]"]),
        ({"nothing": [1]}, ["annotations.nothing"]),
    ],
)
def test_every_wrong_field_is_named(changes: dict[str, Any], paths: list[str]) -> None:
    assert refused("textcollection", RAW, {}, {"annotations": BASE | changes}) == paths


def test_what_is_shown_must_be_filled_in_and_what_is_hidden_must_be_left_out() -> None:
    assert refused("textcollection", RAW, {}, {"annotations": {"topic": ["way"], "late": [True], "mood": [1]}}) == [
        "annotations.why"
    ]
    hidden = {"topic": ["way"], "late": [False], "why": ["rain"], "mood": [1]}
    assert refused("textcollection", RAW, {}, {"annotations": hidden}) == ["annotations.why"]
    else_ = {"topic": ["else"], "late": [False], "mood": [1]}
    assert cleaned("textcollection", RAW, {}, {"annotations": else_})["annotations"] == else_


def test_a_consensus_never_holds_a_field_that_its_own_answers_hide() -> None:
    people = {
        "ann": {"annotations": {"topic": ["bill"], "sum": [7], "mood": [2]}},
        "bob": {"annotations": {"topic": ["bill"], "sum": [7], "mood": [2]}},
        "cem": {"annotations": {"topic": ["way"], "late": [True], "why": ["rain"], "mood": [2]}},
    }
    won = {"topic": "bill", "late": "yes", "mood": "2", "tags.x": "-", "tags.y": "-", "tags.z": "-", "lang": "-"}
    rebuilt = form.ballot(people, CONFIG).rebuild(won)
    assert rebuilt == people["ann"]
    form.clean_answer(rebuilt, config=CONFIG, item={})


@pytest.mark.parametrize(
    ("name", "a", "b", "expected"),
    [
        ("sum", [10], [60], 0.5),
        ("ages", [0, 9], [5, 14], 1 - 5 / 15),
        ("order", ["p", "q", "r"], ["r", "q", "p"], 1),
        ("order", ["p", "q", "r"], ["q", "p", "r"], 1 / 3),
        ("tags", ["x"], ["x", "y"], 0.5),
        ("why", ["rain"], ["rail"], 0.25),
        ("day", ["2026-01-01"], ["2026-01-02"], 1),
        ("mood", [1], [3], 0.5),
    ],
)
def test_each_field_has_a_distance_of_its_own(name: str, a: list[Any], b: list[Any], expected: float) -> None:
    one, other = {"annotations": {name: a}}, {"annotations": {name: b}}
    assert form.distance(one, other, CONFIG) == pytest.approx(expected)


def test_a_wrong_schema_is_told_field_by_field() -> None:
    fields = [
        {"type": "poem", "field_id": "a"},
        {"type": "select", "field_id": "not", "choices": ["a", "a"]},
        {"type": "text", "field_id": "c", "choices": ["a", "b"]},
        {"type": "boolean", "field_id": "d", "conditions": {"later": True}},
        {"type": "boolean", "field_id": "d", "conditions": {}},
        {"type": "linear_scale", "field_id": "f", "min": 1, "max": 20},
        {"type": "category", "field_id": "later", "choices": ["a", "b"], "min_choices": 2, "conditions": {"d": "yes"}},
    ]
    assert refused_config("textcollection", {"title": "?", "fields": fields}) == {
        "fields[0].type", "fields[1].field_id", "fields[1].choices[1].value", "fields[2].choices",
        "fields[3].conditions.later", "fields[4].field_id", "fields[4].conditions", "fields[5].max",
        "fields[6].min_choices", "fields[6].conditions.d[0]",
    }  # fmt: skip


def test_markdown_attachments_are_rendered_safely() -> None:
    item = {
        "attachments": [
            {"type": "text", "content": "*plain*"},
            {"type": "markdown", "content": "*hi* <script>alert(1)</script> [x](javascript:alert(1))"},
        ]
    }
    html = form.html(item)
    assert list(html) == ["attachments[1]"]
    assert "<em>hi</em>" in html["attachments[1]"]
    assert "<script" not in html["attachments[1]"] and 'href="javascript' not in html["attachments[1]"]


@pytest.mark.parametrize(
    ("attachments", "path"),
    [
        (None, "attachments"),
        ([], "attachments"),
        ([{"type": "smell", "content": "x"}], "attachments[0].type"),
        ([{"type": "text", "content": " "}], "attachments[0].content"),
        (["x"], "attachments[0].type"),
    ],
)
def test_an_item_without_usable_attachments_says_why(attachments: Any, path: str) -> None:
    assert [problem.path for problem in form.item_problems({"attachments": attachments}, CONFIG)] == [path]


def test_a_form_exports_a_column_for_each_field() -> None:
    row = form.export_row({"annotations": BASE | {"tags": ["x", "z"], "ages": [1, 2]}}, CONFIG)
    assert row["annotations.topic"] == "bill"
    assert row["annotations.tags"] == '["x", "z"]'
    assert row["annotations.ages"] == "[1, 2]"
    assert row["annotations.late"] is None
