"""Written fields: rules of length, what is refused and where, distance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry

writing = registry.get("writing")
FIELDS = [
    {"name": "title", "multiline": False, "max_words": 3, "max_chars": 20},
    {"name": "body", "min_chars": 2, "min_words": 2},
    {"name": "note", "required": False, "min_chars": 3},
]
CONFIG = writing.clean_config({"question": "Write.", "fields": FIELDS})
GOOD = {"title": "A title", "body": "two words"}


def clean(fields: Any) -> dict[str, str]:
    return writing.clean_answer({"fields": fields}, config=CONFIG, item={})["fields"]


def refused(fields: Any) -> list[str]:
    with pytest.raises(InvalidAnswer) as error:
        clean(fields)
    return [problem.path for problem in error.value.problems]


def test_every_field_comes_back_in_order_trimmed_and_with_one_sign_for_a_line() -> None:
    assert clean({"body": " two\r\nwords ", "title": "A title"}) == {
        "title": "A title",
        "body": "two\nwords",
        "note": "",
    }


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"title": ""}, "fields.title"),
        ({"title": "one two three four"}, "fields.title"),
        ({"title": "x" * 21}, "fields.title"),
        ({"title": "two\nlines"}, "fields.title"),
        ({"body": "one"}, "fields.body"),
        ({"body": None}, "fields.body"),
        ({"body": 5}, "fields.body"),
        ({"body": "nul \x00"}, "fields.body"),
        ({"note": "ab"}, "fields.note"),
        ({"extra": "x"}, "fields.extra"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], path: str) -> None:
    assert refused(GOOD | change) == [path]


def test_length_is_counted_in_code_points() -> None:
    config = writing.clean_config({"question": "?", "fields": [{"name": "f", "max_chars": 2}]})
    assert writing.clean_answer({"fields": {"f": "𠮷𠮷"}}, config=config, item={})
    with pytest.raises(InvalidAnswer, match="has 3 characters; at most 2"):
        writing.clean_answer({"fields": {"f": "𠮷𠮷𠮷"}}, config=config, item={})


def test_every_wrong_field_of_a_schema_is_told_at_once() -> None:
    raw = [
        {"name": "a", "dir": "up", "min_chars": 5, "max_chars": 2},
        {"name": "a", "required": 1, "lang": 4},
        {"x": 1},
        3,
    ]
    with pytest.raises(InvalidConfig) as error:
        writing.clean_config({"question": "?", "fields": raw})
    assert {problem.path for problem in error.value.problems} >= {
        "fields[0].dir", "fields[0].min_chars", "fields[1].name", "fields[1].required", "fields[1].lang", "fields[2].x",
        "fields[2].name", "fields[3]",
    }  # fmt: skip


def test_an_item_needs_the_fields_that_others_begin_with() -> None:
    config = writing.clean_config({"question": "?", "fields": [{"name": "f", "prefill_from": "draft"}]})
    assert [problem.path for problem in writing.item_problems({"text": "x"}, config)] == ["draft"]
    assert writing.item_problems({"text": "x", "draft": "y"}, config) == []


def test_distance_is_the_mean_share_of_changed_characters() -> None:
    one, other = {"fields": {"a": "abcd", "b": "same"}}, {"fields": {"a": "abcx", "b": "same"}}
    assert writing.distance(one, other, CONFIG) == 0.125
    assert writing.distance(other, one, CONFIG) == 0.125
    assert writing.distance({"fields": {"a": "ab"}}, {"fields": {"a": "xy"}}, CONFIG) == 1


def test_two_long_essays_are_compared_in_no_time() -> None:
    one = {"fields": {"a": "the quick brown fox " * 240}}
    other = {"fields": {"a": "the quick red fox sat " * 220}}
    assert 0 < writing.distance(one, other, CONFIG) < 0.6


@given(st.text(), st.text(), st.text())
def test_any_text_is_refused_or_cleaned_for_good(title: str, body: str, note: str) -> None:
    try:
        once = clean({"title": title, "body": body, "note": note})
    except InvalidAnswer as error:
        assert all(problem.path.startswith("fields.") for problem in error.problems)
    else:
        assert clean(once) == once
