"""Taxonomies: what is refused and where, votes, distance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry
from labeling.types.taxonomy import choosable, written

tree = registry.get("tree")
OPTIONS = [
    {"value": "a", "choices": [{"value": "x"}, {"value": "y", "choices": [{"value": "z"}]}]},
    {"value": "b", "choices": [{"value": "x"}]},
    {"value": "c"},
]
SCHEMA = {"question": "Where?", "options": OPTIONS}
ONE = tree.clean_config(SCHEMA)
LEAVES = tree.clean_config(SCHEMA | {"leaves_only": True})
MANY = tree.clean_config(SCHEMA | {"multiple": True})


def clean(paths: Any, config: dict[str, Any] = ONE) -> list[list[str]]:
    return tree.clean_answer({"paths": paths}, config=config, item={})["paths"]


def refused(paths: Any, config: dict[str, Any] = ONE) -> list[str]:
    with pytest.raises(InvalidAnswer) as error:
        clean(paths, config)
    return [problem.path for problem in error.value.problems]


def test_a_path_leads_from_the_top_and_may_end_at_a_branch() -> None:
    assert clean([["a", "y", "z"]]) == [["a", "y", "z"]]
    assert clean([["a", "y"]]) == [["a", "y"]]
    assert refused([["a", "y"]], LEAVES) == ["paths[0]"]


@pytest.mark.parametrize("path", [["x"], ["a", "z"], ["a", "y", "z", "z"], [], "a", ["a", 1], None, {"a": 1}])
def test_a_path_that_is_not_there_is_named(path: Any) -> None:
    assert refused([["c"], path], MANY) == ["paths[1]"]


def test_one_means_one_and_several_come_in_schema_order_without_repeats() -> None:
    assert refused([]) == ["paths"]
    assert refused([["c"], ["a"]]) == ["paths"]
    assert clean([["c"], ["b", "x"], ["a"]], MANY) == [["a"], ["b", "x"], ["c"]]
    assert clean([], MANY) == []
    assert refused([["c"], ["c"]], MANY) == ["paths[1]"]


def test_equal_names_under_different_branches_are_different_classes_even_with_slashes() -> None:
    assert len({written(path) for path in choosable(ONE)}) == 7
    assert written(("a / b",)) != written(("a", "b"))


@pytest.mark.parametrize("depth", [8, 9])
def test_eight_levels_are_deep_enough(depth: int) -> None:
    options: list[dict[str, Any]] = [{"value": "leaf"}]
    for level in range(depth - 1):
        options = [{"value": str(level), "choices": options}]
    if depth == 8:
        assert len(choosable(tree.clean_config({"question": "?", "options": options}))) == 8
        return
    with pytest.raises(InvalidConfig, match="deeper than 8"):
        tree.clean_config({"question": "?", "options": options})


def test_five_thousand_entries_are_taken_and_one_more_is_not() -> None:
    options = [{"value": str(n), "choices": [{"value": str(m)} for m in range(99)]} for n in range(50)]
    config = tree.clean_config({"question": "?", "options": options})
    assert tree.clean_answer({"paths": [["49", "98"]]}, config=config, item={})
    with pytest.raises(InvalidConfig, match="more than 5000"):
        tree.clean_config({"question": "?", "options": [*options, {"value": "extra"}]})


def test_every_wrong_field_of_a_taxonomy_is_told_at_once() -> None:
    raw = {"question": "", "options": [{"value": "a", "choices": [{"value": "b"}, {"value": "b"}, 4]}, {"colour": 1}]}
    with pytest.raises(InvalidConfig) as error:
        tree.clean_config(raw | {"multiple": 1})
    assert {problem.path for problem in error.value.problems} >= {
        "question", "multiple", "options[0].choices[1].value", "options[0].choices[2]", "options[1].colour",
        "options[1].value",
    }  # fmt: skip


def test_votes_for_one_path_are_classes_and_for_many_yes_or_no() -> None:
    ballot = tree.ballot({"ann": {"paths": [["a", "x"]]}, "bob": {"paths": [["b"]]}}, ONE)
    assert {vote.value for vote in ballot.votes} == {"a / x", "b"} < set(ballot.classes["item"])
    answers = {"ann": {"paths": [["a", "x"], ["c"]]}, "bob": {"paths": [["c"]]}, "eve": {"paths": [["c"]]}}
    ballot = tree.ballot(answers, MANY)
    won = {}
    for part in {vote.part for vote in ballot.votes}:
        values = [vote.value for vote in ballot.votes if vote.part == part]
        won[part] = max(set(values), key=values.count)
    assert ballot.rebuild(won) == {"paths": [["c"]]}
    assert "a / y / z" not in won


def test_a_sibling_is_nearer_than_another_branch() -> None:
    def far(one: list[str], other: list[str]) -> float:
        return tree.distance({"paths": [one]}, {"paths": [other]}, ONE)

    assert far(["a", "x"], ["a", "y"]) == 0.5
    assert far(["a", "x"], ["b", "x"]) == 1
    assert 0 < far(["a", "y"], ["a", "y", "z"]) < 0.5


@given(st.lists(st.sampled_from(choosable(MANY)), unique=True))
def test_any_choice_survives_cleaning_twice(paths: list[tuple[str, ...]]) -> None:
    once = clean([list(path) for path in paths], MANY)
    assert clean(once, MANY) == once
    assert {tuple(path) for path in once} == set(paths)
