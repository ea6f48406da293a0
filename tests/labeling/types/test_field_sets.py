"""Field sets with several entries, nested choices and stretches of time in a form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labeling.types import registry
from tests.labeling.types.answering import cleaned, refused, refused_config

form = registry.get("textcollection")
RAW: dict[str, Any] = {
    "title": "Form",
    "fields": [
        {"type": "category", "field_id": "pet", "max_choices": 2, "choices": [
            {"value": "fur", "subchoices": ["cat", {"value": "dogs", "subchoices": ["pug", "lab"]}]}, "fish"]},
        {"type": "field_set", "field_id": "owner", "required": False, "fields": [
            {"type": "text", "field_id": "name"}, {"type": "boolean", "field_id": "old", "required": False}]},
        {"type": "field_set", "field_id": "visits", "min_responses_required": 2, "max_responses_required": 3,
         "conditions": {"pet": "fur"}, "fields": [
            {"type": "time_range", "field_id": "when", "min": "08:00:00", "max": "20:00:00", "required": False},
            {"type": "select", "field_id": "why", "choices": ["ill", "nails"]},
            {"type": "text", "field_id": "illness", "conditions": {"why": "ill"}},
            {"type": "boolean", "field_id": "barks", "conditions": {"pet": "dogs"}}]},
    ],
}  # fmt: skip
CONFIG = form.clean_config(RAW)
NAILS = {"why": ["nails"]}
BASE: dict[str, Any] = {"pet": ["cat"], "visits": [NAILS, {"when": ["09:00:00", "09:15:30"], "why": ["nails"]}]}
FISH = {"pet": ["fish"]}


def test_a_group_of_choices_is_a_heading_and_stands_in_conditions_for_all_that_is_in_it() -> None:
    assert CONFIG["fields"][2]["conditions"] == [{"pet": ["cat", "pug", "lab"]}]
    assert form.clean_config(CONFIG) == CONFIG
    assert [key.key for key in form.keys(CONFIG)][:5] == ["1", "2", "3", "4", "ArrowLeft"]
    got = cleaned("textcollection", RAW, {}, {"annotations": BASE | {"pet": ["lab", "cat"], "visits": [
        {**NAILS, "barks": [True]}, {**NAILS, "barks": [False]}]}})  # fmt: skip
    assert got["annotations"]["pet"] == ["cat", "lab"]


@pytest.mark.parametrize(
    ("annotations", "paths"),
    [
        (BASE | {"pet": ["fur"]}, ["pet[0]"]),
        (BASE | {"pet": ["dogs"]}, ["pet[0]"]),
        ({"pet": ["cat"]}, ["visits"]),
        (FISH | {"visits": BASE["visits"]}, ["visits"]),
        (BASE | {"visits": [NAILS]}, ["visits"]),
        (BASE | {"visits": [NAILS] * 4}, ["visits"]),
        (BASE | {"visits": NAILS}, ["visits"]),
        (BASE | {"visits": [NAILS, []]}, ["visits[1]"]),
        (BASE | {"visits": [NAILS, {}]}, ["visits[1].why"]),
        (BASE | {"visits": [NAILS, {"why": ["ill"]}]}, ["visits[1].illness"]),
        (BASE | {"visits": [NAILS, {"why": ["nails"], "illness": ["flu"]}]}, ["visits[1].illness"]),
        (BASE | {"visits": [NAILS, {"why": ["fun"], "illness": ["flu"]}]}, ["visits[1].why[0]"]),
        (BASE | {"visits": [NAILS, {**NAILS, "surprise": [1]}]}, ["visits[1].surprise"]),
        (BASE | {"visits": [NAILS, {**NAILS, "barks": [True]}]}, ["visits[1].barks"]),
        (BASE | {"pet": ["pug"]}, ["visits[0].barks", "visits[1].barks"]),
        (BASE | {"pet": ["cow"]}, ["pet[0]"]),
        (FISH | {"owner": [{}]}, ["owner[0].name"]),
        (FISH | {"owner": [{"name": ["Ann"]}, {"name": ["Bob"]}]}, ["owner"]),
        *(
            (BASE | {"visits": [NAILS, {**NAILS, "when": when}]}, [f"visits[1].when{path}"])
            for when, path in [
                (["09:00:00"], ""), (["09:00", "10:00:00"], "[0]"), (["09:00:00", "08:59:59.9"], ""),
                (["07:59:59", "10:00:00"], "[0]"), (["10:00:00", "20:00:00.001"], "[1]"), ([9, "10:00:00"], "[0]"),
                (["10:61:00", "11:00:00"], "[0]"),
            ]
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_entry_is_named_by_its_place(annotations: dict[str, Any], paths: list[str]) -> None:
    found = refused("textcollection", RAW, {}, {"annotations": annotations})
    assert found == [f"annotations.{path}" for path in paths]


def test_an_entry_of_optional_fields_that_are_all_empty_is_refused() -> None:
    fields = [{"type": "field_set", "field_id": "s", "max_responses_required": 2,
               "fields": [{"type": "text", "field_id": "t", "required": False}]}]  # fmt: skip
    given = {"annotations": {"s": [{"t": ["x"]}, {}]}}
    assert refused("textcollection", {"title": "?", "fields": fields}, {}, given) == ["annotations.s[1]"]


def test_times_lose_the_zeros_that_say_nothing() -> None:
    when = {"annotations": BASE | {"visits": [NAILS, {**NAILS, "when": ["09:00:00.500", "09:01:00.000"]}]}}
    assert cleaned("textcollection", RAW, {}, when)["annotations"]["visits"][1]["when"] == ["09:00:00.5", "09:01:00"]


def test_a_wrong_schema_of_a_set_is_told_field_by_field() -> None:
    text = {"type": "text", "field_id": "a"}
    fields = [
        {"type": "field_set", "field_id": "x", "fields": []},
        {"type": "field_set", "field_id": "y", "fields": [
            text, {"type": "field_set", "field_id": "z", "fields": [text]}]},
        {"type": "field_set", "field_id": "u", "min_responses_required": 3, "max_responses_required": 2, "inline": 1,
         "fields": [
            {"type": "boolean", "field_id": "b", "conditions": {"c": True}}, {"type": "boolean", "field_id": "c"}]},
        {"type": "text", "field_id": "a", "min_responses_required": 2},
        {"type": "text", "field_id": "late", "conditions": {"c": True}},
        {"type": "category", "field_id": "cat", "choices": ["p", {"value": "q", "subchoices": ["p", {"value": ""}]}]},
        {"type": "select", "field_id": "sel", "choices": ["p", {"value": "q", "subchoices": ["r"]}]},
        {"type": "time_range", "field_id": "when", "min": "10:00:00", "max": "09:00:00"},
        {"type": "time_range", "field_id": "then", "min": "10"},
    ]  # fmt: skip
    assert refused_config("textcollection", {"title": "?", "fields": fields}) == {
        "fields[0].fields", "fields[1].fields[1].type", "fields[2].max_responses_required", "fields[2].inline",
        "fields[2].fields[0].conditions.c", "fields[3].min_responses_required", "fields[3].field_id",
        "fields[4].conditions.c", "fields[5].choices[1].subchoices[0].value",
        "fields[5].choices[1].subchoices[1].value", "fields[6].choices[1].subchoices", "fields[7].min", "fields[8].min",
        "fields[1].fields[1].fields",
    }  # fmt: skip


def test_choices_nested_too_deep_are_refused() -> None:
    choices: list[Any] = ["a", "b"]
    for n in range(6):
        choices = [{"value": f"g{n}", "subchoices": choices}, f"x{n}"]
    fields = [{"type": "category", "field_id": "deep", "choices": choices}]
    assert refused_config("textcollection", {"title": "?", "fields": fields}) == {
        "fields[0].choices" + "[0].subchoices" * 5
    }


def test_a_set_of_one_entry_is_voted_on_field_by_field_and_has_columns_of_its_own() -> None:
    people = {
        "ann": {"annotations": FISH | {"owner": [{"name": ["Al"], "old": [True]}]}},
        "bob": {"annotations": FISH | {"owner": [{"name": ["Bo"], "old": [False]}]}},
        "cem": {"annotations": FISH | {"owner": [{"name": ["Cy"], "old": [False]}]}},
    }
    ballot = form.ballot(people, CONFIG)
    assert {vote.part: vote.value for vote in ballot.votes if vote.worker == "ann"}["old"] == "yes"
    assert ballot.rebuild({vote.part: vote.value for vote in ballot.votes if vote.worker == "cem"}) == people["bob"]
    columns = form.export_columns(CONFIG)
    assert columns == {
        "annotations.pet": "str", "annotations.owner.name": "str", "annotations.owner.old": "bool",
        "annotations.visits": "str",
    }  # fmt: skip
    row = form.export_row({"annotations": BASE | {"owner": [{"name": ["Al"]}]}}, CONFIG)
    assert (row["annotations.owner.name"], row["annotations.owner.old"]) == ("Al", None)
    assert json.loads(str(row["annotations.visits"])) == BASE["visits"]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([NAILS, {"why": ["ill"]}], [{"why": ["ill"]}, NAILS], 0),
        ([NAILS, NAILS], [NAILS, {"why": ["ill"]}], 0.5),
        ([NAILS, NAILS, NAILS], [NAILS, NAILS], 1 - 2 * 2 / 5),
        ([{"when": ["09:00:00", "10:00:00"]}], [{"when": ["09:30:00", "10:30:00"]}], 1 - 30 / 90),
        ([{"when": ["09:00:00", "09:00:00"]}], [{"when": ["09:00:00", "09:00:01"]}], 1),
    ],
)
def test_entries_are_compared_with_the_ones_most_like_them(a: list[Any], b: list[Any], expected: float) -> None:
    one, other = {"annotations": {"visits": a}}, {"annotations": {"visits": b}}
    assert form.distance(one, other, CONFIG) == pytest.approx(expected)
