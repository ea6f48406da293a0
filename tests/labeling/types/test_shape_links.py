"""Links between drawn objects: canonical, refused by path, part of the distance and of the export."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.aggregation.settling import Case
from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry
from labeling.types.suggestions import compare

KIND = registry.get("boxes")
KINDS = [
    {"value": "drives", "from": ["person"], "to": ["car"]},
    {"value": "beside", "label": "is beside", "directed": False},
]
SCHEMA = {"question": "Draw.", "labels": [{"value": "person"}, {"value": "car"}], "links": KINDS}
CONFIG = KIND.clean_config(SCHEMA)
ITEM = {"image": {"width": 200, "height": 50}}
NAMES = ["ann", "bob", "van", "bus"]


def box(uuid: str, label: str, left: int) -> dict[str, Any]:
    return {"uuid": uuid, "type": "box", "label": label, "left": left, "top": 5, "width": 20, "height": 20}


BOXES = [box("ann", "person", 0), box("bob", "person", 40), box("van", "car", 80), box("bus", "car", 120)]


def link(source: str, target: str, kind: str = "drives") -> dict[str, Any]:
    return {"from": source, "to": target, "type": kind}


def clean(*links: Any, boxes: Any = BOXES) -> dict[str, Any]:
    return KIND.clean_answer({"annotations": boxes, "links": list(links)}, config=CONFIG, item=ITEM)


@pytest.mark.parametrize(
    ("links", "path", "code"),
    [
        ([link("ann", "nobody")], "links[0].to", "unknown_object"),
        ([link("", "van")], "links[0].from", "unknown_object"),
        ([link("ann", "van"), link("ann", "van", "owns")], "links[1].type", "unknown_relation"),
        ([link("ann", "ann", "beside")], "links[0].to", "same"),
        ([link("van", "ann")], "links[0]", "labels"),
        ([link("ann", "bob")], "links[0]", "labels"),
        ([link("ann", "van"), link("ann", "van")], "links[1]", "duplicate"),
        ([link("ann", "bob", "beside"), link("bob", "ann", "beside")], "links[1]", "duplicate"),
        ([{"from": "ann", "to": "van", "type": "drives", "sure": True}], "links[0].sure", "unknown_field"),
        (["ann"], "links[0]", "type"),
    ],
)
def test_a_wrong_link_is_refused_by_its_path(links: list[Any], path: str, code: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        clean(*links)
    assert [(each.path, each.code) for each in refused.value.problems] == [(path, code)]


def test_a_schema_without_links_knows_no_such_field_and_a_wrong_kind_is_refused_by_its_path() -> None:
    plain = KIND.clean_config({**SCHEMA, "links": []})
    answer = KIND.clean_answer({"annotations": BOXES}, config=plain, item=ITEM)
    assert "links" not in answer
    assert "links" not in KIND.export_row(answer, plain)
    with pytest.raises(InvalidAnswer) as refused:
        KIND.clean_answer({"annotations": BOXES, "links": []}, config=plain, item=ITEM)
    assert [each.path for each in refused.value.problems] == ["links"]
    with pytest.raises(InvalidConfig) as wrong:
        KIND.clean_config({**SCHEMA, "links": [{"value": "on", "from": ["tree"]}, {"value": "on"}]})
    assert [each.path for each in wrong.value.problems] == ["links[0].from[0]", "links[1].value"]


def test_uuids_become_places_and_a_link_without_direction_begins_at_the_earlier() -> None:
    cleaned = clean(link("van", "bob", "beside"), link("ann", "bus"))
    assert cleaned["links"] == [link("1", "4"), link("2", "3", "beside")]
    assert KIND.clean_answer(cleaned, config=CONFIG, item=ITEM) == cleaned
    assert json.loads(str(KIND.export_row(cleaned, CONFIG)["links"])) == cleaned["links"]
    turned = clean(link("bob", "van", "beside"), link("ann", "bus"), boxes=BOXES[::-1])
    assert KIND.distance(cleaned, turned, CONFIG) == 0


PAIRS = st.sampled_from([(a, b) for a in NAMES[:2] for b in NAMES[2:]])


@given(st.sets(PAIRS), st.sets(PAIRS), st.permutations(BOXES))
def test_the_distance_of_links_is_the_share_that_differs(one: Any, other: Any, boxes: Any) -> None:
    a, b = clean(*(link(*ends) for ends in one)), clean(*(link(*ends) for ends in other), boxes=boxes)
    shared = 2 * len(one & other) / (len(one) + len(other)) if one or other else 1
    assert KIND.distance(a, b, CONFIG) == pytest.approx(0.3 * (1 - shared))
    assert KIND.distance(a, b, CONFIG) == KIND.distance(b, a, CONFIG)


def test_the_consensus_has_the_links_that_most_of_those_who_saw_both_ends_set() -> None:
    answers = {
        "a": clean(link("ann", "van"), link("bob", "bus")),
        "b": clean(link("ann", "van"), link("ann", "bob", "beside"), boxes=BOXES[:3]),
        "c": clean(link("ann", "bus"), link("bob", "ann", "beside"), boxes=BOXES[::-1]),
    }
    [found] = KIND.aggregate([Case(answers, ITEM)], CONFIG)
    assert found.answer
    left = {each["uuid"]: each["left"] for each in found.answer["annotations"]}
    links = {(left[each["from"]], left[each["to"]], each["type"]) for each in found.answer["links"]}
    assert {tuple(sorted(each[:2])) for each in links if each[2] == "beside"} == {(0, 40)}
    assert {each for each in links if each[2] == "drives"} == {
        (0, 80, "drives"),
        (40, 120, "drives"),
        (0, 120, "drives"),
    }
    assert KIND.clean_answer(found.answer, config=CONFIG, item=ITEM) == found.answer


def test_a_missing_object_costs_its_links_and_a_suggested_link_is_kept_or_not() -> None:
    full, less = clean(link("ann", "van"), link("bob", "bus")), clean(link("ann", "van"), boxes=BOXES[:3])
    assert KIND.distance(full, less, CONFIG) == pytest.approx(0.7 * (1 - 6 / 7) + 0.3 * (1 - 2 / 3))
    assert compare(KIND, full, clean(link("ann", "van"), link("ann", "bus")), CONFIG).counts == {
        "kept": 5, "changed": 0, "added": 1, "removed": 1,
    }  # fmt: skip
