"""YOLO detect: upright boxes."""

from __future__ import annotations

from typing import Any

from labeling.exporters import yolo
from labeling.exporters.folders import Folder
from labeling.exporters.shapes import Note, box_inside
from labeling.exporters.snapshot import SHAPES, Image, Snapshot

NAME = "yolo_detect"
TITLE = "YOLO detect (boxes)"
SUFFIX, CONTENT_TYPE = yolo.SUFFIX, yolo.CONTENT_TYPE
TYPES = SHAPES - {"points", "lines"}
LOST = {
    "line": "a line has no place in YOLO",
    "point": "a point has no place in YOLO detect",
    "box": "a rotated box is written as the upright box around it",
}
OTHER = "a shape that is no box is written as the box around it"


def build(snapshot: Snapshot, folder: Folder) -> None:
    yolo.build(snapshot, folder, _cut)


def _cut(shape: dict[str, Any], image: Image, note: Note, path: str) -> list[yolo.Values]:
    kind = shape["type"]
    if kind != "box" or shape.get("rotation"):
        note(path, LOST.get(kind, OTHER))
    edges = None if kind in ("line", "point") else box_inside(shape, image, note, path)
    return [] if edges is None else [yolo.box(edges, image)]
