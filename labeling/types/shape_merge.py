"""One shape out of several drawings of one thing, by the way of its kind."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from labeling.aggregation import boxes, points, regions
from labeling.aggregation.votes import Floats
from labeling.types.geometry import likeness, outline
from labeling.types.rle import bounds, decode_part, encode_part

Shape = dict[str, Any]
Drawn = Mapping[Hashable, Shape]
FEW = 3
"""Drawings below which there is nothing to vote on pixel by pixel: the one of most weight is taken."""
PLACE = ("uuid", "label", "attributes")


def merge(drawn: Drawn, weights: Mapping[Hashable, float], tolerance: float) -> Shape:
    """The fields of its kind only, coordinates as they come. ``weights`` of the people who drew it, above 0."""
    shapes = {
        worker: {name: part for name, part in each.items() if name not in PLACE} for worker, each in drawn.items()
    }
    keys = {worker: json.dumps(each, sort_keys=True) for worker, each in shapes.items()}
    workers = sorted(shapes, key=lambda worker: (-round(weights[worker], 9), keys[worker]))
    if len(set(keys.values())) == 1:
        return shapes[workers[0]]
    kind = shapes[workers[0]]["type"]
    found = MERGERS[kind]([shapes[worker] for worker in workers], [weights[worker] for worker in workers])
    if kind in ("polygon", "line", "mask") and len(workers) >= FEW:
        best = max(workers, key=lambda worker: round(_near(shapes[worker], shapes, weights, tolerance), 6))
        if found is None or _near(found, shapes, weights, tolerance) < _near(shapes[best], shapes, weights, tolerance):
            return shapes[best]
    return found or shapes[workers[0]]


def edges(shape: Shape) -> Floats:
    """Left, top, right, bottom of a box as if it were upright."""
    left, top = shape["left"], shape["top"]
    return np.array([left, top, left + shape["width"], top + shape["height"]], dtype=np.float64)


def _near(shape: Shape, shapes: Drawn, weights: Mapping[Hashable, float], tolerance: float) -> float:
    return sum(weights[worker] * likeness(shape, each, tolerance) for worker, each in shapes.items())


def _box(shapes: Sequence[Shape], weights: Sequence[float]) -> Shape:
    merged = boxes.merge(np.array([edges(each) for each in shapes]), weights)
    found = {
        "type": "box",
        "left": merged[0],
        "top": merged[1],
        "width": merged[2] - merged[0],
        "height": merged[3] - merged[1],
    }
    turns = [each.get("rotation", 0.0) for each in shapes]
    return found | ({"rotation": points.merge_angles(turns, weights, math.tau)} if any(turns) else {})


def _polygon(shapes: Sequence[Shape], weights: Sequence[float]) -> Shape | None:
    if len(shapes) < FEW:
        return shapes[0]
    corners = regions.outline_of(regions.merge_outlines([outline(each) for each in shapes], weights))
    return {"type": "polygon", "vertices": _vertices(corners)} if len(corners) >= 3 else None


def _mask(shapes: Sequence[Shape], weights: Sequence[float]) -> Shape | None:
    """Pixel by pixel, on the part of the picture that any of them covers."""
    if len(shapes) < FEW or len({tuple(each["size"]) for each in shapes}) > 1:
        return shapes[0]
    size = shapes[0]["size"]
    sides = [bounds(size, each["counts"]) for each in shapes]
    left, right = min(each[0] for each in sides), max(each[2] for each in sides)
    part, _agreement = regions.vote([decode_part(size, each["counts"], left, right) for each in shapes], weights)
    return {"type": "mask", "size": size, "counts": encode_part(size, part, left)} if part.any() else None


def _line(shapes: Sequence[Shape], weights: Sequence[float]) -> Shape:
    if len(shapes) < FEW:
        return shapes[0]
    corners = points.merge_lines([outline(each) for each in shapes], weights)
    return {"type": "line", "vertices": _vertices(corners)}


def _point(shapes: Sequence[Shape], weights: Sequence[float]) -> Shape:
    x, y = points.merge(np.array([(each["x"], each["y"]) for each in shapes]), weights)
    return {"type": "point", "x": x, "y": y}


def _keypoints(shapes: Sequence[Shape], weights: Sequence[float]) -> Shape:
    """Point by point; one that most of the weight has is there."""
    found: dict[str, list[tuple[dict[str, Any], float]]] = {}
    for shape, weight in zip(shapes, weights, strict=True):
        for point in shape["keypoints"]:
            found.setdefault(point["name"], []).append((point, weight))
    total, merged = sum(weights), []
    for name, given in found.items():
        mass = [weight for _point, weight in given]
        if 2 * sum(mass) < total - 1e-9:
            continue
        x, y = points.merge(np.array([(point["x"], point["y"]) for point, _weight in given]), mass)
        seen = sum(weight for point, weight in given if point["visible"])
        merged.append({"name": name, "x": x, "y": y, "visible": 2 * seen >= sum(mass) - 1e-9})
    return {"type": "keypoints", "keypoints": merged} if merged else shapes[0]


def _ellipse(shapes: Sequence[Shape], weights: Sequence[float]) -> Shape:
    """Radii are told apart as the first of them does: a quarter turn makes the one the other."""
    like = shapes[0].get("rotation", 0.0)
    rows = []
    for shape in shapes:
        turn = shape.get("rotation", 0.0)
        ways = [
            (shape["radius_x"], shape["radius_y"], turn),
            (shape["radius_y"], shape["radius_x"], turn + math.pi / 2),
        ]
        wide, high, turn = min(ways, key=lambda way: abs(math.remainder(way[2] - like, math.pi)))
        rows.append((shape["center"]["x"], shape["center"]["y"], wide, high, turn))
    table = np.array(rows)
    middle, radii = points.merge(table[:, :2], weights), points.merge(table[:, 2:4], weights)
    found = {
        "type": "ellipse",
        "center": {"x": middle[0], "y": middle[1]},
        "radius_x": radii[0],
        "radius_y": radii[1],
    }
    if any("rotation" in each for each in shapes):
        found["rotation"] = points.merge_angles(table[:, 4].tolist(), weights, math.pi)
    return found


def _vertices(corners: Floats) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in corners.tolist()]


MERGERS: dict[str, Callable[[Sequence[Shape], Sequence[float]], Shape | None]] = {
    "box": _box,
    "polygon": _polygon,
    "mask": _mask,
    "line": _line,
    "point": _point,
    "keypoints": _keypoints,
    "ellipse": _ellipse,
}
