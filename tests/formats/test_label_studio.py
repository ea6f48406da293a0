"""Label Studio's tasks and configuration, as its own SDK reads them, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from labeling.exporters import label_studio, label_studio_shapes
from labeling.exporters.snapshot import UNFINISHED
from labeling.importers.label_studio_config import read_config
from labeling.importers.packages import NO_PICTURES
from labeling.types import registry
from tests.formats.coming_back import again, items, resumes_anywhere, rows_of, schema_of, troubles
from tests.formats.judging import judge
from tests.formats.making import DRAWING, Made, box, drawn, export, keypoints, line, mask, polygon, written
from tests.formats.test_texts import CHOICE, RECORDS, SPANS
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

ONE = {"annotations": [{"uuid": "1", "attributes": {}, **box("cat", 1, 1, 5, 5)}], "global_attributes": {}}
SHAPES = [
    drawn(1, "写真 1.png", [
        box("cat", 2, 3, 10, 8), box("犬", 10, 5, 10, 4, rotation=0.5),
        polygon("traffic light", (20, 0), (30, 0), (30, 10)), {"type": "point", "label": "spot", "x": 7, "y": 8},
        {"type": "ellipse", "label": "cat", "center": {"x": 20, "y": 10}, "radius_x": 8, "radius_y": 4},
    ], answers=[{"annotator": "ann-1", "value": ONE}, {"annotator": "ann-2", "value": ONE}]),
    drawn(2, "empty.jpg", []),
    drawn(3, "unfinished.png", None),
]  # fmt: skip
LINKED = DRAWING | {"links": [{"value": "next to", "directed": False}, {"value": "on"}]}
MORE = drawn(4, "50% #1.png", [
    mask("犬", "", "  ##", "  #####"), line("cat", (0, 0), (5, 5), attributes={"tail": "long"}),
    box("cat", 2, 3, 10, 8, attributes={"tail": "short"}),
], whole={"weather": "rain\nand «wind»"}, links={"links": [
    {"from": "1", "to": "2", "type": "next to"}, {"from": "3", "to": "1", "type": "on"},
]})  # fmt: skip
ASKED = {
    "question": "?", "rotation": True, "labels": [
        {"value": "a", "geometries": ["mask", "box"], "attributes": [
            {"name": "kinds", "type": "multiselect", "options": ["x", "y z"], "required": False},
            {"name": "far", "type": "boolean", "required": True},
            {"name": "count", "type": "number", "required": False, "min": 0, "max": 9},
            {"name": "note", "type": "text", "required": False},
        ]},
        {"value": "b", "geometries": ["box"], "attributes": [{"name": "note", "type": "boolean", "required": False}]},
    ], "attributes": [{"name": "count", "type": "text", "required": False}],
}  # fmt: skip
GIVEN = drawn(1, "a.png", [
    mask("a", "#") | {"attributes": {"kinds": ["x", "y z"], "far": False, "count": 2.5, "note": "«1»\n2"}},
    box("a", 2, 3, 10, 8, attributes={"kinds": ["x"], "far": True}), box("b", 2, 3, 10, 8),
])  # fmt: skip
TREE = {"question": "?", "options": [{"value": "a b", "choices": [{"value": "c"}]}, {"value": "d"}], "multiple": True}
WRITING = {"question": "?", "fields": [{"name": "summary", "required": False}]}
CASES: dict[str, tuple[str, Any, list[Any]]] = {
    "shapes": ("image_annotation", DRAWING, SHAPES),
    "linked": ("image_annotation", LINKED, [MORE, drawn(5, "50% #1.png", [])]),
    "asked": ("image_annotation", ASKED, [GIVEN]),
    "spans": ("spans", SPANS, [replace(each, answers=[]) for each in RECORDS if each.data["text"].strip()]),
    "choice": ("choice", CHOICE, [written(1, "fine", {"option": "good"}), written(2, "?", None)]),
    "many": (
        "multichoice",
        CHOICE,
        [written(1, "a", {"options": ["good", "very bad"]}), written(2, "b", {"options": []})],
    ),
    "tree": ("tree", TREE, [written(1, "a", {"paths": [["a b", "c"], ["d"]]})]),
    "writing": ("writing", WRITING, [written(1, "a", {"fields": {"summary": "one\ntwo"}})]),
}

DRAWN = ("shapes", "linked", "asked")


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    return {name: export("label_studio", *case, pictures=name in DRAWN) for name, case in CASES.items()}


def test_its_sdk_takes_the_configuration_and_each_annotation(
    made: dict[str, Made], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("label_studio")
    for name, each in made.items():
        each.unpack(folder / name)
    seen = judge("label_studio", folder)
    assert seen["shapes"]["regions"][0] == [
        "rectanglelabels", "rectanglelabels", "polygonlabels", "keypointlabels", "ellipselabels",
    ]  # fmt: skip
    assert len(seen["shapes"]["regions"]) == 4  # a result and two answers, and an empty one
    assert seen["linked"]["regions"][0] == [
        "brushlabels", "vectorlabels", "choices", "rectanglelabels", "choices", "textarea", "relation", "relation",
    ]  # fmt: skip
    assert seen["linked"]["masks"] == [[7, [1, 2]]]
    assert seen["asked"]["regions"] == [
        ["brushlabels", "choices", "choices", "number", "textarea", "rectanglelabels", "choices", "choices",
         "rectanglelabels"],
    ]  # fmt: skip
    assert seen["spans"]["regions"][0].count("labels") == 4 and "relation" in seen["spans"]["regions"][0]
    assert "textarea" in seen["spans"]["regions"][0]
    assert seen["tree"]["regions"] == [["taxonomy"]]


def test_what_label_studio_cannot_say_is_reported(made: dict[str, Made]) -> None:
    assert made["shapes"].lost == [("unfinished.png", UNFINISHED)]
    assert made["linked"].lost == made["asked"].lost == made["spans"].lost[1:] == []
    figure = drawn(1, "figure.png", [keypoints("person", ("head", 10, 5, True))])
    assert export("label_studio", "image_annotation", DRAWING, [figure]).lost == [
        ("figure.png", label_studio_shapes.FIGURE)
    ]
    other = replace(GIVEN, data={"key": "mine"}, answer=GIVEN.answer | {"global_attributes": {"count": "many"}})
    assert [reason for _, reason in export("label_studio", "image_annotation", ASKED, [other]).lost] == [
        label_studio.OWN_KEY, label_studio.RENAMED,
    ]  # fmt: skip


def test_pictures_of_one_name_stay_apart(made: dict[str, Made]) -> None:
    tasks = orjson.loads(made["linked"].files["tasks.json"])
    assert [each["data"]["image"] for each in tasks] == ["images/50%25 %231.png", "images/50%25 %231-5.png"]
    assert [row.image is not None for row in items(rows_of(made["linked"].content, "ls.zip"))] == [True, True]


@pytest.mark.parametrize("name", ["linked", "asked", "spans"])
def test_what_was_asked_and_linked_comes_back_as_it_was_answered(made: dict[str, Made], name: str) -> None:
    type, config, records = CASES[name]
    for content in (made[name].content, without_configuration(made[name])):
        for record, row in zip(records, items(rows_of(content, "ls.zip")), strict=True):
            assert row.data.get("hypothesis") == record.answer or not record.answer
        schema = schema_of(content, "ls.zip")
        registry.get(schema.type).clean_config(schema.config)
        assert schema.type == type
    found = registry.get(type).clean_config(schema_of(made[name].content, "ls.zip").config)
    asked = registry.get(type).clean_config(config)
    for before, after in zip(asked["labels"], found["labels"], strict=True):
        names = [each["name"] for each in before["attributes"]]
        assert [each["name"] for each in after["attributes"]] == names or name == "asked"
    assert [each["value"] for each in found.get("links", [])] == [each["value"] for each in asked.get("links", [])]


def without_configuration(made: Made) -> bytes:
    """Attributes are known by their results then. The empty file tells whose zip it is."""
    return zipped(
        {name: content for name, content in made.files.items() if name != "config.xml"} | {"label_config": b""}
    )


@pytest.mark.parametrize("name", list(CASES))
def test_what_was_imported_is_exported_the_same(made: dict[str, Made], name: str) -> None:
    once = again(made[name], "ls.zip", "label_studio", "label_studio", pictures=name in DRAWN)
    twice = again(once, "ls.zip", "label_studio", "label_studio", pictures=name in DRAWN)
    first, second = orjson.loads(once.files["tasks.json"]), orjson.loads(twice.files["tasks.json"])
    assert [results(task) for task in second] == [results(task) for task in first]
    before = orjson.loads(made[name].files["tasks.json"])
    assert [each["data"] for each in first] == [each["data"] for each in before]
    assert schema_of(made[name].content, "ls.zip").type == CASES[name][0]


def results(task: dict[str, Any]) -> list[Any]:
    """Without the last digits of percents."""
    listed = [each["value"] for one in task["annotations"] for each in one["result"] if "value" in each]
    return [
        {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in each.items()
            if name != "points"
        }
        for each in listed
    ]


def test_annotations_become_answers_of_those_who_made_them(made: dict[str, Made]) -> None:
    row = items(rows_of(made["shapes"].content, "ls.zip", labels_as="answers"))[0]
    assert [each["worker"] for each in row.data["worker_answers"]] == ["ann-1", "ann-2"]
    assert row.data["worker_answers"][0]["answer"] == ONE


def test_tasks_without_a_configuration_are_known_by_their_results() -> None:
    result = [{"id": "x", "type": "labels", "value": {"start": 0, "end": 3, "labels": ["PER"]}}]
    guess = [{"id": "y", "type": "labels", "value": {"start": 4, "end": 8, "labels": ["PER"]}}]
    tasks = [{
        "id": 7, "data": {"text": "Ada Lind"}, "predictions": [{"result": guess}],
        "annotations": [
            {"id": 1, "completed_by": {"email": "a@example.org"}, "result": result}, {"was_cancelled": True},
        ],
    }]  # fmt: skip
    (row,) = items(rows_of(orjson.dumps(tasks), "export.json", "label_studio", labels_as="known"))
    assert row.data["known_answer"]["annotations"][0]["text"] == "Ada"
    assert row.data["hypothesis"]["annotations"][0]["text"] == "Lind"
    (row,) = items(rows_of(orjson.dumps(tasks), "export.json", "label_studio", labels_as="answers"))
    assert row.data["worker_answers"][0]["worker"] == "a@example.org"
    assert schema_of(orjson.dumps(tasks), "export.json").config["labels"] == [{"value": "PER"}]


def test_bad_results_are_told_and_the_rest_is_imported() -> None:
    size = {"original_width": 40, "original_height": 20}
    good = {
        "type": "rectanglelabels",
        "value": {"x": 5, "y": 5, "width": 50, "height": 50, "rectanglelabels": ["cat"]},
    } | size
    bad = [
        good | {"value": good["value"] | {"x": 80}}, good | {"value": {"x": "1"}}, good | {"value": 3}, "text",
        {"type": "choices", "value": {"choices": ["x"]}}, {"type": "brushlabels", "value": {"rle": []}},
    ]  # fmt: skip
    tasks = [
        {"id": 1, "data": {"image": "/data/upload/3/0123abcd-a%20b.png"}, "annotations": [{"result": [good, *bad]}]},
        {"id": 2, "data": {"image": "gone.png"}, "annotations": []}, {"id": 3}, "nonsense",
    ]  # fmt: skip
    config = b"""<View><Image name="image" value="$image"/>
        <RectangleLabels name="r" toName="image"><Label value="cat"/></RectangleLabels></View>"""
    content = zipped({"project.json": orjson.dumps(tasks), "config.xml": config, "a b.png": picture()})
    rows = rows_of(content, "ls.zip", "label_studio")
    assert troubles(rows) == [
        ("annotations[0].result[3].value", "must be an object"), ("annotations[0].result[4]", "must be an object"),
        ("annotations[0].result[5]", "choices has no place beside what is taken here"),
        ("annotations[0].result[1]", "x is 52; the picture ends at 40"), ("annotations[0].result[2]", "has no label"),
        ("annotations[0].result[6]", "has no label"),
        ("data.image", NO_PICTURES), ("data", "is missing: a task needs its data"),
        ("data", "is missing: a task needs its data"),
    ]  # fmt: skip
    assert len(items(rows)[0].data["hypothesis"]["annotations"]) == 1
    assert resumes_anywhere(content, "ls.zip")


def test_bad_masks_lines_and_attributes_are_told_and_the_rest_is_imported(made: dict[str, Made]) -> None:
    tasks = orjson.loads(made["linked"].files["tasks.json"])
    brush, vector, asked, box, *_ = result = tasks[0]["annotations"][0]["result"]
    rle = brush["value"]["rle"]
    bad = [
        brush | {"value": brush["value"] | {"rle": value}, "id": f"m{n}"}
        for n, value in enumerate([rle[:-3], [1, 0, *rle], "x", [0, 0, 12, 128, *[0] * 9]])
    ]
    curve = [*vector["value"]["vertices"], {"x": 1, "y": 1, "isBezier": True}]
    bad += [
        vector | {"value": vector["value"] | {"vertices": curve}, "id": "c"},
        asked | {"id": "nobody"}, box | {"id": "1"},
        box | {"id": "b", "value": box["value"] | {"rectanglelabels": ["cat", "dog"]}},
        {"type": "relation", "from_id": "1", "to_id": "gone", "direction": "right"},
    ]  # fmt: skip
    tasks[0]["annotations"][0]["result"] = [*result, *bad]
    rows = rows_of(zipped(made["linked"].files | {"tasks.json": orjson.dumps(tasks)}), "ls.zip", "label_studio")
    assert [(field.rpartition("result")[2], reason) for field, reason in troubles(rows)] == [
        ("[8]", "the mask's run lengths end too early"),
        ("[9]", "the mask has 16777216 values; the picture of 40 × 20 needs 4 for each pixel"),
        ("[10]", "rle must be a list of bytes"), ("[11]", "the mask's values must have 8 bits"),
        ("[12]", "a curve is not taken"), ("[14].id", "1 is the id of a region before it"),
        ("[15]", "has several labels; the first is taken"), ("[13].id", "there is no region of this id"),
        ("[16]", "there is no region gone"),
    ]  # fmt: skip
    labels = items(rows)[0].data["hypothesis"]
    assert len(labels["annotations"]) == 4 and len(labels["links"]) == 2


def test_a_configuration_becomes_a_schema_of_ours() -> None:
    config = b"""<View><Header value="Which topics?"/><Text name="t" value="$text"/>
        <Choices name="c" toName="t" choice="multiple"><Choice value="a"/><Choice value="b"/></Choices></View>"""
    asked = read_config(config, "config.xml")
    assert asked.schema is not None and asked.kind == "multichoice"
    assert asked.schema.config == {"question": "Which topics?", "options": [{"value": "a"}, {"value": "b"}]}
