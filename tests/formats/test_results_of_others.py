"""Results of Mechanical Turk, SageMaker and Argilla: items with the answers of those who gave them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from labeling.importers.packages import NO_PICTURES
from tests.formats.coming_back import fits, items, resumes_anywhere, rows_of, troubles
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

HEADER = '"HITId","AssignmentId","WorkerId","AssignmentStatus","Input.text","Input.id"'


def answers(row: Any) -> list[tuple[str, Any]]:
    return [(each["worker"], each["answer"]) for each in row.data["worker_answers"]]


def test_the_assignments_of_a_hit_are_answers_of_their_workers() -> None:
    lines = [
        HEADER + ',"Answer.sentiment"',
        'h1,a1,W1,Approved,"Fine, ""really""",1,good', "h2,a2,W1,Submitted,Bad,2,bad", 'h1,a3,W2,Approved,"Fine",1,bad',
        "h1,a4,W3,Rejected,Fine,1,good", "h2,a5,,Approved,Bad,2,bad", "h2,a6,W1,Approved,Bad,2,good",
        "h2,a7,W4,Approved,Bad,2,", "h3,a8,W1,Approved,,,good",
    ]  # fmt: skip
    content = b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
    rows = rows_of(content, "Batch_1_results.csv", "mturk")
    first, second = items(rows)
    assert (first.key, first.data["text"], first.data["id"]) == ("h1", 'Fine, "really"', "1")
    assert answers(first) == [("W1", {"option": "good"}), ("W2", {"option": "bad"})]
    assert answers(second) == [("W1", {"option": "bad"})]
    assert troubles(rows) == [
        ("line 5", "the answer of W3 was rejected: it is left out"), ("line 6", "needs a HITId and a WorkerId"),
        ("line 7", "W1 has answered HIT h2 already"), ("line 8", "the answer of W4 is empty or cannot be read"),
        ("HIT h3", "has no Input. columns: there is nothing to show"),
    ]  # fmt: skip
    assert fits(content, "x.csv") == "choice"
    assert resumes_anywhere(content, "x.csv")


@pytest.mark.parametrize(
    ("columns", "cells", "answer", "kind"),
    [
        ('"Answer.animal.cat","Answer.animal.dog"', "true,false", {"options": ["cat"]}, "multichoice"),
        ('"Answer.taskAnswers"', '"[{""category"":{""label"":""cat""}}]"', {"option": "cat"}, "choice"),
        (
            '"Answer.taskAnswers"',
            '"[{""c"":{""labels"":[""cat"",""dog""]}}]"',
            {"options": ["cat", "dog"]},
            "multichoice",
        ),
        ('"Answer.a","Answer.b"', "one,two", {"fields": {"a": "one", "b": "two"}}, "writing"),
    ],
)
def test_what_was_asked_is_known_by_the_columns(columns: str, cells: str, answer: Any, kind: str) -> None:
    other = cells.replace("cat", "dog").replace("true,false", "false,true")
    content = f"{HEADER},{columns}\nh1,a1,W1,Approved,x,1,{cells}\nh2,a2,W2,Approved,y,2,{other}\n".encode()
    assert answers(items(rows_of(content, "x.csv", "mturk"))[0]) == [("W1", answer)]
    if "labels" not in cells:
        assert fits(content, "x.csv") == kind


def manifest(*lines: Any) -> bytes:
    return b"\n".join(each if isinstance(each, bytes) else orjson.dumps(each) for each in lines) + b"\n"


def test_a_manifest_of_boxes_comes_with_its_pictures() -> None:
    about = {"type": "groundtruth/object-detection", "class-map": {"0": "cat"}, "human-annotated": "yes"}
    boxes = [
        {"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}, {"class_id": 7, "left": 1},
        {"class_id": 0, "left": 39, "top": 2, "width": 30, "height": 4},
    ]  # fmt: skip
    line = {"source-ref": "s3://bucket/d/a b.png", "boxes": {"annotations": boxes}, "boxes-metadata": about}
    content = zipped({
        "output.manifest": manifest(line, line | {"source-ref": "s3://bucket/gone.png"}, b"{broken", {"x": 1}),
        "images/a b.png": picture(),
    })  # fmt: skip
    rows = rows_of(content, "sm.zip", "sagemaker")
    found = troubles(rows)
    assert found[:3] == [
        ("boxes.annotations[1]", "its class is not in the class-map"),
        ("boxes.annotations[2]", "x is 69; the picture ends at 40"), ("source-ref", NO_PICTURES),
    ]  # fmt: skip
    assert found[3][1].startswith("not JSON") and found[4] == (
        "source-ref",
        "is missing: a line needs source-ref or source",
    )
    (row,) = items(rows)
    assert row.key == "a b.png" and len(row.data["hypothesis"]["annotations"]) == 1
    assert fits(content, "sm.zip") == "image_annotation" and resumes_anywhere(content, "sm.zip")


def test_classes_entities_and_failures_of_a_manifest() -> None:
    one = {"type": "groundtruth/text-classification", "class-name": "good", "human-annotated": "yes"}
    lines = manifest(
        {"source": "fine", "c": 0, "c-metadata": one},
        {"source": "bad", "c": 1, "c-metadata": one | {"class-name": "bad", "human-annotated": "no"}},
        {"source": "?", "c": 1, "c-metadata": {"failure-reason": "ClientError: expired"}},
        {"source": "x", "c": 1, "c-metadata": {"type": "groundtruth/video"}},
    )  # fmt: skip
    rows = rows_of(lines, "output.manifest", "sagemaker", labels_as="known")
    assert items(rows)[0].data["known_answer"] == {"option": "good"}
    assert items(rows)[1].data == {"text": "bad", "hypothesis": {"option": "bad"}}
    assert troubles(rows) == [("c", "was not labeled: ClientError: expired"), ("c-metadata", "video is not taken")]
    assert fits(lines, "output.manifest") == "choice"
    entities = [{"label": "PER", "startOffset": 0, "endOffset": 3}, {"label": "PER", "startOffset": 2, "endOffset": 99}]
    about = {"type": "groundtruth/text-span", "human-annotated": "yes"}
    spans = manifest({"source": "Ada Lind", "e": {"annotations": {"entities": entities}}, "e-metadata": about})
    rows = rows_of(spans, "output.manifest", "sagemaker")
    assert items(rows)[0].data["hypothesis"]["annotations"][0]["text"] == "Ada"
    assert troubles(rows) == [("e.entities[1]", "from 2 to 99 is no part of a text of 8 characters")]
    many = {"type": "groundtruth/text-classification-multilabel", "class-map": {"0": "a", "1": "b"}}
    lines = manifest({"source": "x", "m": [0, 1], "m-metadata": many}, {"source": "y", "m": [], "m-metadata": many})
    assert [row.data["hypothesis"] for row in items(rows_of(lines, "o.manifest"))] == [
        {"options": ["a", "b"]},
        {"options": []},
    ]


def argilla(*records: Any) -> bytes:
    return orjson.dumps(list(records))


def record(
    n: int, value: Any = None, *responses: Any, question: str = "label", text: str = "Ada Lind"
) -> dict[str, Any]:
    return {
        "id": f"r{n}", "status": "completed", "fields": {"text": text}, "metadata": {"source": "web"},
        "suggestions": {question: {"value": value, "score": 0.9, "agent": "m"}} if value is not None else {},
        "responses": {question: [{"value": each, "user_id": f"u{k}"} for k, each in enumerate(responses, 1)]},
        "vectors": {},
    }  # fmt: skip


def test_argillas_responses_are_answers_and_its_suggestion_a_suggestion() -> None:
    content = argilla(record(1, "good", "bad", "good"), record(2, "good"), {"id": 3}, record(4, 7, "good"))
    rows = rows_of(content, "records.json", "argilla", labels_as="answers")
    assert answers(items(rows)[0]) == [("u1", {"option": "bad"}), ("u2", {"option": "good"})]
    assert items(rows)[0].data["hypothesis"] == {"option": "good"} and items(rows)[0].data["source"] == "web"
    assert troubles(rows)[0] == ("fields", "is missing or empty")
    assert resumes_anywhere(content, "records.json")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("good", "choice"), (["a", "b"], "multichoice"), (4, "rating"), ("x" * 90, "writing"),
        ([{"label": "PER", "start": 0, "end": 3}], "spans"),
    ],
)  # fmt: skip
def test_the_kind_of_a_question_is_known_by_its_values(value: Any, kind: str) -> None:
    other = {"choice": "bad", "rating": 2}.get(kind, value)
    content = argilla(record(1, None, value), record(2, None, other, text="Other text"))
    assert fits(content, "records.json") == kind
    by_line = b"\n".join(orjson.dumps(each) for each in orjson.loads(content))
    assert len(items(rows_of(by_line, "records.jsonl", "argilla"))) == 2


def test_bad_values_of_argilla_are_told_and_the_rest_is_imported() -> None:
    good = {"label": "PER", "start": 0, "end": 3}
    content = argilla(record(1, None, [good, {"label": "PER", "start": 5, "end": 99}, {**good, "start": "x"}]))
    rows = rows_of(content, "records.json", "argilla")
    assert troubles(rows) == [
        ("label[1]", "from 5 to 99 is no part of a text of 8 characters"), ("label[2]", "needs start, end and label"),
    ]  # fmt: skip
    assert len(items(rows)[0].data["hypothesis"]["annotations"]) == 1
