"""The four YOLO formats as datumaro, supervision and sleap-io read them."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.errors import BadFile
from labeling.exporters import yolo_detect, yolo_obb, yolo_pose, yolo_segment
from labeling.exporters.pictures import OTHER_NAME
from labeling.exporters.shapes import ATTRIBUTES, GLOBAL
from labeling.exporters.snapshot import OTHER_ANSWERS, UNFINISHED
from labeling.importers.data_yaml import read_yaml
from tests.formats.coming_back import again, items, resumes_anywhere, rows_of, troubles
from tests.formats.judging import judge
from tests.formats.making import DISAGREE, DRAWING, FIGURE, Made, box, drawn, export, keypoints, mask, polygon
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

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
    return drawn | {"pose": export("yolo_pose", "points", POSING, POSES, pictures=True)}


@pytest.fixture(scope="module")
def seen(made: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("yolo")
    for name, each in made.items():
        each.unpack(folder / "poses" / name if name == "pose" else folder / name)
    return judge("yolo", folder) | judge("pose", folder / "poses")


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


def test_poses_have_one_count_of_points_for_all_classes(made: dict[str, Made], seen: Any) -> None:
    person, spot = seen["pose"]["points"]["figure.png"]
    assert person == [[10.0, 5.0], None, [20.0, 10.0]] and spot == [[20.0, 10.0], None, None]
    assert seen["pose"]["points"]["nobody.png"] == []
    assert seen["pose"]["boxes"]["figure.png"][0] == ["person", [10.0, 5.0, 20.0, 10.0]]
    words = made["pose"].files["labels/train/figure.txt"].decode().split()
    assert words[13] == "1", "sleap-io makes no difference between a hidden point and one in sight"


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
    records = [drawn(1, "a.png", []), drawn(2, "a.jpg", [])]
    made = export("yolo_detect", "image_annotation", DRAWING, records, pictures=True)
    assert {"labels/train/a.txt", "labels/train/a-2.txt", "images/train/a.png", "images/train/a-2.jpg"} < set(
        made.files
    )
    assert made.lost == [("a.jpg", OTHER_NAME)]
    assert {"Annotations/a-2.xml", "JPEGImages/a-2.jpg"} < set(
        export("voc", "image_annotation", DRAWING, records, pictures=True).files
    )


def test_a_name_cannot_leave_the_folder_nor_take_the_place_of_another() -> None:
    records = [drawn(1, "../../etc/x.png", []), drawn(2, "A.png", []), drawn(3, "a.png", [])]
    made = export("coco", "image_annotation", DRAWING, records)
    assert [each["file_name"] for each in made.json["images"]] == ["etc/x.png", "A.png", "a-3.png"]


@pytest.mark.parametrize("name", ["detect", "segment", "obb"])
def test_what_was_imported_is_exported_the_same(made: dict[str, Made], name: str) -> None:
    once = again(made[name], "yolo.zip", "yolo", f"yolo_{name}", pictures=True)
    twice = again(once, "yolo.zip", "yolo", f"yolo_{name}", pictures=True)
    before, after, later = map(numbers_of, (made[name], once, twice))
    assert after == pytest.approx(before, abs=1e-5)  # a turned box has corners between pixels
    assert later == pytest.approx(after, abs=1e-5)


def numbers_of(made: Made) -> list[float]:
    """All labels of an export, file by file."""
    texts = [text for file, text in sorted(made.files.items()) if file.startswith("labels")]
    return [float(word) for text in texts for word in text.split()]


def test_poses_come_back_with_their_names() -> None:
    made = export("yolo_pose", "points", POSING, POSES, pictures=True)
    once = again(made, "yolo.zip", "yolo", "yolo_pose", pictures=True)
    assert once.files == made.files and once.losses == []


def test_bad_lines_are_told_and_the_rest_is_imported() -> None:
    lines = ["0 0.5 0.5 0.1 0.1", "", "9 0.5 0.5 0.1 0.1", "0 0.5 1.5 0.1 0.1", "cat 1 2", "0 0.5 0.5", "0 0.5 0.5 0 0"]
    content = zipped({
        "data.yaml": b"# names\nnames:\n- cat # the animal\n- 'do''g'\n",
        "images/train/a b.png": picture(), "labels/train/a b.txt": "\r\n".join(lines).encode(),
        "images/train/broken.png": b"\x89PNG\r\n\x1a\n", "labels/train/broken.txt": b"",
        "images/train/background.png": picture(), "labels/train/lost.txt": b"0 0.5 0.5 0.1 0.1",
        "images/train/utf16.png": picture(), "labels/train/utf16.txt": b"\xff0 0.5",
    })  # fmt: skip
    rows = rows_of(content, "yolo.zip", "yolo")
    where = "labels/train/a b.txt: line"
    assert [(field, reason) for field, reason in troubles(rows) if field.startswith(where)] == [
        (f"{where} 3", "there is no class 9"), (f"{where} 4", "number 3 is 1.5; must be from 0 to 1"),
        (f"{where} 5", "'cat 1 2' is not a line of numbers"),
        (f"{where} 6", "3 numbers; a box has 5, a polygon at least 7"),
        (f"{where} 7", "a box of 0 × 0 pixels has no area"),
    ]  # fmt: skip
    others = {field for field, _ in troubles(rows) if not field.startswith(where)}
    assert others == {"images/train/broken.png", "labels/train/lost.txt", "labels/train/utf16.txt"}
    assert [row.key for row in items(rows)] == ["a b.png", "background.png", "utf16.png"]
    assert len(items(rows)[0].data["hypothesis"]["annotations"]) == 1
    assert resumes_anywhere(content, "yolo.zip")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("names: [cat, 'a, b', \"犬\"]\n", {0: "cat", 1: "a, b", 2: "犬"}),
        ("nc: 2\nnames:\n  0: cat\n  3: traffic light\n", {0: "cat", 3: "traffic light"}),
        ("names:\n- cat\n-   dog\nroboflow:\n  license: x\n", {0: "cat", 1: "dog"}),
    ],
)
def test_names_are_read_in_each_way_they_are_written(text: str, names: dict[int, str]) -> None:
    assert read_yaml(text, "data.yaml").names == names


@pytest.mark.parametrize("text", ["nc: 2\n", "names: {a}\n", "names: {0: a\n", 'names:\n  0: "a\n', "names: [a\n"])
def test_what_is_no_list_of_names_is_refused(text: str) -> None:
    with pytest.raises(BadFile, match="data.yaml"):
        read_yaml(text, "data.yaml")
