"""Texts and tables as other tools really write them: a reader once took them for something else."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.errors import BadFile
from labeling.importers.json_numbers import TOO_LONG
from labeling.importers.packages import NO_PICTURES
from tests.formats.coming_back import fits, items, resumes_anywhere, rows_of, troubles
from tests.formats.making import DRAWING, drawn, export
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture


def spans_of(content: bytes, name: str) -> list[list[tuple[str, str]]]:
    """Label and words of each span, by item."""
    found = [row.data["hypothesis"]["annotations"] for row in items(rows_of(content, name))]
    return [[(each["label"], each["text"]) for each in one] for one in found]


def test_comments_and_numbers_of_conll_are_no_words() -> None:
    multi = b"# id 5a\tdomain=en\nada _ _ B-PER\n#1 _ _ I-PER\n\n# id 6b\tdomain=en\nhe _ _ O\n"
    assert spans_of(multi, "train.conll") == [[("PER", "ada #1")], []]
    cells = "_\t" * 7
    numbered = f"# newdoc\n1\tAda\t{cells}B-PER\n2\tLind\t{cells}I-PER\n\n1\tx\t{cells}O\n".encode()
    assert spans_of(numbered, "x.conllu") == [[("PER", "Ada Lind")], []]
    assert troubles(rows_of(multi, "train.conll")) == troubles(rows_of(numbered, "x.conllu")) == []
    assert spans_of(b"Ada PER\nLind PER\nin O\nOslo LOC\n", "x.conll") == [[("PER", "Ada Lind"), ("LOC", "Oslo")]]
    assert spans_of(b"Ada B-PER\nLind I-PER\n", "train.txt") == [[("PER", "Ada Lind")]]


def test_spans_of_brat_that_are_not_of_their_words_are_told() -> None:
    lines = b"T1\tPER 0 3\tAda\nT2\tLOC 9 12\tOslo\nT3\tPER 0 3;4 8\tAda Lind\nR1\tin Arg1:T1 Arg2:T2\n"
    rows = rows_of(zipped({"a.txt": b"Ada Lind Oslo", "a.ann": lines}), "x.zip", "brat")
    assert troubles(rows) == [
        ("a.ann: line 2", "'Osl' stands there, not 'Oslo'"),
        ("a.ann: line 4", "there is no span T2"),
    ]
    windows = zipped({"a.txt": b"Ada\r\nLind\r\nOslo", "a.ann": b"T1\tLOC 9 13\tOslo\n"})
    assert spans_of(windows, "x.zip") == [[("LOC", "Oslo")]]


def test_records_of_argilla_1_keep_their_responses_and_suggestions() -> None:
    responses = [
        {"user_id": f"u{n}", "status": status, "values": {"label": {"value": value}}}
        for n, (status, value) in enumerate([("submitted", "good"), ("draft", "bad"), ("submitted", "bad")])
    ]
    suggestions = [{"question_name": "label", "value": "bad", "score": 0.3, "agent": "m"}]
    record = {"fields": {"text": "Ada"}, "external_id": "e1", "responses": responses, "suggestions": suggestions}
    (row,) = items(rows_of(orjson.dumps([record]), "records.json", "argilla", labels_as="answers"))
    assert [(each["worker"], each["answer"]) for each in row.data["worker_answers"]] == [
        ("u0", {"option": "good"}), ("u2", {"option": "bad"}),
    ]  # fmt: skip
    assert (row.key, row.data["hypothesis"]) == ("e1", {"option": "bad"})


def test_a_json_list_gives_an_item_for_each_object() -> None:
    content = b'[\n {"id": 1, "text": "one"},\n {"text": "two", "n": 12345678901234567890123}, 3, {"text": "four"}\n]'
    rows = rows_of(content, "data.json", "json")
    assert [row.data["text"] for row in items(rows)] == ["one", "four"]
    assert troubles(rows) == [("n", TOO_LONG), ("", "not a JSON object")] and resumes_anywhere(content, "data.json")


def test_numbers_that_would_come_back_rounded_are_told() -> None:
    lines = [
        b'{"text":"a","n":[18446744073709551616]}',
        b'{"text":"b","id":-9223372036854775808}',
        b'{"text":"c","n":1e30}',
    ]
    rows = rows_of(b"\n".join(lines), "x.jsonl")
    assert troubles(rows) == [("n[0]", TOO_LONG)] and items(rows)[0].key == "-9223372036854775808"


@pytest.mark.parametrize("content", [b"text,n\ra,1\rb\xc3\xa9,2\r", b"sep=;\ntext;n\na;1\nb\xc3\xa9;2"])
def test_spreadsheets_of_the_macintosh_and_told_separators_are_read(content: bytes) -> None:
    assert [(row.data["text"], row.data["n"]) for row in items(rows_of(content, "x.csv"))] == [("a", "1"), ("bé", "2")]
    assert resumes_anywhere(content, "x.csv")


def test_a_zip_of_tables_says_to_send_them_unpacked() -> None:
    with pytest.raises(BadFile, match=r"send a\.csv, b\.csv unpacked"):
        rows_of(zipped({"a.csv": b"text\na\n", "b.csv": b"text\nb\n"}), "x.zip")


def lines(*objects: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(each) + b"\n" for each in objects)


def test_the_zip_of_doccano_has_each_annotators_labels_as_answers() -> None:
    files = {
        "ann.jsonl": lines({"id": 1, "text": "Ada Lind", "label": [[0, 3, "PER"]], "Comments": ["hm"]}, {"id": 2}),
        "bob.jsonl": lines({"id": 1, "text": "Ada Lind", "label": [[0, 8, "PER"]]}),
    }
    rows = rows_of(zipped(files), "project.zip", "doccano", labels_as="answers")
    (row,) = items(rows)
    words = {each["worker"]: each["answer"]["annotations"][0]["text"] for each in row.data["worker_answers"]}
    assert words == {"ann": "Ada", "bob": "Ada Lind"} and row.data["Comments"] == ["hm"]
    assert troubles(rows) == [("ann.jsonl: text", "is missing or empty")]
    told = b'{"item":"1","task":1,"path":"answers","reason":"x"}\n'
    alone = zipped({"losses.jsonl": told, "all.jsonl": files["ann.jsonl"]})
    assert spans_of(alone, "project.zip") == [[("PER", "Ada")]]


def test_every_kind_of_doccanos_tasks_becomes_the_type_that_asks_it() -> None:
    intent = lines({"id": 1, "text": "To Oslo", "entities": [[3, 7, "City"]], "cats": ["flight"]})
    assert spans_of(intent, "all.jsonl") == [[("City", "Oslo")]]
    assert items(rows_of(intent, "all.jsonl"))[0].data["cats"] == ["flight"]
    said = [{"id": n, "text": "Ja", "label": [f"Yes, of course {n}"]} for n in range(2)]
    assert fits(lines(*said), "all.jsonl") == "writing"
    box = {"id": 1, "label": "cat", "x": 1.0, "y": 2.0, "width": 10, "height": 10}
    outline = {"id": 1, "label": "cat", "points": [1, 1, 9, 1, 9, 99]}
    of_pictures = {
        "image_annotation": [{"bbox": [box, {**box, "x": 99}]}, {"segmentation": [outline]}],
        "choice": [{"label": ["cat"]}, {"label": ["dog"]}],
        "multichoice": [{"label": ["cat", "dog"]}, {"label": []}],
        "writing": [{"label": ["A cat on a mat."]}, {"label": ["A dog in the fog."]}],
    }
    for kind, found in of_pictures.items():
        given = [{"id": n, "filename": f"{n}.png", **each, "Comments": []} for n, each in enumerate(found)]
        pictures = {f"{n}.png": picture(size=(40, 20 + n)) for n in range(2)}
        rows = rows_of(zipped({"all.jsonl": lines(*given), **pictures}), "x.zip", "doccano_images")
        told = ["0.png: bbox[1]", "1.png: segmentation[0]"] if kind == "image_annotation" else []
        assert fits(zipped({"all.jsonl": lines(*given), **pictures}), "x.zip") == kind
        assert [field for field, _ in troubles(rows)] == told and len(items(rows)) == 2
    assert troubles(rows_of(lines(given[0]), "all.jsonl")) == [("0.png", NO_PICTURES)]


def test_a_json_document_that_is_one_object_gives_the_list_in_it() -> None:
    nested = b'{\n  "version": "1",\n  "data": [{"text": "one"}, {"text": "two", "n": 12345678901234567890123}]\n}'
    rows = rows_of(nested, "squad.json", "json")
    assert [row.data["text"] for row in items(rows)] == ["one"] and troubles(rows) == [("n", TOO_LONG)]
    assert [row.data["tags"] for row in items(rows_of(b'{\n"text": "one", "tags": []}', "a.json", "json"))] == [[]]
    assert len(items(rows_of(b'{"text": "one"}\n{"text": "two"}\n', "lines.json", "jsonl"))) == 2
    assert len(items(rows_of(b'{"text":\n{"text": "two"}\n', "lines.json", "jsonl"))) == 1


@pytest.mark.parametrize(("name", "content"), [("a.csv", b"text,n\n\n"), ("a.json", b"[]")])
def test_a_file_with_nothing_in_it_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(BadFile, match="no rows|is empty"):
        rows_of(content, name)


def test_a_zip_that_was_cut_short_is_no_other_zip_within_it() -> None:
    whole = zipped({"a.png": picture(), "inner.zip": zipped({"b.png": picture(mode="L")}), "c.png": picture()})
    with pytest.raises(BadFile, match="cut short"):
        rows_of(whole[:-120], "x.zip")
    found = rows_of(whole + b"and more", "x.zip")
    assert len(items(found)) == 2 and troubles(found)[0][0] == "inner.zip"


def test_a_record_with_several_losses_counts_once_however_often_they_are_told() -> None:
    shapes = [{"type": "ellipse", "label": "cat", "center": {"x": 9, "y": 9}, "radius_x": 8, "radius_y": 4}]
    records = [drawn(n, f"{n}.png", shapes, whole={"weather": "rain"}) for n in (3, 70_000, 9)]
    for name in ("voc", "yolo_detect", "coco"):
        made = export(name, "image_annotation", DRAWING, records)
        assert made.summary["records"] == 3 and made.summary["total"] >= 6


OWN = {"task_id": 1, "item_id": 2, "item_key": "k", "answer_count": 0, "schema_version": 1, "item.text": "one"}


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ({"options.a": True, "options.b.c": False}, {"options": ["a"]}),
        ({"fields.a b": "x", "fields.c": ""}, {"fields": {"a b": "x", "c": ""}}),
        ({"paths": [["a", "b"]], "path": "a > b"}, {"paths": [["a", "b"]]}),
        ({"spans": 0, "annotations": [], "relationships": []}, {"annotations": [], "relationships": []}),
        ({"objects": 1, "annotations": [{"type": "box", "rotation": 1, "vertices": []}], "global_attributes": {}},
         {"annotations": [{"type": "box", "rotation": 1}], "global_attributes": {}}),
        ({"option": None}, None), ({"ratings.style": 3, "score": 0.5}, None),
    ],
)  # fmt: skip
def test_the_result_of_our_own_tables_is_a_label_again(cells: dict[str, Any], answer: dict[str, Any] | None) -> None:
    columns = OWN | {f"consensus.{name}": value for name, value in cells.items()}
    (row,) = items(rows_of(orjson.dumps(columns), "x.jsonl"))
    assert row.key == "k" and row.data.get("hypothesis") == answer
    kept = {name: value for name, value in row.data.items() if name.startswith("consensus.")}
    assert kept == ({} if answer or cells == {"option": None} else {f"consensus.{n}": v for n, v in cells.items()})


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_pictures_of_the_hub_come_out_of_their_column_of_bytes() -> None:
    shown = [{"bytes": picture(), "path": "a/b.png"}, {"bytes": b"no picture", "path": "c.png"}, None]
    content = parquet(image=shown, label=[0, 1, 2], id=["x", "y", "z"])
    rows = rows_of(content, "train.parquet")
    first, last = items(rows)
    assert (first.key, first.data) == ("x", {"label": 0, "id": "x", "file": "b.png"}) and first.image.width == 40
    assert last.image is None
    assert troubles(rows) == [("image", "not an image of a kind we take (PNG, JPEG, WEBP, GIF, TIFF, BMP)")]
    (row,) = items(rows_of(parquet(image=shown[:1]), "train.parquet"))
    assert row.key == row.image.sha256[:32] and resumes_anywhere(content, "train.parquet")


def test_times_inside_of_lists_and_structures_are_text() -> None:
    moment = datetime(2026, 3, 1, 12)
    listed = pa.array([[moment]], pa.list_(pa.timestamp("ns")))
    content = parquet(
        text=["a"], at=listed, one=pa.array([{"t": moment}], pa.struct([("t", pa.timestamp("ns", "UTC"))]))
    )
    (row,) = items(rows_of(content, "x.parquet"))
    assert row.data["at"] == ["2026-03-01T12:00:00"] and row.data["one"] == {"t": "2026-03-01T12:00:00+00:00"}


def test_more_names_of_keypoints_than_there_are_and_unknown_encodings_are_no_crash() -> None:
    about = b"names: [man]\nkpt_shape: [1, 3]\nkpt_names:\n  0: [head, hip, hand]\n"
    files = {"data.yaml": about, "images/a.png": picture(), "labels/a.txt": b"0 0.5 0.5 0.2 0.2 0.5 0.5 2\n"}
    (row,) = items(rows_of(zipped(files), "x.zip", "yolo"))
    assert [each["type"] for each in row.data["hypothesis"]["annotations"]] == ["point"]
    document = b"<?xml version='1.0' encoding='tf-8'?><annotations></annotations>"
    with pytest.raises(BadFile, match="unknown encoding"):
        rows_of(zipped({"annotations.xml": document}), "x.zip", "cvat")


def test_a_span_of_doccano_whose_id_is_empty_may_be_linked() -> None:
    place = {"id": "", "label": "PER", "start_offset": 0, "end_offset": 3}
    links = [{"from_id": "", "to_id": "", "type": "is"}, 1.5]
    line = lines({"id": 1, "text": "Ada Lind", "entities": [place], "relations": links})
    rows = rows_of(line, "all.jsonl", "doccano")
    assert troubles(rows) == [("relations[1].type", "must be a name")]
    assert items(rows)[0].data["hypothesis"]["relationships"][0]["source_ref"] == "a1"
