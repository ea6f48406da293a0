"""JSON-MIN as Label Studio's own converter writes it: a row for each annotation, without saying what was asked."""

from __future__ import annotations

from typing import Any

import orjson

from tests.formats.coming_back import items, resumes_anywhere, rows_of, schema_of, troubles
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

CONFIG = b"""<View><Text name="text" value="$text"/><TextArea name="sort" toName="text"/>
<Choices name="topics" toName="text" choice="multiple"><Choice value="a"/><Choice value="b"/></Choices></View>"""


def row(data: dict[str, Any], task: int, who: Any, number: int | None, **answered: Any) -> dict[str, Any]:
    when = {"created_at": "2024-01-01T00:00:00Z", "updated_at": None, "lead_time": 3.2}
    return {**data, "id": task, **answered, "annotator": who, "annotation_id": number, **when}


ROWS = [
    row({"text": "Ada", "n": 3}, 7, "a@b.c", 70, sort="Pos", topics={"choices": ["a", "b"]}, stars=[{"rating": 3}]),
    row({"text": "Ada", "n": 3}, 7, 2, 71, sort="Neg", topics="a"),
    row({"text": "none"}, 8, None, None),
]


def test_the_rows_of_one_task_are_its_annotations() -> None:
    content = orjson.dumps(ROWS, option=orjson.OPT_INDENT_2)
    rows = rows_of(content, "result.json", "label_studio", labels_as="answers")
    first, second = items(rows)
    assert (first.key, first.data["text"], first.data["n"], second.data) == ("7", "Ada", 3, {"text": "none"})
    assert first.data["worker_answers"] == [
        {"worker": "a@b.c", "answer": {"annotations": {"sort": ["Pos"], "topics": ["a", "b"], "stars": [3]}}},
        {"worker": "2", "answer": {"annotations": {"sort": ["Neg"], "topics": ["a"]}}},
    ]
    assert not troubles(rows) and resumes_anywhere(content, "result.json")
    schema = schema_of(content, "result.json")
    assert schema and [each["type"] for each in schema.config["fields"]] == ["category", "category", "linear_scale"]


def test_a_configuration_beside_it_says_what_was_asked() -> None:
    content = zipped({"result.json": orjson.dumps(ROWS[:2]), "config.xml": CONFIG})
    rows = rows_of(content, "x.zip", "label_studio")
    assert items(rows)[0].data["hypothesis"] == {"annotations": {"sort": ["Pos"], "topics": ["a", "b"]}}
    assert [reason for _, reason in troubles(rows)] == ["rating has no place beside what is taken here"]


def test_shapes_and_spans_say_what_they_are() -> None:
    size = {"original_width": 40, "original_height": 20}
    box = {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0, "rectanglelabels": ["cat"], **size}
    shapes = orjson.dumps([row({"image": "/data/upload/1/a.png"}, 9, 1, 90, box=[box, box | {"x": 50}])])
    (drawn,) = items(rows_of(zipped({"result.json": shapes, "a.png": picture()}), "x.zip", "label_studio"))
    assert [(each["left"], each["width"]) for each in drawn.data["hypothesis"]["annotations"]] == [(4, 8), (20, 8)]
    span = {"start": 0, "end": 3, "text": "Ada", "labels": ["P"]}
    spans = orjson.dumps(
        [{"id": 9, "text": "Ada in Oslo", "who": [span], "annotator": 1, "annotation_id": 1, "lead_time": 1}]
    )
    (marked,) = items(rows_of(spans, "x.json", "label_studio"))
    assert [each["text"] for each in marked.data["hypothesis"]["annotations"]] == ["Ada"]
    assert marked.data["text"] == "Ada in Oslo", "the task's own id stands first"
