"""Files as other tools really write them, where a reader once took them for something else or lost a part."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.errors import BadFile
from labeling.exporters.shapes import CUT
from labeling.importers.json_numbers import TOO_LONG
from labeling.importers.packages import NO_PICTURES
from labeling.types import registry
from tests.formats.coming_back import again, items, resumes_anywhere, rows_of, schema_of, troubles
from tests.formats.making import DRAWING, Made, box, drawn, export
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture


def fits(content: bytes, name: str) -> str:
    """The type that the file suggests, whose schema takes every label in it."""
    schema = schema_of(content, name)
    task_type = registry.get(schema.type)
    config = task_type.clean_config(schema.config)
    for row in items(rows_of(content, name)):
        size = {"image": {"width": row.image.width, "height": row.image.height}} if row.image else {}
        if "hypothesis" in row.data:
            task_type.clean_answer(row.data["hypothesis"], config=config, item=row.data | size)
    return schema.type


def studio(*results: list[dict[str, Any]], data: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """A task for each list of results."""
    shown = data or {"text": "Great phone, bad bank"}
    return [{"id": n, "data": shown, "annotations": [{"id": n, "result": each}]} for n, each in enumerate(results, 1)]


def asked(name: str, type: str, value: Any) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": type, "value": value}


def test_two_questions_of_label_studio_are_two_fields_and_never_one_answer() -> None:
    topic, mood = (
        (lambda v: asked("the topic", "choices", {"choices": v})),
        (lambda v: asked("mood", "choices", {"choices": [v]})),
    )
    stars, why = asked("stars", "rating", {"rating": 4}), asked("why", "textarea", {"text": ["so", "it is"]})
    content = orjson.dumps(studio([topic(["phone"]), mood("good"), stars], [mood("bad"), topic(["a", "b"]), why]))
    first, second = (row.data["hypothesis"]["annotations"] for row in items(rows_of(content, "project-1-at.json")))
    assert first == {"the_topic": ["phone"], "mood": ["good"], "stars": [4]}
    assert second == {"mood": ["bad"], "the_topic": ["a", "b"], "why": ["so\nit is"]}
    assert fits(content, "project-1-at.json") == "textcollection"


def test_single_questions_of_label_studio_become_the_type_that_asks_them() -> None:
    rated = orjson.dumps(studio([asked("stars", "rating", {"rating": 4})], [asked("stars", "rating", {"rating": 7})]))
    assert fits(rated, "x.json") == "rating" and schema_of(rated, "x.json").config["criteria"][0]["scale"]["max"] == 7
    tree = orjson.dumps(studio([asked("t", "taxonomy", {"taxonomy": [["a", "b"], ["c"]]})]))
    assert fits(tree, "x.json") == "tree"
    other = [asked("r", "ranker", {"ranker": {"_": ["a"]}}), asked("p", "pairwise", {"selected": "left"})]
    sound = asked("l", "labels", {"start": 0.5, "end": 1.5, "channel": 0, "labels": ["speech"]})
    rows = rows_of(orjson.dumps(studio(other)), "x.json")
    assert [reason.split()[0] for _, reason in troubles(rows)] == ["ranker", "pairwise"]
    rows += rows_of(orjson.dumps(studio([sound])), "x.json")
    assert troubles(rows)[2][1] == "a stretch of sound is not taken"
    assert all("hypothesis" not in row.data for row in items(rows))


def test_a_shape_of_label_studio_has_the_labels_of_the_result_beside_it() -> None:
    place = {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0}
    size = {"id": "r", "original_width": 40, "original_height": 20}
    bare = asked("box", "rectangle", place) | size
    named = asked("label", "labels", place | {"labels": ["cat"]}) | size
    tasks = orjson.dumps(studio([bare, named], data={"image": "/data/upload/3/0123abcd-a.png"}))
    config = b"""<View><Image name="image" value="$image"/><Rectangle name="box" toName="image"/>
        <Labels name="label" toName="image"><Label value="cat"/><Label value="dog"/></Labels></View>"""
    files = {"result.json": tasks, "0123abcd-a.png": picture()}
    for content in (zipped(files | {"config.xml": config}), zipped(files)):
        rows = rows_of(content, "x.zip", "label_studio")
        assert troubles(rows) == [] and items(rows)[0].data["file"] == "0123abcd-a.png"
        assert fits(content, "x.zip") == "image_annotation"


BOX = "0 0.5 0.5 0.2 0.2\n"


def test_pictures_of_one_name_in_two_parts_of_a_yolo_set_keep_their_own_labels() -> None:
    content = zipped({
        "data.yaml": b"names: ['cat',\n  \"d, og\"]  # two\nroboflow:\n  url: https://example.org\n",
        "README.roboflow.txt": b"Northwind", "train/images/a.png": picture(), "train/labels/a.txt": BOX.encode(),
        "valid/images/a.png": picture(size=(20, 20)), "valid/labels/a.txt": b"1 0.5 0.5 1.000001 1\n",
    })  # fmt: skip
    rows = rows_of(content, "x.zip", "yolo")
    assert troubles(rows) == []
    found = [(row.key, row.data["hypothesis"]["annotations"][0]["label"]) for row in items(rows)]
    assert found == [("train/images/a.png", "cat"), ("valid/images/a.png", "d, og")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.yaml", "names: {0: cat, 1: 'd: o'}\n"), ("coco8.yaml", "path: x\ntest: # none\nnames:\n  0: cat\n"),
        ("data.yaml", "names: [cat]\ndownload: |\n  import os\n  a = {'b': [1,\n"),
        ("_darknet.labels", "cat\ndog\n"),
    ],
)  # fmt: skip
def test_the_names_of_a_yolo_set_are_read_as_its_tools_write_them(name: str, text: str) -> None:
    files = {name: text.encode(), "images/train/a.png": picture(), "labels/a.txt": BOX.encode()}
    rows = rows_of(zipped(files), "x.zip", "yolo")
    assert troubles(rows) == [] and items(rows)[0].data["hypothesis"]["annotations"][0]["label"] == "cat"


def test_a_file_of_labels_of_which_nothing_can_be_read_does_not_say_there_is_nothing() -> None:
    lines = b"nan 0.5 0.5 0.1 0.1\n1e400 0.5 0.5 0.1 0.1\n0 nan 0.5 0.1 0.1\n0,0.5,0.5,0.1,0.1\n"
    rows = rows_of(zipped({"classes.txt": b"cat", "images/a.png": picture(), "labels/a.txt": lines}), "x.zip", "yolo")
    assert len(troubles(rows)) == 4 and "hypothesis" not in items(rows)[0].data


def coco(*annotations: dict[str, Any], **image: Any) -> bytes:
    size = {"id": 1, "file_name": "a.png", "width": 40, "height": 20} | image
    whole = {
        "info": {"description": "x"}, "images": [size], "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"id": n, "image_id": 1, "category_id": 1, **each} for n, each in enumerate(annotations, 1)],
    }  # fmt: skip
    return orjson.dumps(whole)


def test_a_coco_set_in_parts_is_known_and_each_part_has_its_own_pictures() -> None:
    content = zipped({
        "README.dataset.txt": b"Northwind", "train/_annotations.coco.json": coco({"bbox": [1, 2, 3, 4]}),
        "train/a.png": picture(), "valid/_annotations.coco.json": coco({"bbox": [5, 5, 5, 5]}),
        "valid/a.png": picture(mode="L"), ".DS_Store": b"x", "__MACOSX/train/._a.png": b"x",
    })  # fmt: skip
    rows = rows_of(content, "x.zip", "coco")
    assert troubles(rows) == []
    assert [(row.key, row.data["hypothesis"]["annotations"][0]["left"]) for row in items(rows)] == [
        ("train/a.png", 1), ("valid/a.png", 5),
    ]  # fmt: skip
    parts = {f"annotations/instances_{each}.json": coco({"bbox": [1, 2, 3, 4]}) for each in ("train2017", "val2017")}
    pictures = {"images/train2017/a.png": picture(), "images/val2017/a.png": picture(mode="L")}
    assert len(items(rows_of(zipped(parts | pictures), "x.zip", "coco"))) == 2


def test_crowds_and_turned_boxes_of_coco_come_and_go() -> None:
    crowd = {"iscrowd": 1, "segmentation": {"counts": [0, 40, 760], "size": [20, 40]}}
    turned = {"bbox": [10, 5, 10, 4], "segmentation": [], "attributes": {"rotation": 90.0, "occluded": False}}
    content = zipped({"instances_default.json": coco(crowd, turned), "a.png": picture()})
    (row,) = items(rows_of(content, "x.zip", "coco"))
    first, second = row.data["hypothesis"]["annotations"]
    assert first["attributes"] == {"iscrowd": True}
    assert second["attributes"] == {"occluded": False} and second["rotation"] == 1.570796
    assert fits(content, "x.zip") == "image_annotation"
    back = again(Made(content, [], {}), "x.zip", "coco", "coco")
    assert [each["iscrowd"] for each in back.json["annotations"]] == [1, 0]


def test_captions_and_panoptic_segments_do_not_say_that_nothing_is_there() -> None:
    for each in ({"caption": "A cat.", "category_id": None}, {"segments_info": [], "category_id": None}):
        rows = rows_of(zipped({"x.json": coco(each), "a.png": picture()}), "x.zip", "coco")
        assert len(troubles(rows)) == 1 and "hypothesis" not in items(rows)[0].data


def test_a_picture_of_a_kind_that_is_not_taken_is_not_told_as_missing() -> None:
    rows = rows_of(zipped({"x.json": coco(file_name="a.bmp"), "i/a.bmp": b"BM1234"}), "x.zip", "coco")
    assert troubles(rows) == [("a.bmp", "not an image of a kind we take (PNG, JPEG, WEBP, GIF)")]


@pytest.mark.parametrize("name", ["coco", "yolo_segment"])
def test_what_leaves_the_picture_is_cut_off_told_and_read_again(name: str) -> None:
    shapes = [
        box("cat", 30, 5, 20, 4, rotation=0.7), box("cat", 20, 10, 38, 6, rotation=1.570796),
        {"type": "ellipse", "label": "cat", "center": {"x": 0, "y": 10}, "radius_x": 8, "radius_y": 4},
        box("cat", 10, 5, 10, 4, rotation=0.7),
    ]  # fmt: skip
    made = export(name, "image_annotation", DRAWING, [drawn(1, "a.png", shapes)], pictures=True)
    assert [reason for _, reason in made.lost].count(CUT) == 3
    back = items(rows_of(made.content, "x.zip"))[0].data["hypothesis"]["annotations"]
    assert len(back) == 4 and {each["type"] for each in back} <= {"polygon", "box"}
    assert troubles(rows_of(made.content, "x.zip")) == []


def cvat(*images: str, labels: str = "") -> bytes:
    head = f"<?xml version='1.0' encoding='utf-8'?>\n<annotations><meta><job><labels>{labels}</labels></job></meta>"
    return f"{head}{''.join(images)}</annotations>".encode()


def test_tags_of_cvat_alone_are_a_choice() -> None:
    tags = "<tag label='cat' source='manual'></tag>", "<tag label='dog'/>"
    images = [f"<image name='{n}.png' width='40' height='20'>{tag}</image>" for n, tag in enumerate((*tags, ""))]
    labels = "".join(f"<label><name>{name}</name><type>tag</type></label>" for name in ("cat", "dog", "cow"))
    pictures = {f"images/{n}.png": picture(size=(40, 20 + n)) for n in range(3)}
    content = zipped({"annotations.xml": cvat(*images, labels=labels), **pictures})
    found = items(rows_of(content, "x.zip", "cvat"))
    assert [row.data.get("hypothesis") for row in found] == [{"option": "cat"}, {"option": "dog"}, None]
    assert fits(content, "x.zip") == "choice" and len(schema_of(content, "x.zip").config["options"]) == 3
    both = f"<image name='0.png' width='40' height='20'>{''.join(tags)}</image>"
    content = zipped({"annotations.xml": cvat(both, images[1]), **pictures})
    assert items(rows_of(content, "x.zip"))[1].data["hypothesis"] == {"options": ["dog"]}


def test_cvats_own_words_for_labels_make_the_schema_and_its_flag_comes_and_goes() -> None:
    labels = """<label><name>car</name><type>any</type><attributes><attribute><name>model</name>
        <input_type>select</input_type><values>a\nb</values></attribute></attributes></label>
        <label><name>bus</name><type>polygon</type></label><label><name>day</name><type>tag</type></label>"""
    shape = "<box label='car' occluded='1' xtl='1' ytl='2' xbr='9' ybr='9'><attribute name='model'>b</attribute></box>"
    images = [f"<image name='a.png' subset='{part}' width='40' height='20'>{shape}</image>" for part in ("x", "y")]
    files = {"annotations.xml": cvat(*images, labels=labels), "images/x/a.png": picture(), "images/y/a.png": picture()}
    content = zipped(files)
    rows = rows_of(content, "x.zip", "cvat")
    assert troubles(rows) == [] and [row.key for row in items(rows)] == ["x/a.png", "y/a.png"]
    assert items(rows)[0].data["hypothesis"]["annotations"][0]["attributes"] == {"model": "b", "occluded": True}
    car, bus = schema_of(content, "x.zip").config["labels"]
    assert car["attributes"][0]["options"] == ["a", "b"] and bus == {"value": "bus", "geometries": ["polygon"]}
    back = again(Made(content, [], {}), "x.zip", "cvat", "cvat", pictures=True)
    assert b'occluded="1"' in back.files["annotations.xml"] and b'"occluded"' not in back.files["annotations.xml"]


def test_a_video_of_cvat_is_refused_in_so_many_words() -> None:
    with pytest.raises(BadFile, match="1 tracks of a video: videos are not taken; export it for images"):
        rows_of(cvat("<track id='0' label='car'></track>"), "annotations.xml", "cvat")


def test_flags_of_voc_come_and_go_and_parts_are_told() -> None:
    place = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
    whole = f"<object><name>man</name><truncated>1</truncated><difficult>0</difficult>{place}"
    document = (
        f"<annotation><filename>a.png</filename>{whole}<part><name>head</name>{place}</part></object></annotation>"
    )
    content = zipped({
        f"{part}/a.{kind}": document.encode() if kind == "xml" else picture()
        for part in ("train", "valid") for kind in ("xml", "png")
    })  # fmt: skip
    rows = rows_of(content, "x.zip", "voc")
    assert [row.key for row in items(rows)] == ["train/a.png", "valid/a.png"]
    assert [reason for _, reason in troubles(rows)] == ["parts of an object are not taken"] * 2
    one = zipped({"a.xml": document.replace("part>", "p>").encode(), "a.png": picture()})
    back = again(Made(one, [], {}), "x.zip", "voc", "voc", pictures=True)
    assert b"<truncated>1</truncated><difficult>0</difficult>" in back.files["Annotations/a.xml"]
    assert b"<attribute>" not in back.files["Annotations/a.xml"]


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


def test_names_of_macos_are_found_by_label_files() -> None:
    plain = "cafe\u0301 写真.png"
    content = zipped({"x.json": coco({"bbox": [1, 2, 3, 4]}, file_name="caf\u00e9 写真.png"), f"i/{plain}": picture()})
    unflagged = bytearray(content)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(sign, place + 1)) >= 0:
            unflagged[place + at + 1] &= 0xF7
    for each in (content, bytes(unflagged)):
        rows = rows_of(each, "x.zip", "coco")
        assert troubles(rows) == [] and items(rows)[0].key == "caf\u00e9 写真.png"


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
    assert last.image is None and troubles(rows) == [("image", "not an image of a kind we take (PNG, JPEG, WEBP, GIF)")]
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
