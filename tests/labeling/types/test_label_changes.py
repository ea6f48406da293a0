"""Labels are added, renamed, merged, split and retired in every type's schema, and answers follow.

A new type gets these tests by being there.
"""

from __future__ import annotations

from typing import Any

import pytest

from labeling.errors import InvalidConfig
from labeling.types import registry
from labeling.types.base import TaskType
from labeling.types.label_changes import change_labels, places
from labeling.types.relabeling import reread

TYPES = registry.all()
CASES = [
    pytest.param(task_type, sample, place, id=f"{task_type.name}: {sample['title']}: {place}")
    for task_type in TYPES.values()
    for sample in task_type.samples()
    for place in places(task_type.clean_config(sample["config"]))
]
every_place = pytest.mark.parametrize(("task_type", "sample", "place"), CASES)
WITHOUT_LABELS = {"comparison", "ranking", "response", "rewrite", "writing"}


def changed(task_type: TaskType, sample: dict[str, Any], *operations: dict[str, Any]) -> Any:
    before = task_type.clean_config(sample["config"])
    raw, moved = change_labels(before, list(operations))
    after = task_type.clean_config(raw)
    return after, moved, reread(task_type, sample["answer"], moved, after, sample["item"])


def values_of(config: dict[str, Any], place: str) -> list[str]:
    return [each["value"] for each in places(config).get(place, [])]


def test_every_type_with_labels_has_a_place_for_them() -> None:
    found = {param.values[0].name for param in CASES}
    assert set(TYPES) - found == WITHOUT_LABELS


@every_place
def test_an_added_label_changes_no_answer(task_type: TaskType, sample: dict[str, Any], place: str) -> None:
    after, moved, answer = changed(task_type, sample, {"op": "add", "place": place, "value": "brand new"})
    assert moved == {}
    assert values_of(after, place)[-1] == "brand new"
    assert answer == sample["answer"]


@every_place
def test_a_label_renamed_there_and_back_leaves_every_answer(
    task_type: TaskType, sample: dict[str, Any], place: str
) -> None:
    for value in values_of(task_type.clean_config(sample["config"]), place):
        after, _, there = changed(task_type, sample, {"op": "rename", "place": place, "value": value, "to": "new name"})
        assert "new name" in values_of(after, place) and value not in values_of(after, place)
        assert there is not None
        raw, moved = change_labels(after, [{"op": "rename", "place": place, "value": "new name", "to": value}])
        assert reread(task_type, there, moved, task_type.clean_config(raw), sample["item"]) == sample["answer"]


@every_place
def test_a_merge_says_no_answer_worse_than_in_the_merged_labels(
    task_type: TaskType, sample: dict[str, Any], place: str
) -> None:
    """Everything that was one of the two is now the one; what was neither is as it was."""
    values = values_of(task_type.clean_config(sample["config"]), place)
    for one, other in zip(values, values[1:], strict=False):
        try:
            after, moved, answer = changed(
                task_type, sample, {"op": "merge", "place": place, "values": [one, other], "to": one}
            )
        except InvalidConfig:
            continue  # a list of two has to keep two
        assert other not in values_of(after, place)
        assert answer is not None
        if other not in str(sample["answer"]):
            assert answer == sample["answer"]


@every_place
def test_answers_never_keep_a_label_that_is_split_or_retired(
    task_type: TaskType, sample: dict[str, Any], place: str
) -> None:
    for value in values_of(task_type.clean_config(sample["config"]), place):
        spare = {"op": "add", "place": place, "value": "spare one"}
        for operations in (
            [{"op": "split", "place": place, "value": value, "to": ["left part", "right part"]}],
            [spare, {"op": "retire", "place": place, "value": value}],
        ):
            try:
                after, _, answer = changed(task_type, sample, *operations)
            except InvalidConfig as error:
                assert "condition" in str(error) or "min" in str(error) or "least" in str(error), error
                continue
            assert value not in values_of(after, place)
            assert answer is None or task_type.clean_answer(answer, config=after, item=sample["item"]) == answer


@every_place
def test_a_split_that_keeps_answers_renames_them(task_type: TaskType, sample: dict[str, Any], place: str) -> None:
    value = values_of(task_type.clean_config(sample["config"]), place)[0]
    split = {"op": "split", "place": place, "value": value, "to": ["left part", "right part"], "keep": "left part"}
    after, moved, answer = changed(task_type, sample, split)
    _, _, renamed = changed(task_type, sample, {"op": "rename", "place": place, "value": value, "to": "left part"})
    assert answer == renamed
    assert {"left part", "right part"} <= set(values_of(after, place))


CHOICE = {"question": "What?", "options": [{"value": "cat"}, {"value": "dog"}, {"value": "bird"}]}


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ({"op": "explode"}, "op"),
        ({"op": "add", "value": "cat"}, "value"),
        ({"op": "add", "value": "  "}, "value"),
        ({"op": "add", "value": "x", "before": "fish"}, "before"),
        ({"op": "rename", "value": "fish", "to": "x"}, "value"),
        ({"op": "rename", "value": "cat", "to": "dog"}, "to"),
        ({"op": "merge", "values": ["cat"]}, "values"),
        ({"op": "merge", "values": ["cat", "cat"]}, "values"),
        ({"op": "merge", "values": ["cat", "fish"]}, "values"),
        ({"op": "split", "value": "cat", "to": ["x"]}, "to"),
        ({"op": "split", "value": "cat", "to": ["x", "dog"]}, "to"),
        ({"op": "split", "value": "cat", "to": ["x", "y"], "keep": "z"}, "keep"),
        ({"op": "retire", "value": "cat", "instead": "cat"}, "instead"),
        ({"op": "retire", "value": "cat", "place": "labels"}, "place"),
        ({"op": "retire", "value": "cat", "really": True}, "really"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_its_field(operation: dict[str, Any], path: str) -> None:
    config = TYPES["choice"].clean_config(CHOICE)
    with pytest.raises(InvalidConfig) as refused:
        change_labels(config, [{"op": "rename", "value": "bird", "to": "Bird"}, operation])
    assert [problem.path for problem in refused.value.problems] == [f"changes[1].{path}"]
    assert config == TYPES["choice"].clean_config(CHOICE)


def test_several_changes_at_once_lead_each_label_to_where_it_ends() -> None:
    choice = TYPES["choice"]
    raw, moved = change_labels(
        choice.clean_config(CHOICE),
        [
            {"op": "rename", "value": "cat", "to": "feline"},
            {"op": "merge", "values": ["dog", "feline"], "to": "pet"},
            {"op": "split", "value": "bird", "to": ["owl", "crow"]},
        ],
    )
    assert [each["value"] for each in choice.clean_config(raw)["options"]] == ["pet", "owl", "crow"]
    assert moved == {"options": {"cat": ["options", "pet"], "dog": ["options", "pet"], "bird": None}}


def test_a_branch_of_a_taxonomy_takes_its_entries_along() -> None:
    tree = TYPES["tree"]
    config = tree.clean_config(
        {
            "question": "Where?",
            "options": [
                {"value": "animals", "choices": [{"value": "cat"}, {"value": "dog"}]},
                {"value": "beasts", "choices": [{"value": "cat"}, {"value": "wolf"}]},
            ],
        }
    )
    raw, moved = change_labels(config, [{"op": "merge", "values": ["animals", "beasts"], "to": "fauna"}])
    after = tree.clean_config(raw)
    for path, now in ((["beasts", "wolf"], ["fauna", "wolf"]), (["beasts", "cat"], ["fauna", "cat"])):
        assert reread(tree, {"paths": [path]}, moved, after, {"text": "x"}) == {"paths": [now]}
    raw, moved = change_labels(after, [{"op": "rename", "place": "options/fauna/choices", "value": "cat", "to": "tom"}])
    assert reread(tree, {"paths": [["fauna", "cat"]]}, moved, tree.clean_config(raw), {"text": "x"}) == {
        "paths": [["fauna", "tom"]]
    }


def test_spans_that_become_the_same_are_one_and_links_follow() -> None:
    spans = TYPES["spans"]
    config = spans.clean_config(
        {
            "question": "Mark.",
            "labels": [{"value": "org"}, {"value": "firm"}, {"value": "person"}],
            "relations": [{"value": "works_for", "from": ["person"], "to": ["firm"]}],
        }
    )
    item = {"text": "Ada at Acme"}
    given = [("person", 0, 3), ("org", 7, 11), ("firm", 7, 11)]
    raw_answer = {
        "annotations": [{"id": str(n), "label": name, "start": s, "end": e} for n, (name, s, e) in enumerate(given)],
        "relationships": [{"name": "works_for", "source_ref": "0", "target_ref": "2"}],
    }
    answer = spans.clean_answer(raw_answer, config=config, item=item)
    raw, moved = change_labels(config, [{"op": "merge", "values": ["org", "firm"], "to": "company"}])
    after = spans.clean_config(raw)
    found = reread(spans, answer, moved, after, item)
    assert found is not None
    assert [each["label"] for each in found["annotations"]] == ["person", "company"]
    assert [(r["source_ref"], r["target_ref"]) for r in found["relationships"]] == [("a1", "a2")]
    assert after["relations"][0]["to"] == ["company"]


def kinds(*options: str, **more: Any) -> dict[str, Any]:
    return {"name": "kind", "type": "select", "options": [{"value": each} for each in options], **more}


def drawn(*said: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    box = {"type": "box", "left": 1, "top": 1, "width": 9, "height": 9}
    things = [box | {"uuid": str(n), "label": label, "attributes": a} for n, (label, a) in enumerate(said, start=1)]
    return {"annotations": things, "global_attributes": {}}


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        (
            [{"op": "rename", "place": "labels/car/attributes/kind/options", "value": "old", "to": "vintage"}],
            [("car", {"kind": "vintage", "why": "rust"}), ("van", {"kind": "old"})],
        ),
        ([{"op": "retire", "place": "labels/van/attributes/kind/options", "value": "old"}],
         [("car", {"kind": "old", "why": "rust"}), ("van", {})]),
        ([{"op": "merge", "values": ["car", "van"], "to": "vehicle"}],
         [("vehicle", {"kind": "old", "why": "rust"}), ("vehicle", {"kind": "old"})]),
        ([{"op": "retire", "value": "car", "instead": "van"}], [("van", {"kind": "old"}), ("van", {"kind": "old"})]),
        (
            [{"op": "rename", "value": "car", "to": "auto"},
             {"op": "rename", "place": "labels/auto/attributes/kind/options", "value": "old", "to": "vintage"}],
            [("auto", {"kind": "vintage", "why": "rust"}), ("van", {"kind": "old"})],
        ),
    ],
    ids=["rename", "retire", "merge labels", "retire label", "rename label and option"],
)  # fmt: skip
def test_what_attributes_say_follows_their_options_and_labels(operations: Any, said: Any) -> None:
    boxes = TYPES["boxes"]
    why = {"name": "why", "type": "text", "condition": {"attribute": "kind", "is": "old"}}
    labels = [{"value": "car", "attributes": [kinds("old", "new"), why]},
              {"value": "van", "attributes": [kinds("old", "big")]}]  # fmt: skip
    config = boxes.clean_config({"question": "Draw.", "labels": labels})
    item = {"image": {"width": 100, "height": 100}}
    answer = boxes.clean_answer(
        drawn(("car", {"kind": "old", "why": "rust"}), ("van", {"kind": "old"})), config=config, item=item
    )
    raw, moved = change_labels(config, operations)
    found = reread(boxes, answer, moved, boxes.clean_config(raw), item)
    assert found is not None
    assert [(each["label"], each["attributes"]) for each in found["annotations"]] == said


def test_an_option_that_a_condition_asks_for_is_not_retired() -> None:
    boxes = TYPES["boxes"]
    why = {"name": "why", "type": "text", "condition": {"attribute": "kind", "is": "old"}}
    config = boxes.clean_config(
        {"question": "?", "labels": [{"value": "car", "attributes": [kinds("old", "new"), why]}]}
    )
    retire = {"op": "retire", "place": "labels/car/attributes/kind/options", "value": "old"}
    with pytest.raises(InvalidConfig, match="condition"):
        boxes.clean_config(change_labels(config, [retire])[0])
