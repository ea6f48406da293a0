"""Drawn shapes as the formats for images want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labeling.exporters.snapshot import Image, Record, Snapshot
from labeling.types.geometry import outline
from labeling.types.rle import area, bounds

GLOBAL = "attributes of the whole picture have no place in this format"
LINKS = "links between objects have no place in this format"
ATTRIBUTES = "attributes of objects have no place in this format"
OUTSIDE = "a corner outside the picture is moved to its edge"
CUT = "the part of a shape outside the picture is cut off"
NOTHING_LEFT = "a shape of which nothing is in the picture has no place in this format"
NO_AREA = "a box without an area has no place in this format"
ORDER = 6  # decimals kept


Edges = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True, slots=True)
class Note:
    """Notes losses of one record."""

    snapshot: Snapshot
    record: Record

    def __call__(self, path: str, reason: str) -> None:
        self.snapshot.losses.note(self.record, path, reason)


def note_whole_picture(note: Note) -> None:
    """What belongs to no single object, for a format of objects only."""
    answer = note.record.answer or {}
    if any(value not in (None, "", []) for value in (answer.get("global_attributes") or {}).values()):
        note("answer.global_attributes", GLOBAL)
    if answer.get("links"):
        note("answer.links", LINKS)


def label_names(snapshot: Snapshot) -> list[str]:
    """The labels of the project's question, then those of single tasks, each once."""
    return list(dict.fromkeys(label["value"] for config in snapshot.configs() for label in config["labels"]))


def corners_of(shape: dict[str, Any]) -> list[tuple[float, float]]:
    """In pixels; whole numbers stay whole."""
    if shape["type"] in ("polygon", "line"):
        return [(each["x"], each["y"]) for each in shape["vertices"]]
    if shape["type"] == "box" and not shape.get("rotation"):
        left, top, right, bottom = bounds_of(shape)
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [(_short(x), _short(y)) for x, y in outline(shape).tolist()]


def bounds_of(shape: dict[str, Any]) -> Edges:
    if shape["type"] == "mask":
        return bounds(shape["size"], shape["counts"])
    if shape["type"] == "box" and not shape.get("rotation"):
        right, bottom = shape["left"] + shape["width"], shape["top"] + shape["height"]
        return shape["left"], shape["top"], _short(right), _short(bottom)
    corners = corners_of(shape)
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(down), max(across), max(down)


def box_inside(shape: dict[str, Any], image: Image, note: Note, path: str) -> Edges | None:
    """The box around a shape, as far as it is in the picture; None where nothing of it has an area."""
    left, top, right, bottom = bounds_of(shape)
    across = [min(max(x, 0), image.width) for x in (left, right)]
    down = [min(max(y, 0), image.height) for y in (top, bottom)]
    if across != [left, right] or down != [top, bottom]:
        note(path, OUTSIDE)
    if across[0] == across[1] or down[0] == down[1]:
        note(path, NO_AREA)
        return None
    return across[0], down[0], across[1], down[1]


def corners_inside(shape: dict[str, Any], image: Image, note: Note, path: str) -> list[tuple[float, float]]:
    """The corners of the part of a shape with an area that is in the picture; empty where there is none."""
    corners = corners_of(shape)
    inside = corners
    for axis, edge, sign in ((0, 0, 1), (0, image.width, -1), (1, 0, 1), (1, image.height, -1)):
        inside = _cut(inside, axis, edge, sign)
    if inside == corners:
        return corners
    if len(set(inside)) < 3 or not _area(inside):
        note(path, NOTHING_LEFT)
        return []
    note(path, CUT)
    return inside


def polygon_of(corners: list[tuple[float, float]]) -> dict[str, Any]:
    return {"type": "polygon", "vertices": [{"x": x, "y": y} for x, y in corners]}


def _cut(corners: list[tuple[float, float]], axis: int, edge: float, sign: int) -> list[tuple[float, float]]:
    """What is on one side of an upright or level line."""
    found: list[tuple[float, float]] = []
    for a, b in zip(corners[-1:] + corners[:-1], corners, strict=True):
        far, near = (a[axis] - edge) * sign, (b[axis] - edge) * sign
        if (far < 0) != (near < 0) and far and near:
            share = far / (far - near)
            x, y = a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
            found.append((edge, _short(y)) if axis == 0 else (_short(x), edge))
        if near >= 0:
            found.append(b)
    return found


def area_of(shape: dict[str, Any]) -> float:
    if shape["type"] == "mask":
        return area(shape["counts"])
    if shape["type"] == "box":
        return _short(shape["width"] * shape["height"])
    return _area(corners_of(shape))


def _area(corners: list[tuple[float, float]]) -> float:
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    return _short(abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2)


def _short(number: float) -> float:
    """Whole where it is, as in answers."""
    rounded = round(number, ORDER)
    return int(rounded) if rounded == int(rounded) else rounded
