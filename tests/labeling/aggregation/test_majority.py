from __future__ import annotations

import pytest

from labeling import aggregation
from labeling.aggregation import majority
from labeling.aggregation.votes import from_triples
from labeling.errors import GroundworkError


def test_most_votes_win_and_confidence_is_their_share_with_one_vote_more_spread_evenly() -> None:
    votes = from_triples([("ann", "x", "yes"), ("bob", "x", "no"), ("eve", "x", "no")], classes=["yes", "no"])
    result = majority.fit(votes)
    assert result.labels.tolist() == [1]
    assert result.confidence[0] == pytest.approx(2.5 / 4)


@pytest.mark.parametrize(("classes", "confidence"), [(2, 0.75), (10, 0.55)])
def test_nobody_is_certain_by_one_answer_and_the_less_so_the_more_there_was_to_choose(
    classes: int, confidence: float
) -> None:
    result = majority.fit(from_triples([("ann", "x", 0)], classes=range(classes)))
    assert result.confidence.tolist() == [pytest.approx(confidence)]
    assert result.posterior.sum() == pytest.approx(1)


def test_the_first_class_of_the_schema_wins_a_tie() -> None:
    triples = [("ann", "x", "no"), ("bob", "x", "yes")]
    assert majority.fit(from_triples(triples, classes=["yes", "no"])).labels.tolist() == [0]
    assert majority.fit(from_triples(triples, classes=["no", "yes"])).labels.tolist() == [0]


def test_a_value_outside_the_classes_is_an_error() -> None:
    with pytest.raises(ValueError, match="'maybe' is not one of the classes"):
        from_triples([("ann", "x", "maybe")], classes=["yes", "no"])


def test_no_votes_at_all_give_an_empty_result() -> None:
    for method in aggregation.methods().values():
        assert len(method.fit(from_triples([], classes=["yes", "no"])).labels) == 0


def test_an_unknown_method_is_named_with_the_known_ones() -> None:
    with pytest.raises(GroundworkError, match="known: .*e4, .*majority"):
        aggregation.get("oracle")


def test_numbers_are_ordered_as_numbers() -> None:
    assert from_triples([("a", "x", value) for value in ("10", "9", "b", "a")]).classes == ("9", "10", "a", "b")


@pytest.mark.parametrize("names", [("nan", "b"), ("1", "1.0"), ("inf", "2")])
def test_which_of_two_classes_is_the_first_is_not_told_by_the_order_of_the_answers(names: tuple[str, str]) -> None:
    answers = [("ann", "x", names[0]), ("bob", "x", names[1])]
    assert from_triples(answers).classes == from_triples(reversed(answers)).classes
