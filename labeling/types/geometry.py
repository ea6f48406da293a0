"""Outlines of drawn shapes, and how much two shapes are alike: 1 the same, 0 nothing in common."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.types.rle import area, bounds, overlap

Points = NDArray[np.float64]
GRID = 96
CURVE = 64
SKELETON_SPREAD = 0.1
"""Keypoints count as near within this share of the figure's size."""


def outline(shape: dict[str, Any]) -> Points:
    """The shape's corners, in order; a curve as many of them."""
    kind = shape["type"]
    if kind in ("polygon", "line"):
        return np.array([(each["x"], each["y"]) for each in shape["vertices"]], dtype=float)
    if kind == "keypoints":
        return np.array([(each["x"], each["y"]) for each in shape["keypoints"]], dtype=float)
    if kind == "point":
        return np.array([(shape["x"], shape["y"])], dtype=float)
    if kind == "mask":
        left, top, right, bottom = bounds(shape["size"], shape["counts"])
        return np.array([(left, top), (right, bottom)], dtype=float)
    if kind == "ellipse":
        angle = np.linspace(0, math.tau, CURVE, endpoint=False)
        middle = (shape["center"]["x"], shape["center"]["y"])
        flat = np.stack((shape["radius_x"] * np.cos(angle), shape["radius_y"] * np.sin(angle)), axis=1)
    else:
        middle = (shape["left"] + shape["width"] / 2, shape["top"] + shape["height"] / 2)
        flat = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (shape["width"] / 2, shape["height"] / 2)
    turn = shape.get("rotation", 0)
    cos, sin = math.cos(turn), math.sin(turn)
    turned: Points = flat @ np.array([[cos, sin], [-sin, cos]]) + middle
    return turned


def likeness(a: dict[str, Any], b: dict[str, Any], tolerance: float) -> float:
    """IoU of areas; for points and lines, how near they are. ``tolerance`` is the pixels two points may be apart."""
    if a["type"] != b["type"]:
        return 0.0
    kind = a["type"]
    if kind == "box" and not a.get("rotation") and not b.get("rotation"):
        return _box_iou(a, b)
    if kind == "mask":
        both = overlap(a["counts"], b["counts"]) if a["size"] == b["size"] else 0
        return both / (area(a["counts"]) + area(b["counts"]) - both)
    if kind == "point":
        return _near(math.hypot(a["x"] - b["x"], a["y"] - b["y"]), tolerance)
    if kind == "keypoints":
        return _skeleton_likeness(a, b, tolerance)
    if kind == "line":
        return _line_likeness(outline(a), outline(b), tolerance)
    return _raster_iou(outline(a), outline(b))


def _box_iou(a: dict[str, Any], b: dict[str, Any]) -> float:
    wide = min(a["left"] + a["width"], b["left"] + b["width"]) - max(a["left"], b["left"])
    high = min(a["top"] + a["height"], b["top"] + b["height"]) - max(a["top"], b["top"])
    both = max(wide, 0) * max(high, 0)
    return float(min(1, both / (a["width"] * a["height"] + b["width"] * b["height"] - both)))


def _raster_iou(a: Points, b: Points) -> float:
    """Counted at the middles of a grid of GRID by GRID cells over both."""
    if a.shape == b.shape and bool((a == b).all()):
        return 1.0
    low, high = np.minimum(a.min(axis=0), b.min(axis=0)), np.maximum(a.max(axis=0), b.max(axis=0))
    steps = (np.arange(GRID) + 0.5) / GRID
    x, y = low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1])
    one, other = _inside(a, x, y), _inside(b, x, y)
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 0.0


def _inside(corners: Points, x: Points, y: Points) -> NDArray[np.bool_]:
    """Even-odd rule."""
    found = np.zeros((y.size, x.size), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (y1 > y) != (y2 > y)
        if crosses.any():
            at = x1 + (y[crosses] - y1) * (x2 - x1) / (y2 - y1)
            found[crosses] ^= x[None, :] < at[:, None]
    return found


def _near(apart: float, spread: float) -> float:
    return math.exp(-(apart**2) / (2 * max(spread, 1e-6) ** 2))


def _skeleton_likeness(a: dict[str, Any], b: dict[str, Any], tolerance: float) -> float:
    """As OKS: the mean nearness of the named points; one that only one of them has counts as far."""
    both = np.concatenate((outline(a), outline(b)))
    spread = max(tolerance, SKELETON_SPREAD * math.sqrt(float(np.prod(np.ptp(both, axis=0)))))
    one, other = ({each["name"]: each for each in shape["keypoints"]} for shape in (a, b))
    shared = sorted(one.keys() & other.keys())
    near = [_near(math.hypot(one[n]["x"] - other[n]["x"], one[n]["y"] - other[n]["y"]), spread) for n in shared]
    return sum(near) / len(one.keys() | other.keys())


def _line_likeness(a: Points, b: Points, tolerance: float) -> float:
    """By the mean distance of each line's points to the other line, both ways; the direction does not matter."""
    return _near((_mean_apart(a, b) + _mean_apart(b, a)) / 2, tolerance)


def _mean_apart(a: Points, b: Points) -> float:
    along = np.concatenate([np.linspace(a[n], a[n + 1], 16) for n in range(len(a) - 1)])
    start, step = b[:-1], np.diff(b, axis=0)
    length = np.maximum((step**2).sum(axis=1), 1e-12)
    share = np.clip(((along[:, None] - start) * step).sum(axis=2) / length, 0, 1)
    apart = along[:, None] - (start + share[..., None] * step)
    return float(np.sqrt((apart**2).sum(axis=2)).min(axis=1).mean())
