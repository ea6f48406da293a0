from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import registry
from labeling.types.ranking import kendall_distance
from tests.labeling.types.answering import cleaned, refused

ranking = registry.get("ranking")
RAW = {"question": "Order?", "ties": True}
ITEM = {"responses": ["a", "b", "c"]}


def dense(ranks: list[int]) -> list[int]:
    used = sorted(set(ranks))
    return [used.index(rank) + 1 for rank in ranks]


ranks = st.lists(st.integers(1, 6), min_size=2, max_size=6).map(dense)


@given(ranks, st.randoms())
def test_any_ranking_without_gaps_is_taken_as_it_is(places: list[int], random: Any) -> None:
    order = list(range(len(places)))
    random.shuffle(order)
    answer = {"ranks": places, "order": order, "justification": ""}
    assert cleaned("ranking", RAW, {"responses": ["x"] * len(places)}, answer) == answer


@given(st.integers(2, 6).flatmap(lambda n: st.tuples(*[st.lists(st.integers(1, n), min_size=n, max_size=n)] * 2)))
def test_the_distance_is_symmetric_and_zero_only_to_the_same_order(pair: tuple[list[int], list[int]]) -> None:
    a, b = dense(pair[0]), dense(pair[1])
    assert 0 <= kendall_distance(a, b) == kendall_distance(b, a) <= 1
    assert (kendall_distance(a, b) == 0) == (a == b)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 0),
        ([1, 2, 3], [3, 2, 1], 1),
        ([1, 2, 3], [2, 1, 3], 1 / 3),
        ([1, 1, 1], [1, 2, 3], 0.5),
        ([1, 1, 2], [1, 2, 3], (1 - 2 / 6**0.5) / 2),
        ([1, 2], [1, 2, 3], 1),
    ],
)
def test_the_distance_is_kendalls_tau_b(a: list[int], b: list[int], expected: float) -> None:
    assert kendall_distance(a, b) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"ranks": [1, 2]}, ["ranks"]),
        ({"ranks": "123"}, ["ranks"]),
        ({"ranks": [1, 3, 3]}, ["ranks"]),
        ({"ranks": [0, 1, 2]}, ["ranks[0]"]),
        ({"ranks": [1, None, 2]}, ["ranks[1]"]),
        ({"order": [0, 1]}, ["order"]),
        ({"order": [0, 1, 1]}, ["order"]),
        ({"justification": "none was asked"}, ["justification"]),
    ],
)
def test_every_wrong_field_is_named(changes: dict[str, Any], paths: list[str]) -> None:
    assert refused("ranking", RAW, ITEM, {"ranks": [1, 2, 2], "order": [2, 1, 0]} | changes) == paths


def test_ties_are_refused_where_the_schema_has_none() -> None:
    answer = {"ranks": [1, 2, 2], "order": [0, 1, 2]}
    assert refused("ranking", {"question": "Order?"}, ITEM, answer) == ["ranks[2]"]


def test_the_best_response_is_exported_if_there_is_one() -> None:
    config = ranking.clean_config(RAW)
    answer = {"ranks": [2, 1, 2], "order": [0, 1, 2], "justification": ""}
    assert ranking.export_row(answer, config)["best"] == 1
    assert ranking.export_row(answer | {"ranks": [1, 1, 2]}, config)["best"] is None
