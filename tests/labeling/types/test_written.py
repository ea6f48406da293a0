"""Responses that people write and rewrite."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import edit_distance, registry
from tests.labeling.types.answering import cleaned, refused, refused_config

WRITE = {"question": "Answer.", "min_chars": 3, "max_chars": 10, "min_words": 1, "max_words": 2}
GIVEN = {"response": "Line one\r\nline two "}
storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


def by_table(a: str, b: str) -> int:
    """Levenshtein as in the textbook."""
    row = list(range(len(b) + 1))
    for n, one in enumerate(a, 1):
        before, row = row, [n]
        for m, other in enumerate(b, 1):
            row.append(min(before[m] + 1, row[-1] + 1, before[m - 1] + (one != other)))
    return row[-1]


@given(st.text("abc", max_size=70), st.text("abc", max_size=70))
def test_the_edit_distance_is_levenshteins(a: str, b: str) -> None:
    assert edit_distance.levenshtein(a, b) == by_table(a, b)


@pytest.mark.parametrize(
    ("a", "b", "expected"), [("", "", 0), ("abc", "", 1), ("kitten", "sitting", 3 / 7), ("日本", "日本語", 1 / 3)]
)
def test_the_distance_is_a_share_of_the_longer_text(a: str, b: str, expected: float) -> None:
    assert edit_distance.normalized(a, b) == pytest.approx(expected)


def test_long_texts_are_compared_by_words() -> None:
    words = ["word"] * 2000
    assert edit_distance.normalized(" ".join(words), " ".join([*words[:-1], "other"])) == pytest.approx(1 / 2000)


@given(storable)
def test_a_written_text_comes_back_the_same_when_cleaned_again(text: str) -> None:
    rules = {"question": "?", "min_chars": 0}
    once = cleaned("response", rules, {}, {"response": text})
    assert cleaned("response", rules, {}, once) == once
    assert once["response"] == text.strip().replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("text", ["", "ab", "a b c", "abcdefghijk", 5, None, "a\x00b", "ab\ud800"])
def test_length_rules_and_characters_are_checked(text: Any) -> None:
    assert set(refused("response", WRITE, {}, {"response": text})) == {"response"}


def test_limits_that_contradict_each_other_are_refused() -> None:
    assert refused_config("response", {"question": "?", "min_chars": 9, "max_chars": 3}) == {"min_chars"}
    assert refused_config("rewrite", {"question": "?", "may_keep": 1, "max_words": 0}) == {"may_keep", "max_words"}


@pytest.mark.parametrize(
    ("answer", "is_unchanged"),
    [
        ({"response": "Line one\nline two"}, True),
        ({"response": "Line one\r\nline two", "is_unchanged": True}, True),
        ({"response": "Line one"}, False),
    ],
)
def test_unchanged_is_told_whatever_the_line_ends(answer: dict[str, Any], is_unchanged: bool) -> None:
    assert cleaned("rewrite", {"question": "?"}, GIVEN, answer)["is_unchanged"] is is_unchanged


def test_a_false_word_about_a_change_is_refused() -> None:
    same = "Line one\nline two"
    assert refused("rewrite", {"question": "?"}, GIVEN, {"response": "x", "is_unchanged": True}) == ["is_unchanged"]
    assert refused("rewrite", {"question": "?"}, GIVEN, {"response": same, "is_unchanged": False}) == ["is_unchanged"]
    assert refused("rewrite", {"question": "?", "may_keep": False}, GIVEN, {"response": same}) == ["response"]


def test_a_given_response_may_break_the_rules_that_a_new_one_must_keep() -> None:
    rules = {"question": "?", "max_words": 1}
    assert cleaned("rewrite", rules, GIVEN, {"response": "Line one\nline two"})["is_unchanged"]
    assert refused("rewrite", rules, GIVEN, {"response": "two words"}) == ["response"]


def test_what_an_item_lacks_is_said() -> None:
    for name, field in (("response", "prompt"), ("rewrite", "response")):
        kind = registry.get(name)
        config = kind.clean_config({"question": "?"})
        assert [problem.path for problem in kind.item_problems({"text": "x"}, config)] == [field]
