"""COCO files as pycocotools, datumaro and supervision read them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from labeling.exporters import coco
from labeling.exporters.pictures import NO_PICTURE
from labeling.exporters.shapes import GLOBAL
from labeling.exporters.snapshot import COLUMNS, OTHER_ANSWERS, UNFINISHED, Record
from labeling.importers.coco_rle import decode_runs
from labeling.importers.packages import NO_PICTURES
from tests.formats.coming_back import again, items, resumes_anywhere, rows_of, troubles
from tests.formats.judging import judge
from tests.formats.making import DISAGREE, DRAWING, FIGURE, Made, box, drawn, export, keypoints, mask, polygon
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

RECORDS = [
    drawn(
        1,
        "写真 1.png",
        [
            box("cat", 2, 3, 10, 8, attributes={"tail": "long"}),
            polygon("traffic light", (20, 0), (30, 0), (30, 10), (20, 10)),
            mask("犬", "", "  ###", "  # #", "  ###"),
        ],
    ),
    drawn(2, "empty.jpg", []),
    drawn(
        3,
        "a folder/figure.png",
        [
            keypoints("person", ("head", 10, 5, True), ("right hand", 14, 12, False)),
            {"type": "point", "label": "spot", "x": 7, "y": 8},
        ],
    ),
    drawn(4, "unfinished.png", None),
    drawn(
        5,
        "odd.png",
        [
            {"type": "ellipse", "label": "cat", "center": {"x": 20, "y": 10}, "radius_x": 8, "radius_y": 4},
            {"type": "line", "label": "cat", "vertices": [{"x": 0, "y": 0}, {"x": 5, "y": 5}]},
            box("犬", 10, 5, 10, 4, rotation=0.5),
        ],
        whole={"weather": "rain"},
        answers=DISAGREE,
    ),
    Record(task=6, item=6, key="text only", data={"text": "no picture"}),
]
POSE = drawn(7, "a folder/pose.png", [keypoints("person", ("head", 10, 5, True), ("left hand", 14, 12, False))])


@pytest.fixture(scope="module")
def made() -> Made:
    return export("coco", "image_annotation", DRAWING, RECORDS, pictures=True)


@pytest.fixture(scope="module")
def seen(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = made.unpack(tmp_path_factory.mktemp("coco"))
    figures = export("coco", "points", {"question": "?", "labels": [FIGURE | {"geometries": ["keypoints"]}]}, [POSE])
    (folder / "figures.json").write_bytes(figures.content)
    return judge("coco", folder)


def test_pycocotools_finds_every_picture_with_its_objects(seen: Any) -> None:
    counts = {name: len(found) for name, found in seen["coco"].items()}
    assert counts == {"写真 1.png": 3, "empty.jpg": 0, "a folder/figure.png": 2, "unfinished.png": 0, "odd.png": 2}
    assert [each["label"] for each in seen["coco"]["写真 1.png"]] == ["cat", "traffic light", "犬"]


def test_pycocotools_measures_what_was_drawn(seen: Any) -> None:
    cat, light, dog = seen["coco"]["写真 1.png"]
    assert (cat["bbox"], cat["area"]) == ([2, 3, 10, 8], 80)
    assert (light["bbox"], light["area"], light["pixels"]) == ([20, 0, 10, 10], 100, 100)
    assert (dog["bbox"], dog["area"], dog["pixels"]) == ([2, 1, 3, 3], 8, 8)
    assert seen["ap"] == 1.0


def test_keypoints_say_what_is_seen_hidden_and_not_marked(seen: Any) -> None:
    person, spot = seen["coco"]["a folder/figure.png"]
    assert person["keypoints"] == [10, 5, 2, 0, 0, 0, 14, 12, 1]
    assert spot["keypoints"] == [7, 8, 2]


def test_datumaro_reads_the_same_objects(seen: Any) -> None:
    instances, figures = seen["datumaro"]["coco_instances"], seen["datumaro"]["coco_person_keypoints"]
    assert instances["写真 1"] == ["bbox", "bbox", "bbox", "mask", "polygon"]  # it gives each its bounding box, too
    assert instances["empty"] == instances["unfinished"] == []
    assert figures["a folder/pose"] == ["bbox", "points"]
    assert "long" in seen["datumaro"]["coco_instances_attributes"]


def test_supervision_reads_the_same_boxes(seen: Any) -> None:
    assert seen["supervision"]["写真 1.png"][0] == ["cat", [2.0, 3.0, 12.0, 11.0]]
    assert seen["supervision"]["empty.jpg"] == []


def test_what_coco_cannot_say_is_reported(made: Made) -> None:
    assert made.lost == [
        ("unfinished.png", UNFINISHED), ("odd.png", OTHER_ANSWERS), ("odd.png", GLOBAL), ("odd.png", coco.ELLIPSE),
        ("odd.png", coco.LINE), ("odd.png", coco.ROTATION), ("text only", COLUMNS), ("text only", UNFINISHED),
        ("text only", NO_PICTURE),
    ]  # fmt: skip
    assert made.files["losses.jsonl"].count(b"\n") == made.summary["total"] == 9
    assert made.summary["records"] == 3


def test_the_same_snapshot_gives_the_same_bytes(made: Made) -> None:
    assert export("coco", "image_annotation", DRAWING, RECORDS, pictures=True).content == made.content


def test_without_pictures_it_is_one_json_file() -> None:
    made = export("coco", "boxes", {"question": "?", "labels": [{"value": "cat"}]}, [])
    assert made.json["categories"] == [{"id": 1, "name": "cat", "supercategory": ""}]
    assert made.json["images"] == made.json["annotations"] == []


def without_losses(made: Made) -> dict[str, bytes]:
    return {name: content for name, content in made.files.items() if name != "losses.jsonl"}


def test_what_was_imported_is_exported_the_same(made: Made) -> None:
    back = again(made, "coco.zip", "coco", "coco", pictures=True)
    assert (
        orjson.loads(back.files["annotations.json"])["annotations"]
        == (orjson.loads(made.files["annotations.json"])["annotations"])
    )
    assert back.losses == []
    twice = again(back, "coco.zip", "coco", "coco", pictures=True)
    assert without_losses(twice) == without_losses(back)


def document(**changes: Any) -> bytes:
    whole: dict[str, Any] = {
        "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
        "categories": [{"id": 1, "name": "cat"}],
    }
    return orjson.dumps(whole | changes)


def test_bad_entries_are_told_and_the_rest_is_imported() -> None:
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"id": 2, "image_id": 99, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"id": 3, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]},
        {"id": 4, "image_id": 1, "category_id": 1, "bbox": [30, 2, 30, 4]},
        {"id": 5, "image_id": 1, "category_id": 1, "bbox": [1, 2, "x", 4]},
        {"id": 6, "image_id": 1, "category_id": 1, "segmentation": {"size": [20, 40], "counts": "~~"}},
        {"id": 7, "image_id": 1, "category_id": 1, "segmentation": [[0, 0, 5, 0, 5, 5], [9, 9, 12, 9, 12, 12]]},
        "not an object",
    ]
    images = [
        {"id": 1, "file_name": "a.png", "width": 40, "height": 20},
        {"id": 2, "file_name": "gone.png", "width": 40, "height": 20},
        {"id": 2, "file_name": "twice.png", "width": 40, "height": 20},
        {"file_name": "no id"},
    ]
    content = zipped({"instances.json": document(images=images, annotations=annotations), "a.png": picture()})
    rows = rows_of(content, "coco.zip", "coco")
    assert troubles(rows) == [
        ("a.png: annotation 3.category_id", "there is no category 7"),
        ("a.png: annotation 4", "x is 60; the picture ends at 40"),
        ("a.png: annotation 5", "bbox must be a list of numbers"),
        ("a.png: annotation 6", "'~' has no place in packed run lengths"),
        ("a.png: annotation 7.segmentation", "has 2 parts: each is a polygon of its own now"),
        ("gone.png", NO_PICTURES),
        ("images[2].id", "2 is the id of an image before it"),
        ("images[3]", "needs an id and a file_name"),
        ("annotations[1].image_id", "there is no image 99"),
        ("annotations[7]", "must be an object"),
    ]
    (row,) = items(rows)
    assert [each["type"] for each in row.data["hypothesis"]["annotations"]] == ["box", "polygon", "polygon"]
    assert resumes_anywhere(content, "coco.zip")


def test_a_document_without_pictures_says_that_they_are_missing() -> None:
    assert troubles(rows_of(document(), "instances.json", "coco")) == [("a.png", NO_PICTURES)]


def test_labels_may_be_taken_for_known_or_left_out() -> None:
    content = zipped({"instances.json": document(), "a.png": picture()})
    (known,) = items(rows_of(content, "coco.zip", labels_as="known"))
    (without,) = items(rows_of(content, "coco.zip", labels_as="nothing"))
    assert "known_answer" in known.data and "hypothesis" not in known.data
    assert set(without.data) == {"file"}


@pytest.mark.parametrize(
    "content", [b"\xff\xfe" + document().decode().encode("utf-16-le"), b"\xef\xbb\xbf" + document()]
)
def test_a_byte_order_mark_is_understood(content: bytes) -> None:
    assert len(items(rows_of(zipped({"i.json": content, "a.png": picture()}), "coco.zip", "coco"))) == 1


def test_packed_run_lengths_are_read_as_pycocotools_packs_them(seen: Any) -> None:
    assert decode_runs(seen["packed"]) == seen["counts"]
