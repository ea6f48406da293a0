"""CVAT for images 1.1: one XML file with every shape; links between objects have no place in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from labeling.exporters.folders import Folder
from labeling.exporters.pictures import note_renamed, note_without_picture, with_pictures, write_pictures
from labeling.exporters.shapes import LINKS, Note, bounds_of, label_names
from labeling.exporters.snapshot import SHAPES, Image, Snapshot, note_common
from labeling.exporters.voc import as_text
from labeling.exporters.xml import attribute, note_forbidden, words
from labeling.types.rle import decode_part

NAME = "cvat"
TITLE = "CVAT (XML)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = SHAPES
WHOLE = "image attributes"
"""The tag that carries the attributes of a whole picture."""
OCCLUDED = "occluded"
"""An attribute of this name is CVAT's own flag."""


def build(snapshot: Snapshot, folder: Folder) -> None:
    with folder.open("annotations.xml") as file:
        file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
        file.write(_meta(snapshot).encode())
        for record in snapshot.records():
            note_common(snapshot, record, carried=("image",))
            note_without_picture(snapshot, record)
        for number, name, image, record in with_pictures(snapshot):
            note = Note(snapshot, record)
            note_forbidden(note, "item", name)
            note_renamed(note, name)
            size = f'width="{image.width}" height="{image.height}"'
            file.write(f'  <image id="{number - 1}" name={attribute(name)} {size}>\n'.encode())
            for line in _image(image, note):
                file.write(f"    {line}\n".encode())
            file.write(b"  </image>\n")
        file.write(b"</annotations>\n")
    write_pictures(snapshot, folder)


def _meta(snapshot: Snapshot) -> str:
    names = label_names(snapshot)
    labels = {label["value"]: label for config in snapshot.configs() for label in config["labels"]}
    parts = []
    for name in names:
        attributes = "".join(
            f"<attribute><name>{words(one['name'])}</name><mutable>False</mutable><input_type>text</input_type>"
            "<default_value></default_value><values></values></attribute>"
            for one in labels[name]["attributes"]
        )
        parts.append(f"<label><name>{words(name)}</name><attributes>{attributes}</attributes></label>")
    whole = "".join(
        f"<attribute><name>{words(one['name'])}</name><mutable>False</mutable><input_type>text</input_type>"
        "<default_value></default_value><values></values></attribute>"
        for one in snapshot.about.config["attributes"]
    )
    if whole:
        parts.append(f"<label><name>{WHOLE}</name><attributes>{whole}</attributes></label>")
    listed = "\n      ".join(parts)
    task = f"<name>{words(snapshot.about.name)}</name><labels>\n      {listed}\n    </labels>"
    return f"  <meta><task>{task}</task></meta>\n"


def _image(image: Image, note: Note) -> Iterator[str]:
    answer = note.record.answer or {}
    if answer.get("links"):
        note("answer.links", LINKS)
    if whole := answer.get("global_attributes"):
        yield _element("tag", {"label": WHOLE}, whole)
    for n, shape in enumerate(answer.get("annotations", [])):
        note_forbidden(note, f"answer.annotations[{n}]", *map(str, shape["attributes"].values()))
        hidden = shape["attributes"].get(OCCLUDED) is True
        shape = shape | {"attributes": {k: v for k, v in shape["attributes"].items() if k != OCCLUDED or v is not True}}
        common = {"label": shape["label"], "occluded": str(int(hidden)), "source": "manual"}
        if shape["type"] == "keypoints":
            yield _skeleton(shape, common, note)
        else:
            tag, places = _place(shape)
            yield _element(tag, common | places | {"z_order": "0"}, shape["attributes"])


def _place(shape: dict[str, Any]) -> tuple[str, dict[str, str]]:
    kind = shape["type"]
    if kind == "box":
        edges = (shape["left"], shape["top"], shape["left"] + shape["width"], shape["top"] + shape["height"])
        places = {name: _number(edge) for name, edge in zip(("xtl", "ytl", "xbr", "ybr"), edges, strict=True)}
        return "box", places | _turn(shape)
    if kind == "ellipse":
        x, y = shape["center"]["x"], shape["center"]["y"]
        radii = {"rx": _number(shape["radius_x"]), "ry": _number(shape["radius_y"])}
        return "ellipse", {"cx": _number(x), "cy": _number(y), **radii} | _turn(shape)
    if kind == "mask":
        left, top, right, bottom = map(int, bounds_of(shape))
        part = decode_part(shape["size"], shape["counts"], left, right)[top:bottom]
        size = {"left": left, "top": top, "width": right - left, "height": bottom - top}
        return "mask", {"rle": ", ".join(map(str, _runs(part.ravel().tolist())))} | {k: str(v) for k, v in size.items()}
    tag = {"polygon": "polygon", "line": "polyline", "point": "points"}[kind]
    points = [shape] if kind == "point" else shape["vertices"]
    return tag, {"points": ";".join(f"{_number(each['x'])},{_number(each['y'])}" for each in points)}


def _skeleton(shape: dict[str, Any], common: dict[str, str], note: Note) -> str:
    """A point that was not marked is outside, where CVAT keeps it."""
    config = note.snapshot.config_of(note.record)
    names = next(label["skeleton"]["points"] for label in config["labels"] if label["value"] == shape["label"])
    given = {each["name"]: each for each in shape["keypoints"]}
    points = []
    for name in names:
        each = given.get(name)
        place = f"{_number(each['x'])},{_number(each['y'])}" if each else "0.00,0.00"
        state = {"outside": "0" if each else "1", "occluded": "0" if not each or each["visible"] else "1"}
        points.append(_element("points", {"label": name, "source": "manual", **state, "points": place}, {}))
    head = _element("skeleton", common | {"z_order": "0"}, shape["attributes"])
    return head.removesuffix("</skeleton>") + "".join(points) + "</skeleton>"


def _element(tag: str, places: dict[str, str], attributes: dict[str, Any]) -> str:
    head = "".join(f" {name}={attribute(value)}" for name, value in places.items())
    inner = "".join(
        f"<attribute name={attribute(name)}>{words(as_text(value))}</attribute>" for name, value in attributes.items()
    )
    return f"<{tag}{head}>{inner}</{tag}>"


def _turn(shape: dict[str, Any]) -> dict[str, str]:
    """CVAT counts degrees from 0 to 360."""
    turn = math.degrees(shape.get("rotation", 0)) % 360
    return {"rotation": f"{turn:.6f}"} if turn else {}


def _runs(pixels: list[bool]) -> list[int]:
    """Run lengths along the rows of the part, the first of pixels off."""
    runs, last = [0], False
    for pixel in pixels:
        if pixel == last:
            runs[-1] += 1
        else:
            runs.append(1)
            last = pixel
    return runs


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")
