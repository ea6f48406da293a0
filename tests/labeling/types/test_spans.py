"""Spans: what is refused and where, canonical form, distance and export."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.aggregation.settling import Case
from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry

spans = registry.get("spans")
TEXT = "Ann 𠮷 left Oslo.\nمرحبا"
ITEM = {"text": TEXT}
SCHEMA = {
    "question": "Mark.",
    "labels": [
        {"value": "who", "attributes": [{"name": "sure", "type": "boolean", "required": True}]},
        {
            "value": "where",
            "attributes": [{"name": "kind", "options": ["town", "land"]}, {"name": "note", "type": "text"}],
        },
        {"value": "any"},
    ],
    "relations": [
        {"value": "in", "from": ["who"], "to": ["where"]},
        {"value": "same", "directed": False},
    ],
}
CONFIG = spans.clean_config(SCHEMA)
FLAT = spans.clean_config(SCHEMA | {"overlap": False})
ANN = {"id": "x", "label": "who", "start": 0, "end": 3, "attributes": {"sure": True}}
OSLO = {"id": "y", "label": "where", "start": 11, "end": 15}


def clean(
    annotations: list[Any], relationships: list[Any] | None = None, config: dict[str, Any] = CONFIG
) -> dict[str, Any]:
    raw = {"annotations": annotations, "relationships": relationships or []}
    return spans.clean_answer(raw, config=config, item=ITEM)


def refused(
    annotations: list[Any], relationships: list[Any] | None = None, config: dict[str, Any] = CONFIG
) -> list[str]:
    with pytest.raises(InvalidAnswer) as error:
        clean(annotations, relationships, config)
    return [problem.path for problem in error.value.problems]


def test_offsets_count_code_points_and_the_text_is_filled_in() -> None:
    assert clean([{"label": "any", "start": 4, "end": 5}])["annotations"][0]["text"] == "𠮷"
    assert clean([OSLO])["annotations"] == [{"id": "a1", "label": "where", "start": 11, "end": 15, "text": "Oslo"}]


def test_order_and_ids_do_not_depend_on_how_it_was_written() -> None:
    one = clean([ANN, OSLO], [{"name": "in", "source_ref": "x", "target_ref": "y"}])
    other = clean(
        [OSLO | {"id": "1"}, ANN | {"id": "2"}], [{"id": "z", "name": "in", "source_ref": "2", "target_ref": "1"}]
    )
    assert one == other
    assert [span["id"] for span in one["annotations"]] == ["a1", "a2"]
    assert one["relationships"] == [{"id": "r1", "name": "in", "source_ref": "a1", "target_ref": "a2"}]


def test_a_relation_without_direction_begins_at_the_earlier_span() -> None:
    there = clean([ANN, OSLO], [{"name": "same", "source_ref": "x", "target_ref": "y"}])
    assert clean([ANN, OSLO], [{"name": "same", "source_ref": "y", "target_ref": "x"}]) == there


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"start": -1}, "annotations[0].start"),
        ({"end": 99}, "annotations[0].end"),
        ({"start": True}, "annotations[0].start"),
        ({"end": 12.0}, "annotations[0].end"),
        ({"start": 15}, "annotations[0].end"),
        ({"start": 15, "end": 11}, "annotations[0].end"),
        ({"label": "pink"}, "annotations[0].label"),
        ({"label": ["where"]}, "annotations[0].label"),
        ({"text": "Oslp"}, "annotations[0].text"),
        ({"id": 5}, "annotations[0].id"),
        ({"color": 1}, "annotations[0].color"),
        ({"attributes": {"kind": "sea"}}, "annotations[0].attributes.kind"),
        ({"attributes": {"colour": "red"}}, "annotations[0].attributes.colour"),
        ({"attributes": {"note": "\ud800"}}, "annotations[0].attributes.note"),
        ({"attributes": {"note": "x" * 5001}}, "annotations[0].attributes.note"),
        ({"attributes": []}, "annotations[0].attributes"),
        ({"label": "who"}, "annotations[0].attributes.sure"),
        ({"label": "who", "attributes": {"sure": "yes"}}, "annotations[0].attributes.sure"),
    ],
)
def test_a_wrong_field_of_a_span_is_named(change: dict[str, Any], path: str) -> None:
    assert refused([OSLO | change]) == [path]


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ({"name": "eats"}, "relationships[0].name"),
        ({"source_ref": "q"}, "relationships[0].source_ref"),
        ({"target_ref": None}, "relationships[0].target_ref"),
        ({"target_ref": "x"}, "relationships[0].target_ref"),
        ({"source_ref": "y", "target_ref": "x"}, "relationships[0]"),
        ({"weight": 1}, "relationships[0].weight"),
    ],
)
def test_a_wrong_field_of_a_relationship_is_named(link: dict[str, Any], path: str) -> None:
    assert refused([ANN, OSLO], [{"name": "in", "source_ref": "x", "target_ref": "y"} | link]) == [path]


def test_the_same_span_and_the_same_link_twice_are_refused() -> None:
    assert refused([OSLO, OSLO | {"id": "z"}]) == ["annotations[1]"]
    assert refused([OSLO, ANN | {"id": "y"}]) == ["annotations[1].id"]
    link = {"name": "same", "source_ref": "x", "target_ref": "y"}
    assert refused([ANN, OSLO], [link, link | {"source_ref": "y", "target_ref": "x"}]) == ["relationships[1]"]


@pytest.mark.parametrize(("start", "end"), [(2, 5), (0, 2), (1, 2), (0, 3)])
def test_spans_overlap_only_where_the_schema_lets_them(start: int, end: int) -> None:
    other = {"id": "z", "label": "any", "start": start, "end": end}
    assert len(clean([ANN, other])["annotations"]) == 2
    assert refused([ANN, other], config=FLAT) in (["annotations[0]"], ["annotations[1]"])
    assert len(clean([ANN, other | {"start": 3, "end": 5}], config=FLAT)["annotations"]) == 2


def test_every_wrong_field_of_a_schema_is_told_at_once() -> None:
    raw = {
        "question": "",
        "labels": [
            {"value": "a", "key": "j"},
            {"value": "a", "color": 11},
            {
                "value": "b",
                "attributes": [{"name": "n", "type": "date"}, {"name": "n", "type": "text"}, {"name": "s"}],
            },
            7,
        ],
        "overlap": "yes",
        "relations": [{"value": "r", "from": ["nobody"], "directed": 1}],
    }
    with pytest.raises(InvalidConfig) as error:
        spans.clean_config(raw)
    assert {problem.path for problem in error.value.problems} >= {
        "question", "labels[0].key", "labels[1].value", "labels[1].color", "labels[2].attributes[0].type", "labels[3]",
        "labels[2].attributes[1].name", "labels[2].attributes[2].options", "overlap", "relations[0].from[0]",
        "relations[0].directed",
    }  # fmt: skip


def test_distance_is_one_minus_f1_averaged_with_relationships_where_there_are_any() -> None:
    both, one = clean([ANN, OSLO]), clean([OSLO])
    assert spans.distance(both, one, CONFIG) == pytest.approx(1 - 2 * 1 / 3)
    linked = clean([ANN, OSLO], [{"name": "in", "source_ref": "x", "target_ref": "y"}])
    assert spans.distance(both, linked, CONFIG) == 0.5
    shifted = clean(
        [{"id": "0", "label": "any", "start": 0, "end": 1}, ANN, OSLO],
        linked and [{"name": "in", "source_ref": "x", "target_ref": "y"}],
    )
    assert spans.distance(linked, shifted, CONFIG) == pytest.approx((1 - 2 * 2 / 5) / 2)
    assert spans.distance(clean([]), clean([]), CONFIG) == 0
    assert spans.distance(clean([]), both, CONFIG) == 1


def test_a_row_holds_the_parts_as_json() -> None:
    row = spans.export_row(clean([OSLO]), CONFIG)
    assert row["spans"] == 1
    assert json.loads(str(row["annotations"]))[0]["text"] == "Oslo"


points = st.integers(0, len(TEXT))
one_span = st.tuples(points, points, st.sampled_from(["where", "any"])).filter(lambda each: each[0] < each[1])


@given(st.lists(one_span, unique=True, max_size=12), st.randoms())
def test_any_spans_survive_cleaning_twice_in_any_order(chosen: list[tuple[int, int, str]], random: Any) -> None:
    raw = [{"start": start, "end": end, "label": label} for start, end, label in chosen]
    once = clean(raw)
    assert spans.clean_answer(once, config=CONFIG, item=ITEM) == once
    random.shuffle(raw)
    assert clean(raw) == once
    assert all(TEXT[span["start"] : span["end"]] == span["text"] for span in once["annotations"])


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "label", "start", "end", "attributes", "annotations", "relationships", "name", "source_ref"]), inner), max_leaves=12))  # fmt: skip # noqa: E501
def test_any_json_is_refused_or_cleaned_for_good(raw: Any) -> None:
    for each in (raw, {"annotations": raw}, {"annotations": [], "relationships": raw}, {"annotations": [raw]}):
        try:
            found = spans.clean_answer(each, config=CONFIG, item=ITEM)
        except InvalidAnswer as error:
            assert error.problems
        else:
            assert spans.clean_answer(found, config=CONFIG, item=ITEM) == found


WHO = {"labels": [{"value": "who", "attributes": []}], "relations": [], "overlap": False}


def settled(answers: list[int], items: int = 1) -> Any:
    """The consensus of people who marked the same name, or nothing, of whom nothing else is known."""
    marked = {"id": "a1", "label": "who", "start": 0, "end": 3, "text": "Ann"}
    said = {f"w{n}": {"annotations": [marked] if each else [], "relationships": []} for n, each in enumerate(answers)}
    return spans.aggregate([Case(said, item={"text": "Ann sat"}) for _ in range(items)], WHO, method="e4")[0]


def test_strangers_who_differ_are_not_sure_and_two_who_agree_do_not_end_the_asking() -> None:
    differ, two, most, three = (settled(each) for each in ([1, 0], [1, 1], [1, 1, 0], [1, 1, 1]))
    assert differ.confidence < 0.75 and differ.sure < 0.6
    assert two.answer == three.answer == most.answer != differ.answer
    assert two.sure < 0.95 < three.sure and most.sure < two.sure
    assert most.confidence < two.confidence < three.confidence < 1


def test_what_the_only_annotator_marks_is_the_consensus_however_often() -> None:
    only = settled([1], items=30)
    assert len(only.answer["annotations"]) == 1 and only.confidence == 0.5
