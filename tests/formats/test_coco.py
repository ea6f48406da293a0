"""COCO files as pycocotools, datumaro and supervision read them."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.exporters import coco
from labeling.exporters.pictures import NO_PICTURE
from labeling.exporters.shapes import GLOBAL
from labeling.exporters.snapshot import OTHER_ANSWERS, UNFINISHED, Record
from tests.formats.judging import judge
from tests.formats.making import DISAGREE, DRAWING, FIGURE, Made, box, drawn, export, keypoints, mask, polygon

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
    assert figures["a folder/pose"] == ["points"]
    assert "long" in seen["datumaro"]["coco_instances_attributes"]


def test_supervision_reads_the_same_boxes(seen: Any) -> None:
    assert seen["supervision"]["写真 1.png"][0] == ["cat", [2.0, 3.0, 12.0, 11.0]]
    assert seen["supervision"]["empty.jpg"] == []


def test_what_coco_cannot_say_is_reported(made: Made) -> None:
    assert made.lost == [
        ("unfinished.png", UNFINISHED), ("odd.png", OTHER_ANSWERS), ("odd.png", GLOBAL), ("odd.png", coco.ELLIPSE),
        ("odd.png", coco.LINE), ("odd.png", coco.ROTATION), ("text only", UNFINISHED), ("text only", NO_PICTURE),
    ]  # fmt: skip
    assert made.files["losses.jsonl"].count(b"\n") == made.summary["total"] == 8
    assert made.summary["records"] == 3


def test_the_same_snapshot_gives_the_same_bytes(made: Made) -> None:
    assert export("coco", "image_annotation", DRAWING, RECORDS, pictures=True).content == made.content


def test_without_pictures_it_is_one_json_file() -> None:
    made = export("coco", "boxes", {"question": "?", "labels": [{"value": "cat"}]}, [])
    assert made.json["categories"] == [{"id": 1, "name": "cat", "supercategory": ""}]
    assert made.json["images"] == made.json["annotations"] == []
