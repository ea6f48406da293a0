"""Pascal VOC and CVAT as datumaro and supervision read them, and back."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.errors import BadFile
from labeling.exporters import voc
from labeling.exporters.shapes import GLOBAL
from labeling.exporters.snapshot import OTHER_ANSWERS, UNFINISHED
from labeling.importers.packages import NO_PICTURES
from labeling.importers.safe_xml import parse_xml
from tests.formats.coming_back import again, items, resumes_anywhere, rows_of, troubles
from tests.formats.judging import judge
from tests.formats.making import DISAGREE, DRAWING, Made, box, drawn, export, keypoints, mask, polygon
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

RECORDS = [
    drawn(1, "写真 1&.png", [
        box("cat", 2, 3, 10, 8, attributes={"tail": "long"}),
        polygon("traffic light", (20, 0), (30, 0), (30, 10)),
        mask("犬", "", "  ###", "  # #", "  ###"),
    ]),
    drawn(2, "empty.jpg", []),
    drawn(3, "odd.png", [
        {"type": "ellipse", "label": "cat", "center": {"x": 20, "y": 10}, "radius_x": 8, "radius_y": 4,
         "rotation": 0.25},
        {"type": "line", "label": "cat", "vertices": [{"x": 0, "y": 0}, {"x": 5, "y": 5}]},
        box("犬", 10, 5, 10, 4, rotation=0.5),
        {"type": "point", "label": "spot", "x": 7, "y": 8},
        keypoints("person", ("head", 10, 5, True), ("right hand", 14, 12, False)),
    ], whole={"weather": "rain & wind"}, answers=DISAGREE),
    drawn(4, "unfinished.png", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    return {name: export(name, "image_annotation", DRAWING, RECORDS, pictures=True) for name in ("voc", "cvat")}


@pytest.fixture(scope="module")
def seen(made: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("xml")
    for name, each in made.items():
        each.unpack(folder / name)
    return judge("xml", folder)


def test_datumaro_reads_the_boxes_of_pascal_voc(seen: Any) -> None:
    assert [each[:3] for each in seen["voc"]["写真 1&"]] == [
        ["cat", "bbox", [2.0, 3.0, 12.0, 11.0]], ["traffic light", "bbox", [20.0, 0.0, 30.0, 10.0]],
        ["犬", "bbox", [2.0, 1.0, 5.0, 4.0]],
    ]  # fmt: skip
    assert seen["voc"]["写真 1&"][0][3] == {"tail": "long"}
    assert seen["voc"]["empty"] == seen["voc"]["unfinished"] == []


def test_supervision_reads_the_same_boxes_as_if_their_first_pixel_were_one(seen: Any) -> None:
    assert seen["supervision"]["写真 1&.png"][0] == ["cat", [1.0, 2.0, 12.0, 11.0]]


def test_datumaro_reads_the_shapes_of_cvat(seen: Any) -> None:
    assert seen["cvat"]["写真 1&"] == [
        ["cat", "bbox", [2.0, 3.0, 12.0, 11.0], {"tail": "long"}],
        ["traffic light", "polygon", [20.0, 0.0, 30.0, 0.0, 30.0, 10.0], {}], ["犬", "mask", 8, {}],
    ]  # fmt: skip
    assert [each[:2] for each in seen["cvat"]["odd"]][:2] == [["image attributes", "label"], ["cat", "polyline"]]
    assert seen["cvat"]["empty"] == []


def test_what_pascal_voc_cannot_say_is_reported_and_cvat_says_it(made: dict[str, Made]) -> None:
    assert [reason for item, reason in made["voc"].lost if item == "odd.png"] == [
        OTHER_ANSWERS, GLOBAL, voc.OTHER, voc.NOWHERE, voc.ROTATION, voc.NOWHERE, voc.OTHER,
    ]  # fmt: skip
    assert made["cvat"].lost == [("odd.png", OTHER_ANSWERS), ("unfinished.png", UNFINISHED)]


@pytest.mark.parametrize("name", ["voc", "cvat"])
def test_what_was_imported_is_exported_the_same(made: dict[str, Made], name: str) -> None:
    once = again(made[name], f"{name}.zip", name, name, pictures=True)
    twice = again(once, f"{name}.zip", name, name, pictures=True)
    assert twice.content == once.content and once.losses == []
    for file, content in made[name].files.items():
        if file.startswith("Annotations"):
            assert once.files[file] == content
    if name == "cvat":
        images = [each.files["annotations.xml"].partition(b"</meta>")[2] for each in (made[name], once)]
        assert images[0] == images[1]


def test_bad_objects_are_told_and_the_rest_is_imported() -> None:
    good = "<object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object>"
    bad = good.replace("<xmax>5", "<xmax>99") + good.replace("5</xmax>", "</xmax>") + "<object><name>x</name></object>"
    document = f"<annotation><filename>a.png</filename>{good}{bad}</annotation>".encode()
    content = zipped({
        "Annotations/a.xml": document, "JPEGImages/a.png": picture(),
        "Annotations/gone.xml": document.replace(b"a.png", b"g.png"),
        "Annotations/broken.xml": b"<annotation>", "JPEGImages/alone.png": picture(),
        "Annotations/evil.xml": b'<!DOCTYPE x [<!ENTITY e "boom">]><annotation>&e;</annotation>',
    })  # fmt: skip
    rows = rows_of(content, "voc.zip", "voc")
    assert troubles(rows) == [
        ("Annotations/a.xml: object 2", "x is 99; the picture ends at 40"),
        ("Annotations/a.xml: object 3", "xmax is '', not a number"), ("Annotations/a.xml: object 4", "has no bndbox"),
        ("Annotations/gone.xml", NO_PICTURES),
        ("Annotations/broken.xml", "Annotations/broken.xml: line 1: not XML: no element found"),
        ("Annotations/evil.xml", "Annotations/evil.xml: line 1: a document type (DOCTYPE) is refused"),
        ("JPEGImages/alone.png", "no XML file goes with it"),
    ]  # fmt: skip
    (row,) = items(rows)
    assert len(row.data["hypothesis"]["annotations"]) == 1
    assert resumes_anywhere(content, "voc.zip")


def test_bad_shapes_of_cvat_are_told_and_the_rest_is_imported() -> None:
    shapes = [
        '<box label="cat" xtl="1" ytl="2" xbr="5" ybr="6"/>', '<box label="cat" xtl="1" ytl="2" xbr="5"/>',
        '<polygon label="cat" points="1,2;nan,3;4"/>', '<cuboid label="cat"/>', '<tag label="night"/>',
        '<mask label="cat" rle="3, 9" left="0" top="0" width="2" height="2"/>', '<polyline points="1,2;3,4"/>',
    ]  # fmt: skip
    images = (
        f'<image id="0" name="a.png" width="40" height="20">{"".join(shapes)}</image><image name="gone.png"/><track/>'
    )
    document = f"<?xml version='1.0'?><annotations>{images}</annotations>".encode()
    content = zipped({"annotations.xml": document, "images/a.png": picture()})
    rows = rows_of(content, "cvat.zip", "cvat")
    assert troubles(rows) == [
        ("a.png: box 2", "has no ybr"), ("a.png: polygon 3", "points '1,2;nan,3;4' are no pairs of numbers"),
        ("a.png: cuboid 4", "a cuboid is not taken"),
        ("a.png: tag 5", "the tag 'night' has no place beside shapes; its attributes are taken"),
        ("a.png: mask 6", "the runs of the mask cover 12 pixels of 4"), ("a.png: polyline 7", "has no label"),
        ("gone.png", NO_PICTURES), ("track", "tracks of videos are not taken"),
    ]  # fmt: skip
    assert len(items(rows)[0].data["hypothesis"]["annotations"]) == 1
    assert resumes_anywhere(content, "cvat.zip")
    assert troubles(rows_of(document, "annotations.xml", "cvat"))[0] == ("a.png", NO_PICTURES)


def test_xml_that_would_expand_or_dig_deep_is_refused() -> None:
    laughs = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(BadFile, match="DOCTYPE"):
        parse_xml(laughs, "x.xml")
    with pytest.raises(BadFile, match="nested too deep"):
        parse_xml(b"<a>" * 1000, "x.xml")
