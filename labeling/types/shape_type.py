"""What all drawing types share. A type names its geometries; everything else is here and in its neighbours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import linear_sum_assignment

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.attributes import read_attributes
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.geometry import likeness, outline
from labeling.types.shape_answers import clean_shapes
from labeling.types.shape_schema import TOOL_KEYS, clean_shape_config, used_geometries
from labeling.types.strict import read_object

ATTRIBUTE_WEIGHT = 0.5
"""How much of a match is lost when every attribute differs."""
GLOBAL_WEIGHT = 0.2
"""The share of the whole picture's attributes in the distance of two answers, where the schema has any."""
LEAST_LIKENESS = 0.05
"""Below this two shapes are no versions of one thing: points and lines are never wholly unlike."""


class ShapeType(TaskType):
    """The answer is ``{"annotations": [...], "global_attributes": {...}}``; see shape_answers for the fields."""

    family = "image"
    inputs = frozenset({"image"})
    geometries: ClassVar[tuple[str, ...]]

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        config = clean_shape_config(raw, self.geometries, problems)
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("annotations", "global_attributes"), problems)
        clean = {
            "annotations": clean_shapes(given.get("annotations"), config, item, problems),
            "global_attributes": read_attributes(
                given.get("global_attributes"), config["attributes"], problems, "global_attributes"
            ),
        }
        if problems:
            raise InvalidAnswer(problems)
        return clean

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """1 - F: twice the summed likeness of the best pairs of objects (of one label), over the count of objects."""
        shapes = 1 - _f_measure(a["annotations"], b["annotations"], config["tolerance"])
        if not config["attributes"]:
            return shapes
        differ = _share_differing(a["global_attributes"], b["global_attributes"])
        return (1 - GLOBAL_WEIGHT) * shapes + GLOBAL_WEIGHT * differ

    def objects(self, answer: dict[str, Any]) -> list[Any] | None:
        return [{name: part for name, part in each.items() if name != "uuid"} for each in answer["annotations"]]

    def object_likeness(self, a: Any, b: Any, config: dict[str, Any]) -> float:
        """A drawn thing moved, or with another label, is the same thing; elsewhere it is another."""
        alike = likeness(a, b, config["tolerance"])
        return alike if alike >= LEAST_LIKENESS else 0.0

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {"objects": "int", "annotations": "json", "global_attributes": "json"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        if answer is None:
            return {"objects": None, "annotations": None, "global_attributes": None}
        annotations = [_with_vertices(shape) for shape in answer["annotations"]]
        return {
            "objects": len(annotations),
            "annotations": json.dumps(annotations, ensure_ascii=False),
            "global_attributes": json.dumps(answer["global_attributes"], ensure_ascii=False),
        }

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        found = [KeyBinding(f"label.{n}", one["key"], one["label"]) for n, one in enumerate(config["labels"])]
        used = used_geometries(config)
        found += [KeyBinding(f"tool.{one}", TOOL_KEYS[one], f"Tool: {one}") for one in used]
        if "box" in used:
            found.append(KeyBinding("tool.extreme", "x", "Tool: box by its four outermost points"))
        return [binding for binding in found if binding.key] + EDITING


def _bindings() -> list[KeyBinding]:
    named = [
        ("tool.select", "v", "Select and edit"), ("region.next", "j", "Next region"),
        ("region.previous", "k", "Previous region"), ("region.delete", "Delete", "Delete region"),
        ("region.back", "Backspace", "Remove the last vertex, or the region"), ("region.duplicate", "d", "Duplicate"),
        ("region.hide", "h", "Hide or show region"), ("region.close", "c", "Close the shape"),
        ("region.front", "PageUp", "Bring forward"), ("region.behind", "PageDown", "Send backward"),
        ("view.in", "+", "Zoom in"), ("view.out", "-", "Zoom out"), ("view.fit", "\\", "Fit to window"),
    ]  # fmt: skip
    for way in ("Left", "Right", "Up", "Down"):
        named += [
            (f"move.{way}", f"Arrow{way}", f"Move by a pixel: {way}"),
            (f"leap.{way}", f"Shift+Arrow{way}", f"Move by ten pixels: {way}"),
            (f"size.{way}", f"Alt+Arrow{way}", f"Resize by a pixel: {way}"),
            (f"grow.{way}", f"Alt+Shift+Arrow{way}", f"Resize by ten pixels: {way}"),
        ]
    named += [("turn.left", ",", "Turn left"), ("turn.right", ".", "Turn right")]
    return [KeyBinding(*each) for each in named]


EDITING = _bindings()


def _f_measure(a: list[dict[str, Any]], b: list[dict[str, Any]], tolerance: float) -> float:
    if not a or not b:
        return 1.0 if not a and not b else 0.0
    alike = np.zeros((len(a), len(b)))
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            if one["label"] == other["label"]:
                kept = 1 - ATTRIBUTE_WEIGHT * _share_differing(one["attributes"], other["attributes"])
                alike[i, j] = kept * likeness(one, other, tolerance)
    rows, columns = linear_sum_assignment(alike, maximize=True)
    matched = sorted(alike[rows, columns].tolist())  # summed in one order whoever comes first
    return float(min(1.0, 2 * sum(matched) / (len(a) + len(b))))


def _share_differing(a: dict[str, Any], b: dict[str, Any]) -> float:
    names = a.keys() | b.keys()
    return sum(a.get(name) != b.get(name) for name in names) / len(names) if names else 0.0


def _with_vertices(shape: dict[str, Any]) -> dict[str, Any]:
    """A rotated box also as its corners, as Scale writes it."""
    if shape["type"] != "box" or not shape.get("rotation"):
        return shape
    return shape | {"vertices": [{"x": round(x, 3), "y": round(y, 3)} for x, y in outline(shape).tolist()]}
