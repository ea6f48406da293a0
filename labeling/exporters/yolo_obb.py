"""YOLO OBB: rotated boxes as their four corners."""

from __future__ import annotations

from typing import Any

from labeling.exporters import yolo
from labeling.exporters.folders import Folder
from labeling.exporters.shapes import OUTSIDE, Note, box_inside, corners_of
from labeling.exporters.snapshot import SHAPES, Image, Snapshot

NAME = "yolo_obb"
TITLE = "YOLO OBB (rotated boxes)"
SUFFIX, CONTENT_TYPE = yolo.SUFFIX, yolo.CONTENT_TYPE
TYPES = SHAPES - {"points", "lines"}
OTHER = "a shape that is no box is written as the upright box around it"
NOWHERE = "a line or a point has no place in YOLO OBB"


def build(snapshot: Snapshot, folder: Folder) -> None:
    yolo.build(snapshot, folder, _cut)


def _cut(shape: dict[str, Any], image: Image, note: Note, path: str) -> list[yolo.Values]:
    if shape["type"] in ("line", "point"):
        note(path, NOWHERE)
        return []
    if shape["type"] == "box":
        corners = corners_of(shape)
    else:
        note(path, OTHER)
        edges = box_inside(shape, image, note, path)
        if edges is None:
            return []
        left, top, right, bottom = edges
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    if any(not (0 <= x <= image.width and 0 <= y <= image.height) for x, y in corners):
        note(path, OUTSIDE)
    return [yolo.shares(corners, image)]
