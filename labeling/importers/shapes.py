"""Shapes of other formats as ours, and the label schema they suggest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labeling.errors import GroundworkError
from labeling.importers.base import Schema
from labeling.types.shape_schema import GEOMETRIES, MOST_LABELS
from labeling.types.strict import is_number

DECIMALS = 6
SLACK = 1.0
"""Pixels by which a shape may leave the picture, as rounding makes it: it is moved to the edge."""
MOST_CHOICES = 50
QUESTION = "Mark every object."


class BadShape(GroundworkError):
    """One object that cannot be taken."""


def plain(value: float, decimals: int = DECIMALS) -> float:
    """A number as our answers have it: whole where it is."""
    rounded = round(value, decimals)
    return int(rounded) if rounded == int(rounded) else rounded


def numbers(raw: Any, what: str, count: int | None = None) -> list[float]:
    """A list of finite numbers."""
    if not isinstance(raw, list | tuple) or not all(is_number(each) for each in raw):
        raise BadShape(f"{what} must be a list of numbers")
    if count is not None and len(raw) != count:
        raise BadShape(f"{what} has {len(raw)} numbers; must be {count}")
    return [float(each) for each in raw]


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture, and shapes that fit it."""

    width: int
    height: int
    decimals: int = DECIMALS

    def corner(self, x: float, y: float) -> dict[str, float]:
        for name, value, most in (("x", x, self.width), ("y", y, self.height)):
            if not -SLACK <= value <= most + SLACK:
                raise BadShape(f"{name} is {value:g}; the picture ends at {most}")
        at = (min(max(x, 0), self.width), min(max(y, 0), self.height))
        return {"x": plain(at[0], self.decimals), "y": plain(at[1], self.decimals)}

    def box(self, label: str, left: float, top: float, right: float, bottom: float, turn: float = 0) -> dict[str, Any]:
        """By its edges; ``turn`` in radians about its middle."""
        if right <= left or bottom <= top:
            raise BadShape(f"a box of {right - left:g} × {bottom - top:g} pixels has no area")
        if turn:
            self.corner((left + right) / 2, (top + bottom) / 2)
            start, end = {"x": left, "y": top}, {"x": right, "y": bottom}
        else:
            start, end = self.corner(left, top), self.corner(right, bottom)
        shape = {
            "type": "box", "label": label,
            "left": plain(start["x"], self.decimals), "top": plain(start["y"], self.decimals),
            "width": plain(end["x"] - start["x"], self.decimals), "height": plain(end["y"] - start["y"], self.decimals),
        }  # fmt: skip
        return shape | ({"rotation": plain(turn)} if turn else {})

    def path(self, kind: str, label: str, points: Sequence[tuple[float, float]]) -> dict[str, Any]:
        """A polygon or a line."""
        fewest = 3 if kind == "polygon" else 2
        vertices = [self.corner(x, y) for x, y in points]
        if len({(each["x"], each["y"]) for each in vertices}) < fewest:
            raise BadShape(f"a {kind} of {len(vertices)} points; at least {fewest} different ones")
        return {"type": kind, "label": label, "vertices": vertices}

    def point(self, label: str, x: float, y: float) -> dict[str, Any]:
        return {"type": "point", "label": label, **self.corner(x, y)}

    def keypoints(self, label: str, points: Iterable[tuple[str, float, float, bool]]) -> dict[str, Any]:
        found = [{"name": name, **self.corner(x, y), "visible": seen} for name, x, y, seen in points]
        if not found:
            raise BadShape("no point of the figure is marked")
        return {"type": "keypoints", "label": label, "keypoints": found}


def pairs(flat: Sequence[float]) -> list[tuple[float, float]]:
    if len(flat) % 2:
        raise BadShape(f"{len(flat)} numbers are no pairs of x and y")
    return list(zip(flat[::2], flat[1::2], strict=True))


def rectangle(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float, float] | None:
    """Left, top, right, bottom and turn of four corners in order, if they are a rectangle within a hundredth."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    wide, high = math.hypot(bx - ax, by - ay), math.hypot(cx - bx, cy - by)
    slack = 0.01 * max(wide, high) + 0.02
    is_closed = abs(ax + cx - bx - dx) <= slack and abs(ay + cy - by - dy) <= slack
    if not wide or not high or not is_closed:
        return None
    if abs((bx - ax) * (cx - bx) + (by - ay) * (cy - by)) > 0.02 * wide * high + slack:
        return None
    middle_x, middle_y = (ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4
    turn = math.atan2(by - ay, bx - ax)
    quarter = round(turn / (math.pi / 2))
    if abs(turn - quarter * math.pi / 2) < 1e-3:  # upright, whichever corner came first
        wide, high = (high, wide) if quarter % 2 else (wide, high)
        turn = 0.0
    return middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2, turn


def as_answer(
    shapes: Sequence[dict[str, Any]],
    whole: Mapping[str, Any] | None = None,
    links: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """The answer of our drawing types; shapes without attributes get none."""
    annotations = [{"uuid": str(n), "attributes": {}, **shape} for n, shape in enumerate(shapes, 1)]
    answer: dict[str, Any] = {"annotations": annotations, "global_attributes": dict(whole or {})}
    return answer | ({"links": list(links)} if links else {})


@dataclass
class Seen:
    """Gathers the labels, geometries and attributes of a file; ``schema`` is what they suggest."""

    geometries: dict[str, set[str]] = field(default_factory=dict)
    skeletons: dict[str, dict[str, Any]] = field(default_factory=dict)
    values: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    is_turned: bool = False
    whole: dict[str, list[Any]] = field(default_factory=dict)

    def label(self, name: str) -> None:
        self.geometries.setdefault(name, set())

    def shape(self, shape: dict[str, Any]) -> None:
        self.geometries.setdefault(shape["label"], set()).add(shape["type"])
        self.is_turned = self.is_turned or bool(shape.get("rotation"))
        for name, value in shape.get("attributes", {}).items():
            remember(self.values.setdefault(shape["label"], {}), name, value)

    def picture(self, attributes: Mapping[str, Any]) -> None:
        for name, value in attributes.items():
            remember(self.whole, name, value)

    def schema(self, question: str = QUESTION, relations: Sequence[str] = ()) -> Schema | None:
        """None where there is no label, or more than a schema may have."""
        if not 1 <= len(self.geometries) <= MOST_LABELS:
            return None
        used = set().union(*self.geometries.values())
        labels = []
        for name, drawn in self.geometries.items():
            kinds = drawn or used or {"box"}
            skeleton = self.skeletons.get(name)
            kinds = {kind for kind in kinds if kind != "keypoints" or skeleton} or {"keypoints" if skeleton else "box"}
            label: dict[str, Any] = {"value": name, "geometries": [one for one in GEOMETRIES if one in kinds]}
            if skeleton:
                label["skeleton"] = skeleton
            if attributes := as_attributes(self.values.get(name, {})):
                label["attributes"] = attributes
            labels.append(label)
        config: dict[str, Any] = {"question": question, "labels": labels, "pixels": "float"}
        config |= {"attributes": as_attributes(self.whole)} if self.whole else {}
        config |= {"links": [{"value": name} for name in relations]} if relations else {}
        return Schema("image_annotation", config | ({"rotation": True} if self.is_turned else {}))


def remember(values: dict[str, list[Any]], name: str, value: Any) -> None:
    known = values.setdefault(name, [])
    if value not in known and len(known) <= MOST_CHOICES:
        known.append(value)


def as_attributes(values: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Attributes of a kind that takes all the values seen."""
    found = []
    for name, seen in values.items():
        one: dict[str, Any] = {"name": name, "required": False}
        flat = [each for value in seen for each in (value if isinstance(value, list) else [value])]
        if all(isinstance(each, bool) for each in seen):
            one["type"] = "boolean"
        elif all(is_number(each) for each in seen):
            one["type"] = "number"
        elif any(isinstance(value, list) for value in seen) and all(isinstance(each, str) and each for each in flat):
            one |= {"type": "multiselect", "options": list(dict.fromkeys(flat))}
        elif len(seen) <= MOST_CHOICES and all(isinstance(each, str) and each.strip() for each in seen):
            one |= {"type": "select", "options": list(seen)}
        else:
            one["type"] = "text"
        found.append(one)
    return found
