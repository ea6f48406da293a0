from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import registry
from tests.labeling.types.answering import cleaned, refused, refused_config

rating = registry.get("rating")
RAW = {
    "question": "Rate it.",
    "criteria": [
        {"name": "fit", "scale": {"min": 0, "max": 4}, "weight": 3},
        {
            "name": "tone",
            "options": [{"value": "bad"}, {"value": "good"}],
            "justification": {"required": True, "min_chars": 4},
        },
        {"name": "extra", "required": False},
    ],
}
CONFIG = rating.clean_config(RAW)
ANSWER = {"ratings": {"fit": 4, "tone": "bad"}, "justifications": {"tone": "rude words"}}
answers = st.builds(
    lambda fit, tone, extra: {
        "ratings": {"fit": fit, "tone": tone} | ({} if extra is None else {"extra": extra}),
        "justifications": {"tone": "rude words"},
    },
    st.integers(0, 4), st.sampled_from(["bad", "good"]), st.none() | st.integers(1, 5),
)  # fmt: skip


@given(answers)
def test_any_answer_of_the_widget_is_taken_as_it_is(answer: dict[str, Any]) -> None:
    assert cleaned("rating", RAW, {}, answer) == answer
    ballot = rating.ballot({"ann": answer}, CONFIG)
    assert ballot.rebuild({vote.part: vote.value for vote in ballot.votes}) == answer


@pytest.mark.parametrize(
    ("answer", "paths"),
    [
        ({"ratings": {"fit": 5, "tone": "bad"}, "justifications": {"tone": "words"}}, ["ratings.fit"]),
        ({"ratings": {"fit": True, "tone": "bad"}, "justifications": {"tone": "words"}}, ["ratings.fit"]),
        ({"ratings": {"fit": "1", "tone": "bad"}, "justifications": {"tone": "words"}}, ["ratings.fit"]),
        ({"ratings": {"fit": 1}, "justifications": {"tone": "words"}}, ["ratings.tone"]),
        ({"ratings": {"fit": 1, "tone": "bad", "mood": 1}, "justifications": {"tone": "words"}}, ["ratings.mood"]),
        ({"ratings": {"fit": 1, "tone": "bad"}}, ["justifications.tone"]),
        ({"ratings": {"fit": 1, "tone": "bad"}, "justifications": {"tone": "no"}}, ["justifications.tone"]),
        (ANSWER | {"justifications": {"tone": "rude words", "fit": "x"}}, ["justifications.fit"]),
        (ANSWER | {"ratings": []}, ["ratings"]),
    ],
)
def test_every_wrong_field_is_named(answer: dict[str, Any], paths: list[str]) -> None:
    assert refused("rating", RAW, {}, answer) == paths


def test_an_optional_criterion_that_most_leave_out_stays_out() -> None:
    one = {"ratings": {"fit": 4, "tone": "bad"}, "justifications": {"tone": "rude words"}}
    two = {"ratings": {"fit": 4, "tone": "bad", "extra": 2}, "justifications": {"tone": "very rude"}}
    ballot = rating.ballot({"ann": one, "bob": two, "cem": one}, CONFIG)
    assert ballot.classes["extra"] == ("1", "2", "3", "4", "5", "none")
    assert ballot.rebuild({"fit": "4", "tone": "bad", "extra": "none"}) == one


def test_the_distance_is_the_mean_way_on_the_scales() -> None:
    other = {"ratings": {"fit": 3, "tone": "bad", "extra": 1}, "justifications": {}}
    assert rating.distance(ANSWER, other, CONFIG) == pytest.approx((1 / 4 + 0 + 1) / 3)


def test_the_score_weighs_the_criteria() -> None:
    row = rating.export_row(ANSWER, CONFIG)
    assert row["score"] == pytest.approx(3 / 4)
    assert (row["ratings.fit"], row["ratings.tone"], row["ratings.extra"]) == (4, "bad", None)
    assert row["justifications.tone"] == "rude words"


def test_a_wrong_schema_is_told_field_by_field() -> None:
    raw = {
        "question": "?",
        "criteria": [
            {"name": "a", "scale": {"min": 3, "max": 3}},
            {"name": "b", "scale": {"min": 1, "max": 2, "labels": {"7": "x"}}},
            {"name": "c", "scale": {}, "options": [{"value": "x"}, {"value": "y"}]},
            {"name": "d", "required": False, "options": [{"value": "none"}, {"value": "y"}]},
            {"name": "a", "weight": 0},
        ],
    }
    assert refused_config("rating", raw) == {
        "criteria[0].scale", "criteria[1].scale.labels.7", "criteria[2]", "criteria[3].options[0].value",
        "criteria[4].name", "criteria[4].weight",
    }  # fmt: skip


@pytest.mark.parametrize(
    "item",
    [{"text": "a"}, {"image": {"width": 1}}, {"response": "a"}, {"messages": [{"role": "user", "content": "a"}]}],
)
def test_anything_can_be_rated(item: dict[str, Any]) -> None:
    assert rating.item_problems(item, CONFIG) == []
    assert rating.item_problems({"stars": 5}, CONFIG)
