"""What counts as accepted, changed and rejected, for whole answers and for lists of objects."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.types import registry, suggestions
from labeling.types.suggestions import Kept, compare

CHOICE = {"question": "Mood?", "options": [{"value": "good"}, {"value": "bad"}]}
MANY = {"question": "What?", "options": [{"value": each} for each in ("cat", "dog", "bird")]}
BOXES = {"question": "Draw cars.", "labels": [{"value": "car"}, {"value": "van"}]}
SPANS = {
    "question": "Mark names.",
    "labels": [{"value": "person"}, {"value": "place"}],
    "relations": [{"value": "lives in", "from": ["person"], "to": ["place"]}],
}
TEXT = "Ann lives in Rome, Bob in Paris."
ITEMS = {"boxes": {"image": {"width": 200, "height": 100}}, "spans": {"text": TEXT}}


def kept(name: str, config: Any, suggestion: Any, answer: Any) -> Kept:
    kind = registry.get(name)
    clean = kind.clean_config(config)
    one, other = (kind.clean_answer(each, config=clean, item=ITEMS.get(name, {})) for each in (suggestion, answer))
    return compare(kind, one, other, clean)


def box(left: int, label: str = "car", **more: Any) -> dict[str, Any]:
    return {"type": "box", "label": label, "left": left, "top": 10, "width": 20, "height": 20} | more


def boxes(*drawn: dict[str, Any]) -> dict[str, Any]:
    return {"annotations": list(drawn), "global_attributes": {}}


def span(number: int, start: int, end: int, label: str = "person") -> dict[str, Any]:
    return {"id": f"a{number}", "start": start, "end": end, "label": label}


@pytest.mark.parametrize(
    ("answer", "outcome"), [("good", "accepted"), ("bad", "rejected")], ids=["the same", "another option"]
)
def test_one_option_is_accepted_or_rejected(answer: str, outcome: str) -> None:
    assert kept("choice", CHOICE, {"option": "good"}, {"option": answer}) == Kept(outcome)


@pytest.mark.parametrize(
    ("answer", "outcome"), [(["dog", "cat"], "accepted"), (["cat"], "changed"), (["bird"], "rejected")]
)
def test_several_options_may_also_be_changed(answer: list[str], outcome: str) -> None:
    assert kept("multichoice", MANY, {"options": ["cat", "dog"]}, {"options": answer}).outcome == outcome


@pytest.mark.parametrize(
    ("answer", "outcome", "counts"),
    [
        (boxes(box(10), box(100)), "accepted", (2, 0, 0, 0)),
        (boxes(box(100), box(10)), "changed", (2, 0, 0, 0)),
        (boxes(box(14), box(100)), "changed", (1, 1, 0, 0)),
        (boxes(box(10, "van"), box(100)), "changed", (1, 1, 0, 0)),
        (boxes(box(100)), "changed", (1, 0, 0, 1)),
        (boxes(box(10), box(100), box(150)), "changed", (2, 0, 1, 0)),
        (boxes(box(10), box(100), box(10)), "changed", (2, 0, 1, 0)),
        (boxes(box(60)), "rejected", (0, 0, 1, 2)),
        (boxes(), "rejected", (0, 0, 0, 2)),
    ],
    ids=["same", "order", "moved", "relabelled", "one gone", "one more", "one twice", "all others", "none left"],
)
def test_boxes_are_kept_one_by_one(answer: Any, outcome: str, counts: tuple[int, ...]) -> None:
    found = kept("boxes", BOXES, boxes(box(10), box(100)), answer)
    assert found.outcome == outcome
    assert found.counts == dict(zip(("kept", "changed", "added", "removed"), counts, strict=True))


def test_the_names_of_boxes_do_not_count() -> None:
    found = kept("boxes", BOXES, boxes(box(10, uuid="x"), box(100, uuid="y")), boxes(box(100, uuid="x")))
    assert found.counts == {"kept": 1, "changed": 0, "added": 0, "removed": 1}


def test_an_empty_suggestion_that_is_filled_was_changed_not_rejected() -> None:
    assert kept("boxes", BOXES, boxes(), boxes(box(10))).outcome == "changed"
    assert kept("boxes", BOXES, boxes(), boxes()).outcome == "accepted"


def test_spans_and_relations_are_kept_one_by_one() -> None:
    link = {"id": "r1", "name": "lives in", "source_ref": "a1", "target_ref": "a2"}
    before = {"annotations": [span(1, 0, 3), span(2, 13, 17, "place")], "relationships": [link]}
    after = {"annotations": [span(1, 0, 3), span(2, 10, 17, "place"), span(3, 19, 22)], "relationships": []}
    found = kept("spans", SPANS, before, after)
    assert found == Kept("changed", {"kept": 1, "changed": 1, "added": 1, "removed": 1})
    assert kept("spans", SPANS, before, before).counts == {"kept": 3, "changed": 0, "added": 0, "removed": 0}


def test_very_many_different_objects_are_not_compared_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "MOST_PAIRS", 3)
    found = kept("boxes", BOXES, boxes(box(10), box(100)), boxes(box(12), box(102)))
    assert found == Kept("rejected", {"kept": 0, "changed": 0, "added": 2, "removed": 2})


lists = st.lists(st.integers(0, 8).map(lambda n: box(n * 20)), max_size=6)


@given(lists, lists)
def test_counts_add_up_to_what_there_was_and_is(before: list[Any], after: list[Any]) -> None:
    counts = kept("boxes", BOXES, boxes(*before), boxes(*after)).counts
    assert counts is not None
    assert counts["kept"] + counts["changed"] + counts["removed"] == len(before)
    assert counts["kept"] + counts["changed"] + counts["added"] == len(after)


@pytest.mark.parametrize("kind", registry.all().values(), ids=lambda kind: kind.name)
def test_every_sample_accepts_itself(kind: Any) -> None:
    for sample in kind.samples():
        config = kind.clean_config(sample["config"])
        answer = kind.clean_answer(sample["answer"], config=config, item=sample["item"])
        assert compare(kind, answer, answer, config).outcome == "accepted"
