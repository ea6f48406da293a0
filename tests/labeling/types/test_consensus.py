"""What the consensus of every type promises, whatever the answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.aggregation.settling import Case, Known, Settled
from labeling.types import registry
from labeling.types.base import TaskType
from tests.labeling.types.answers import ASKED

TYPES = list(registry.all().values())
every_type = pytest.mark.parametrize("task_type", TYPES, ids=lambda each: each.name)
by_name = pytest.mark.parametrize("name", ASKED)
PEOPLE = "abcd"


def check(task_type: TaskType, config: dict[str, Any], cases: list[Case], found: list[Settled]) -> None:
    assert len(found) == len(cases)
    for case, one in zip(cases, found, strict=True):
        assert 0 <= one.confidence <= 1
        assert 0 <= one.sure <= 1
        if one.answer is None:
            assert not case.answers and one.confidence == 0
            continue
        assert task_type.clean_answer(one.answer, config=config, item=case.item) == one.answer
        assert one.evidence.keys() <= case.answers.keys()
        kept = [[part.confidence, part.posterior, part.spread] for part in one.parts.values()]
        json.dumps([kept, list(one.evidence.values()), one.crowd], allow_nan=False)
        assert all(0 <= part.confidence <= 1 and set(part.support) <= set(case.answers) for part in one.parts.values())
        assert all(0 <= weight <= 1 for weight in one.weights.values())


@every_type
def test_unanimous_answers_are_the_consensus_and_surer_than_a_single_one(task_type: TaskType) -> None:
    for sample in task_type.samples():
        config, answer = task_type.clean_config(sample["config"]), sample["answer"]
        cases = [
            Case(dict.fromkeys(PEOPLE, answer), sample["item"]),
            Case({"a": answer}, sample["item"]),
            Case({}, sample["item"]),
        ]
        found = task_type.aggregate(cases, config)
        check(task_type, config, cases, found)
        assert (found[0].answer, found[1].answer, found[2].answer) == (answer, answer, None)
        assert found[0].confidence > found[1].confidence > 0


@every_type
def test_gold_is_the_consensus_whatever_people_say(task_type: TaskType) -> None:
    sample, other = task_type.samples()[:2]
    config = task_type.clean_config(sample["config"])
    case = Case({"a": sample["answer"]}, sample["item"], truth=sample["answer"])
    for known in (None, Known()):
        found = task_type.aggregate([case], config, known=known)[0]
        assert (found.answer, found.confidence, found.sure) == (sample["answer"], 1.0, 1.0)
        assert found.evidence["a"]


@every_type
def test_what_is_counted_can_be_taken_out_to_the_last_digit(task_type: TaskType) -> None:
    sample = task_type.samples()[0]
    config = task_type.clean_config(sample["config"])
    case = Case(dict.fromkeys(PEOPLE, sample["answer"]), sample["item"])
    found = task_type.aggregate([case, case], config)
    known = Known().plus(found)
    assert known.minus(found[:1]).minus(found[1:]) == Known(dict.fromkeys(PEOPLE, {}), {})
    again = task_type.aggregate([case], config, known=known.minus(found[:1]))
    assert again[0].answer == sample["answer"]


@by_name
@pytest.mark.parametrize("method", ["e4", "medoid"])
@settings(max_examples=12)
@given(data=st.data())
def test_any_answers_settle_to_an_answer(name: str, method: str, data: st.DataObject) -> None:
    task_type, asked = registry.get(name), ASKED[name]
    config = task_type.clean_config(asked.config)
    answers = st.dictionaries(st.sampled_from(PEOPLE), asked.answers, max_size=4)
    cases = [Case(given, asked.item) for given in data.draw(st.lists(answers, min_size=1, max_size=4))]
    found = task_type.aggregate(cases, config, method=method)
    check(task_type, config, cases, found)
    online = task_type.aggregate(cases[:1], config, known=Known().plus(found).minus(found[:1]), method=method)
    check(task_type, config, cases[:1], online)


@by_name
@settings(max_examples=6)
@given(data=st.data())
def test_neither_order_nor_names_matter(name: str, data: st.DataObject) -> None:
    task_type, asked = registry.get(name), ASKED[name]
    config = task_type.clean_config(asked.config)
    answers = st.dictionaries(st.sampled_from(PEOPLE), asked.answers, min_size=1, max_size=4)
    cases = [Case(given, asked.item) for given in data.draw(st.lists(answers, min_size=1, max_size=3))]
    turned = [
        Case({f"worker {who}": each.answers[who] for who in reversed(each.answers)}, each.item)
        for each in reversed(cases)
    ]
    found = task_type.aggregate(cases, config)
    for one, other in zip(found, reversed(task_type.aggregate(turned, config)), strict=True):
        assert other.confidence == pytest.approx(one.confidence, abs=1e-3)
        assert other.answer == one.answer or other.confidence < 0.75  # a tie may fall either way by rounding


@pytest.mark.parametrize("method", ["e4", "h4", "one_coin", "dawid_skene", "majority", "glad"])
def test_every_method_settles_votes_in_a_batch_and_one_by_one(method: str) -> None:
    choice = registry.get("choice")
    config = choice.clean_config({"question": "?", "options": [{"value": value} for value in "xyz"]})
    cases = [Case({who: {"option": "xyz"[n % 3]} for who in PEOPLE}, {"text": "?"}) for n in range(12)]
    found = choice.aggregate(cases, config, method=method)
    assert [one.answer for one in found] == [{"option": "xyz"[n % 3]} for n in range(12)]
    new = Case({"a": {"option": "y"}, "d": {"option": "y"}, "new": {"option": "x"}}, {"text": "?"})
    online = choice.aggregate([new], config, known=Known().plus(found), method=method)[0]
    assert online.answer == {"option": "y"}
    assert online.parts["item"].support == ("a", "d")


def test_options_are_chosen_within_their_limits_by_how_likely_they_are() -> None:
    many = registry.get("multichoice")
    config = many.clean_config({"question": "?", "options": [{"value": v} for v in "xyz"], "min": 1, "max": 2})
    given = [["x", "y"], ["y", "z"], ["x", "z"], ["x"]]
    case = Case({who: {"options": options} for who, options in zip(PEOPLE, given, strict=True)}, {"text": "?"})
    found = many.aggregate([case], config)[0]
    assert found.answer is not None
    assert "x" in found.answer["options"] and 1 <= len(found.answer["options"]) <= 2


def test_a_scale_tells_how_far_its_marks_are_spread() -> None:
    rating = registry.get("rating")
    config = rating.clean_config({"question": "?", "criteria": [{"name": "fit", "scale": {"min": 1, "max": 5}}]})
    marked = [[1, 1, 3, 4, 5], *([n % 5 + 1] * 5 for n in range(20))]
    cases = [
        Case({n: {"ratings": {"fit": mark}, "justifications": {}} for n, mark in enumerate(marks)}, {"response": "x"})
        for marks in marked
    ]
    split, agreed = rating.aggregate(cases, config)[:2]
    assert split.parts["fit"].spread is not None and agreed.parts["fit"].spread is not None
    assert split.parts["fit"].spread > agreed.parts["fit"].spread + 0.2
    assert agreed.confidence > split.confidence
