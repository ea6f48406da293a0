"""COCO: boxes, polygons, masks as run lengths, keypoints, in one JSON file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from labeling.exporters.folders import Folder
from labeling.exporters.pictures import note_renamed, note_without_picture, with_pictures, write_pictures
from labeling.exporters.shapes import (
    Note,
    area_of,
    bounds_of,
    corners_inside,
    corners_of,
    note_whole_picture,
    polygon_of,
)
from labeling.exporters.snapshot import SHAPES, Snapshot, note_common

NAME = "coco"
TITLE = "COCO (JSON)"
SUFFIX = ".json"
CONTENT_TYPE = "application/json"
TYPES = SHAPES
FILE = "annotations.json"
CROWD = "iscrowd"
"""An attribute of this name says that a mask is of many objects."""
POINT = "point"
"""The one keypoint of a category whose objects are single points."""
LINE = "a line has no place in COCO"
ELLIPSE = "an ellipse is written as the polygon of its outline"
ROTATION = "a rotated box is written as the polygon of its corners"


def build(snapshot: Snapshot, folder: Folder) -> None:
    categories = _categories(snapshot)
    numbers = {category["name"]: category["id"] for category in categories}
    points = {category["name"]: category.get("keypoints", [POINT]) for category in categories}
    with folder.open(FILE) as file:
        about = {"description": snapshot.about.name, "version": "1.0", "date_created": snapshot.about.as_of}
        file.write(b'{"info":' + orjson.dumps(about) + b',"licenses":[],"categories":' + orjson.dumps(categories))
        file.write(b',"images":[')
        _write_list(file, _images(snapshot))
        file.write(b'],"annotations":[')
        _write_list(file, _annotations(snapshot, numbers, points))
        file.write(b"]}\n")
    write_pictures(snapshot, folder)


def _write_list(file: BinaryIO, entries: Iterator[dict[str, Any]]) -> None:
    for n, entry in enumerate(entries):
        file.write(b",\n" if n else b"\n")
        file.write(orjson.dumps(entry))


def _categories(snapshot: Snapshot) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for config in snapshot.configs():
        for label in config["labels"]:
            if label["value"] not in found:
                found[label["value"]] = {"id": len(found) + 1, "name": label["value"], "supercategory": ""}
            category, skeleton = found[label["value"]], label["skeleton"]
            if skeleton and "keypoints" not in category:
                places = {name: n for n, name in enumerate(skeleton["points"], 1)}
                category["keypoints"] = skeleton["points"]
                category["skeleton"] = [[places[a], places[b]] for a, b in skeleton["edges"]]
            elif "point" in label["geometries"] and "keypoints" not in category:
                category |= {"keypoints": [POINT], "skeleton": []}
    return list(found.values())


def _images(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    for number, name, image, record in with_pictures(snapshot):
        note_renamed(Note(snapshot, record), name)
        yield {"id": number, "file_name": name, "width": image.width, "height": image.height}


def _annotations(snapshot: Snapshot, numbers: dict[str, int], points: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    number, picture = 0, 0
    for record in snapshot.records():
        note_common(snapshot, record, carried=("image",))
        if note_without_picture(snapshot, record):
            continue
        picture += 1
        note = Note(snapshot, record)
        note_whole_picture(note)
        for n, shape in enumerate((record.answer or {}).get("annotations", [])):
            body = _shape(shape, points[shape["label"]], note, f"answer.annotations[{n}]")
            if body is not None:
                number += 1
                where = {"id": number, "image_id": picture, "category_id": numbers[shape["label"]]}
                crowd = shape["attributes"].get(CROWD) is True
                attributes = {k: v for k, v in shape["attributes"].items() if k != CROWD or v is not True}
                more = {"attributes": attributes} if attributes else {}
                yield where | {CROWD: int(crowd)} | body | more


def _shape(shape: dict[str, Any], points: list[str], note: Note, path: str) -> dict[str, Any] | None:
    kind = shape["type"]
    if kind == "line":
        note(path, LINE)
        return None
    if kind == "mask":
        return _outlined(shape, {"size": shape["size"], "counts": shape["counts"]})
    if kind == "point":
        if POINT not in points:
            note(path, "a point has no place in a category of COCO with keypoints of its own")
            return None
        return _keypoints([{"name": POINT, "x": shape["x"], "y": shape["y"], "visible": True}], [POINT])
    if kind == "keypoints":
        return _keypoints(shape["keypoints"], points)
    if kind == "box" and not shape.get("rotation"):
        return _outlined(shape, [])
    if kind != "polygon":
        note(path, ELLIPSE if kind == "ellipse" else ROTATION)
    assert note.record.image is not None
    corners = corners_inside(shape, note.record.image, note, path)
    if not corners:
        return None
    drawn = shape if corners == corners_of(shape) else polygon_of(corners)
    return _outlined(drawn, [[number for corner in corners for number in corner]])


def _outlined(shape: dict[str, Any], segmentation: Any) -> dict[str, Any]:
    left, top, right, bottom = bounds_of(shape)
    return {
        "bbox": [left, top, _short(right - left), _short(bottom - top)],
        "area": area_of(shape),
        "segmentation": segmentation,
    }


def _keypoints(given: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
    """x, y and 2 for what is seen, 1 for what is hidden, 0 for what was not marked."""
    by_name = {point["name"]: point for point in given}
    flat: list[float] = []
    for name in names:
        point = by_name.get(name)
        flat += [point["x"], point["y"], 2 if point["visible"] else 1] if point else [0, 0, 0]
    across, down = [point["x"] for point in given], [point["y"] for point in given]
    wide, high = _short(max(across) - min(across)), _short(max(down) - min(down))
    box = {"bbox": [min(across), min(down), wide, high], "area": _short(wide * high)}
    return box | {"segmentation": [], "keypoints": flat, "num_keypoints": len(given)}


def _short(number: float) -> float:
    return number if isinstance(number, int) else round(number, 6)
