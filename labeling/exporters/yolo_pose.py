"""YOLO pose: the box around a figure and its keypoints, each with 2 for seen, 1 for hidden, 0 for not marked."""

from __future__ import annotations

from typing import Any

from labeling.exporters import yolo
from labeling.exporters.folders import Folder
from labeling.exporters.shapes import Note, bounds_of, label_names
from labeling.exporters.snapshot import Image, Snapshot

NAME = "yolo_pose"
TITLE = "YOLO pose (keypoints)"
SUFFIX, CONTENT_TYPE = yolo.SUFFIX, yolo.CONTENT_TYPE
TYPES = frozenset({"points", "image_annotation"})
POINT = "point"
NO_FIGURE = "a shape without keypoints has no place in YOLO pose"


def build(snapshot: Snapshot, folder: Folder) -> None:
    """Every class has as many points as the one with most: YOLO knows one number for all."""
    figures = _figures(snapshot)
    most = max(map(len, figures.values()))
    names = "".join(
        f"  {n}: [{', '.join(map(yolo.quoted, figures[label]))}]\n" for n, label in enumerate(label_names(snapshot))
    )

    def cut(shape: dict[str, Any], image: Image, note: Note, path: str) -> list[yolo.Values]:
        if shape["type"] not in ("keypoints", "point"):
            note(path, NO_FIGURE)
            return []
        single = {"name": POINT, "x": shape.get("x"), "y": shape.get("y"), "visible": True}
        given = {each["name"]: each for each in shape.get("keypoints", [single])}
        values = yolo.box(bounds_of(shape), image)
        for name in figures[shape["label"]]:
            point = given.get(name)
            spot = yolo.shares([(point["x"], point["y"])], image) if point else [0.0, 0.0]
            values += [*spot, 0 if point is None else 2 if point["visible"] else 1]
        return [values + [0.0, 0.0, 0] * (most - len(figures[shape["label"]]))]

    yolo.build(snapshot, folder, cut, more=f"kpt_shape: [{most}, 3]\nkpt_names:\n{names}")


def _figures(snapshot: Snapshot) -> dict[str, list[str]]:
    """The points of each label; a label of single points has one."""
    found: dict[str, list[str]] = {}
    for config in snapshot.configs():
        for label in config["labels"]:
            points = (label["skeleton"] or {}).get("points") or [POINT]
            found.setdefault(label["value"], points)
    return found
