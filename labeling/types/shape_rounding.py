"""Coordinates that were worked out, as an answer may hold them: whole pixels if the schema asks, inside the picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

DIGITS = 3
"""Of a fraction of a pixel."""


def as_drawn(shape: dict[str, Any], config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """The same shape with numbers that ``clean_answer`` takes."""
    image = item.get("image") or {}
    width, height = image.get("width", math.inf), image.get("height", math.inf)
    whole = config["pixels"] == "integer"
    found = dict(shape)
    if shape["type"] == "box":
        found |= _box(shape, whole, width, height)
    elif shape["type"] == "point":
        found |= _point(shape, whole, width, height)
    elif shape["type"] == "ellipse":
        found["center"] = _point(shape["center"], whole, width, height)
        for name in ("radius_x", "radius_y"):
            found[name] = _length(shape[name], whole)
    elif shape["type"] == "keypoints":
        found["keypoints"] = [each | _point(each, whole, width, height) for each in shape["keypoints"]]
    elif shape["type"] in ("polygon", "line"):
        found["vertices"] = _vertices(shape["vertices"], whole, width, height)
    if "rotation" in found:
        found.pop("rotation")
        if config["rotation"] and (turn := round(math.remainder(shape["rotation"], math.tau), 6)):
            found["rotation"] = turn
    return found


def _number(value: float, whole: bool) -> float:
    rounded = math.floor(value + 0.5) if whole else round(float(value), DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded


def _within(value: float, most: float, whole: bool) -> float:
    return _number(min(max(value, 0.0), most), whole)


def _length(value: float, whole: bool) -> float:
    return max(_number(value, whole), 1 if whole else 10**-DIGITS)


def _point(point: Mapping[str, Any], whole: bool, width: float, height: float) -> dict[str, float]:
    return {"x": _within(point["x"], width, whole), "y": _within(point["y"], height, whole)}


def _box(shape: Mapping[str, Any], whole: bool, width: float, height: float) -> dict[str, float]:
    """By its edges, so that rounding moves none of them by more than half a pixel."""
    if shape.get("rotation"):
        left, top = _number(shape["left"], whole), _number(shape["top"], whole)
        return {
            "left": left, "top": top, "width": _length(shape["width"], whole), "height": _length(shape["height"], whole)
        }  # fmt: skip
    left, right = (_within(each, width, whole) for each in (shape["left"], shape["left"] + shape["width"]))
    top, bottom = (_within(each, height, whole) for each in (shape["top"], shape["top"] + shape["height"]))
    return {
        "left": left, "top": top, "width": _length(right - left, whole), "height": _length(bottom - top, whole)
    }  # fmt: skip


def _vertices(vertices: list[dict[str, Any]], whole: bool, width: float, height: float) -> list[dict[str, float]]:
    """Without corners that rounding made equal to the one before."""
    found: list[dict[str, float]] = []
    for each in vertices:
        point = _point(each, whole, width, height)
        if not found or found[-1] != point:
            found.append(point)
    return found if len(found) > 1 else [_point(each, whole, width, height) for each in vertices]
