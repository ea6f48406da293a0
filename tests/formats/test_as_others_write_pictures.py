"""Pictures and their labels as other tools really write them: a reader once took them for something else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from labeling.errors import BadFile
from labeling.exporters.shapes import CUT
from tests.formats.coming_back import again, fits, items, rows_of, schema_of, troubles
from tests.formats.making import DRAWING, Made, box, drawn, export
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture


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
    assert troubles(rows) == [("a.bmp", "not an image of a kind we take (PNG, JPEG, WEBP, GIF, TIFF, BMP)")]


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


def test_labels_alone_are_for_the_files_their_owner_has() -> None:
    alone, together = (
        export("coco", "image_annotation", DRAWING, [drawn(1, "scan.tif", [])], pictures=pictures)
        for pictures in (False, True)
    )
    assert [each["file_name"] for each in alone.json["images"]] == ["scan.tif"]
    assert b"images/scan.tif.png" in together.content
