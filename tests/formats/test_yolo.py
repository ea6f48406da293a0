"""The four YOLO formats as datumaro and supervision read them."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.exporters import yolo_detect, yolo_obb, yolo_pose, yolo_segment
from labeling.exporters.shapes import ATTRIBUTES, GLOBAL
from labeling.exporters.snapshot import OTHER_ANSWERS, UNFINISHED
from tests.formats.judging import judge
from tests.formats.making import DISAGREE, DRAWING, FIGURE, Made, box, drawn, export, keypoints, mask, polygon

RECORDS = [
    drawn(1, "写真 1.png", [
        box("cat", 2, 4, 10, 8, attributes={"tail": "long"}),
        polygon("traffic light", (20, 0), (30, 0), (30, 10), (20, 10)),
        mask("犬", "", "  ###", "  # #", "  ###", "", "      ##"),
    ]),
    drawn(2, "empty.jpg", []),
    drawn(3, "odd.png", [
        {"type": "line", "label": "cat", "vertices": [{"x": 0, "y": 0}, {"x": 5, "y": 5}]},
        box("犬", 10, 5, 10, 4, rotation=0.5),
    ], whole={"weather": "rain"}, answers=DISAGREE),
    drawn(4, "unfinished.png", None),
]  # fmt: skip
POSES = [
    drawn(1, "figure.png", [
        keypoints("person", ("head", 10, 5, True), ("right hand", 20, 10, False)),
        {"type": "point", "label": "spot", "x": 20, "y": 10},
    ]),
    drawn(2, "nobody.png", []),
]  # fmt: skip
POSING = {
    "question": "?",
    "labels": [FIGURE | {"geometries": ["keypoints"]}, {"value": "spot", "geometries": ["point"]}],
}


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    drawn = {
        name: export(f"yolo_{name}", "image_annotation", DRAWING, RECORDS, pictures=True)
        for name in ("detect", "segment", "obb")
    }
    return drawn | {"pose": export("yolo_pose", "points", POSING, POSES)}


@pytest.fixture(scope="module")
def seen(made: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("yolo")
    for name, each in made.items():
        each.unpack(folder / name)
    return judge("yolo", folder)


def test_datumaro_reads_boxes_in_pixels(seen: Any) -> None:
    assert seen["detect"]["写真 1"][:2] == [
        ["cat", "bbox", [2.0, 4.0, 12.0, 12.0]], ["traffic light", "bbox", [20.0, 0.0, 30.0, 10.0]],
    ]  # fmt: skip
    assert seen["detect"]["empty"] == seen["detect"]["unfinished"] == []


def test_supervision_reads_the_same_boxes(seen: Any) -> None:
    assert seen["detect_by_supervision"]["写真 1.png"][0] == ["cat", [2.0, 4.0, 12.0, 12.0]]
    assert seen["detect_by_supervision"]["empty.jpg"] == []


def test_segments_cover_what_was_drawn(seen: Any) -> None:
    label, corners, pixels = seen["segment"]["写真 1.png"][1]
    assert (label, corners) == ("traffic light", [20.0, 0.0, 30.0, 10.0]) and 100 <= pixels <= 121
    assert [each[0] for each in seen["segment"]["写真 1.png"]] == ["cat", "traffic light", "犬", "犬"]


def test_rotated_boxes_keep_their_corners(seen: Any) -> None:
    label, _, corners = seen["obb"]["odd.png"][0]
    assert label == "犬"
    assert corners == [[11.57, 2.85], [20.35, 7.64], [18.43, 11.15], [9.65, 6.36]]


def test_poses_have_one_count_of_points_for_all_classes(seen: Any) -> None:
    about, lines = seen["pose"]["about"], seen["pose"]["lines"]
    assert about["names"] == {0: "person", 1: "spot"} or about["names"] == {"0": "person", "1": "spot"}
    assert about["kpt_shape"] == [3, 3]
    person, spot = lines["figure"]
    assert person.split()[5:] == ["0.250000", "0.250000", "2", "0.000000", "0.000000", "0", "0.500000", "0.500000", "1"]
    assert spot.split()[5:8] == ["0.500000", "0.500000", "2"]
    assert lines["nobody"] == []


def test_what_yolo_cannot_say_is_reported(made: dict[str, Made]) -> None:
    assert [reason for item, reason in made["detect"].lost if item == "odd.png"] == [
        OTHER_ANSWERS, GLOBAL, yolo_detect.LOST["line"], yolo_detect.LOST["box"],
    ]  # fmt: skip
    assert ("写真 1.png", ATTRIBUTES) in made["detect"].lost
    assert ("unfinished.png", UNFINISHED) in made["detect"].lost
    segments = [reason for item, reason in made["segment"].lost if item == "写真 1.png"]
    assert {yolo_segment.HOLES, yolo_segment.PARTS, yolo_segment.LOST["mask"]} <= set(segments)
    assert ("写真 1.png", yolo_obb.OTHER) in made["obb"].lost
    assert made["pose"].lost == []
    assert yolo_pose.NO_FIGURE not in made["pose"].summary["reasons"]


def test_pictures_whose_names_differ_in_the_suffix_only_do_not_share_a_file() -> None:
    made = export("yolo_detect", "image_annotation", DRAWING, [drawn(1, "a.png", []), drawn(2, "a.jpg", [])])
    assert [name for name in made.files if name.startswith("labels")] == ["labels/train/a.txt"]
    assert [item for item, _ in made.lost] == ["a.jpg"]


def test_a_name_cannot_leave_the_folder_nor_take_the_place_of_another() -> None:
    records = [drawn(1, "../../etc/x.png", []), drawn(2, "A.png", []), drawn(3, "a.png", [])]
    made = export("coco", "image_annotation", DRAWING, records)
    assert [each["file_name"] for each in made.json["images"]] == ["etc/x.png", "A.png", "a-3.png"]
