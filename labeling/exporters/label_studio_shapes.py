"""Drawn shapes as regions of Label Studio: in percents of the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from labeling.exporters.brush import encode_brush
from labeling.exporters.snapshot import Record

TAGS = {
    "box": "RectangleLabels", "polygon": "PolygonLabels", "ellipse": "EllipseLabels", "point": "KeyPointLabels",
    "mask": "BrushLabels", "line": "VectorLabels",
}  # fmt: skip
POINT_WIDTH = 0.5
Tell = Callable[[str, str], None]
"""Notes a loss: where, and what."""
FIGURE = "keypoints are written as single points, without their names"


def entry(id: str, kind: str, control: str, shown: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "type": kind, "from_name": control, "to_name": shown, "value": value}


def shape_regions(shape: dict[str, Any], record: Record, shown: str, note: Tell, path: str) -> Iterator[dict[str, Any]]:
    assert record.image is not None
    wide, high = record.image.width, record.image.height
    kind = shape["type"]
    if kind == "keypoints":
        note(path, FIGURE)
    points = shape["keypoints"] if kind == "keypoints" else [shape]
    for n, each in enumerate(points):
        tag = TAGS["point" if kind == "keypoints" else kind].lower()
        value = _value("point" if kind == "keypoints" else kind, each, wide, high) | {tag: [shape["label"]]}
        size = {"original_width": wide, "original_height": high, "image_rotation": 0}
        yield entry(f"{shape['uuid']}-{n}" if n else shape["uuid"], tag, tag, shown, value) | size


def _value(kind: str, shape: dict[str, Any], wide: float, high: float) -> dict[str, Any]:
    """Percents of the picture; a box turns about its own corner there."""
    turn = shape.get("rotation", 0)
    if kind == "box":
        half = shape["width"] / 2, shape["height"] / 2
        x = shape["left"] + half[0] - half[0] * math.cos(turn) + half[1] * math.sin(turn)
        y = shape["top"] + half[1] - half[0] * math.sin(turn) - half[1] * math.cos(turn)
        size = {"width": 100 * shape["width"] / wide, "height": 100 * shape["height"] / high}
        return {"x": 100 * x / wide, "y": 100 * y / high, **size, "rotation": math.degrees(turn)}
    if kind == "ellipse":
        middle = {"x": 100 * shape["center"]["x"] / wide, "y": 100 * shape["center"]["y"] / high}
        radii = {"radiusX": 100 * shape["radius_x"] / wide, "radiusY": 100 * shape["radius_y"] / high}
        return middle | radii | {"rotation": math.degrees(turn)}
    if kind == "mask":
        return {"format": "rle", "rle": encode_brush(shape["size"], shape["counts"])}
    if kind == "line":
        return {"vertices": list(_chained(shape["vertices"], wide, high)), "closed": False}
    if kind == "polygon":
        return {
            "points": [[100 * each["x"] / wide, 100 * each["y"] / high] for each in shape["vertices"]],
            "closed": True,
        }
    return {"x": 100 * shape["x"] / wide, "y": 100 * shape["y"] / high, "width": POINT_WIDTH}


def _chained(vertices: list[dict[str, float]], wide: float, high: float) -> Iterator[dict[str, Any]]:
    """Each but the first names the one before it."""
    for n, each in enumerate(vertices):
        place = {"id": f"v{n}", "x": 100 * each["x"] / wide, "y": 100 * each["y"] / high}
        yield place | ({"prevPointId": f"v{n - 1}"} if n else {})
