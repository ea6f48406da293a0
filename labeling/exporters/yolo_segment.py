"""YOLO segment: polygons; masks as the outlines of their parts."""

from __future__ import annotations

from typing import Any

from labeling.exporters import yolo
from labeling.exporters.folders import Folder
from labeling.exporters.outlines import outlines_of
from labeling.exporters.shapes import Note, corners_inside
from labeling.exporters.snapshot import SHAPES, Image, Snapshot

NAME = "yolo_segment"
TITLE = "YOLO segment (polygons)"
SUFFIX, CONTENT_TYPE = yolo.SUFFIX, yolo.CONTENT_TYPE
TYPES = SHAPES - {"points", "lines"}
LOST = {
    "line": "a line has no place in YOLO",
    "point": "a point has no place in YOLO segment",
    "keypoints": "keypoints have no place in YOLO segment",
    "ellipse": "an ellipse is written as the polygon of its outline",
    "box": "a box is written as the polygon of its corners",
    "mask": "a mask is written as the polygon of its outline",
}
PARTS = "a mask of several parts is written as several objects"
HOLES = "holes of a mask are filled"


def build(snapshot: Snapshot, folder: Folder) -> None:
    yolo.build(snapshot, folder, _cut)


def _cut(shape: dict[str, Any], image: Image, note: Note, path: str) -> list[yolo.Values]:
    kind = shape["type"]
    if kind in LOST:
        note(path, LOST[kind])
    if kind in ("line", "point", "keypoints"):
        return []
    if kind != "mask":
        corners = corners_inside(shape, image, note, path)
        return [yolo.shares(corners, image)] if corners else []
    parts, holes = outlines_of(shape["size"], shape["counts"])
    if holes:
        note(path, HOLES)
    if len(parts) > 1:
        note(path, PARTS)
    return [yolo.shares(part, image) for part in parts]
