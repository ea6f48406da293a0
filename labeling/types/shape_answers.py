"""Strict reading of drawn objects. Coordinates are pixels of the picture, 0 its left or top edge.

The fields are Scale's: a box has left, top, width, height (and rotation in radians about its middle, clockwise);
polygon and line have vertices; a point x and y; an ellipse its center and two radii; a mask its size (height, width)
and the runs of `rle`. `uuid` is the place in the list, counted from 1: two people who drew the same gave the same
answer. The list runs from the back to the front.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from labeling.errors import Problem
from labeling.types.attributes import read_attributes
from labeling.types.geometry import outline
from labeling.types.rle import area, counts_problem, decode
from labeling.types.shape_schema import MOST_VERTICES
from labeling.types.strict import is_number, read_object

FIELDS: dict[str, tuple[str, ...]] = {
    "box": ("left", "top", "width", "height", "rotation"),
    "polygon": ("vertices",),
    "line": ("vertices",),
    "point": ("x", "y"),
    "keypoints": ("keypoints",),
    "ellipse": ("center", "radius_x", "radius_y", "rotation"),
    "mask": ("size", "counts"),
}
COMMON = ("uuid", "type", "label", "attributes")
FEWEST = {"polygon": 3, "line": 2}


def clean_shapes(
    raw: Any, config: dict[str, Any], item: Mapping[str, Any], problems: list[Problem]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The annotations in their one form, and the place of each by the uuid it was given.

    Needs the picture's size in ``item["image"]``.
    """
    if not isinstance(raw, list):
        problems.append(Problem("annotations", "must be a list", "required" if raw is None else "type"))
        return [], {}
    if not config["min_objects"] <= len(raw) <= config["max_objects"]:
        message = f"has {len(raw)} objects; must be {config['min_objects']} to {config['max_objects']}"
        problems.append(Problem("annotations", message, "range"))
    raw = raw[: config["max_objects"]]
    image = item.get("image") or {}
    reader = _Reader(config, image.get("width", math.inf), image.get("height", math.inf), pages_of(item), problems)
    before = len(problems)
    shapes = [reader.shape(each, n) for n, each in enumerate(raw)]
    if config.get("cover") and image and len(problems) == before:
        reader.cover(shapes)
    return shapes, {str(n): n - 1 for n in range(1, len(shapes) + 1)} | reader.ids


class _Reader:
    def __init__(
        self, config: dict[str, Any], width: float, height: float, pages: list[dict[str, Any]], problems: list[Problem]
    ) -> None:
        self.config, self.width, self.height, self.problems = config, width, height, problems
        self.pages = pages
        self.labels = {label["value"]: label for label in config["labels"]}
        self.ids: dict[str, int] = {}

    def note(self, path: str, message: str, code: str = "invalid") -> None:
        self.problems.append(Problem(path, message, code))

    def shape(self, raw: Any, n: int) -> dict[str, Any]:
        path = f"annotations[{n}]"
        kind = raw.get("type") if isinstance(raw, dict) else None
        if isinstance(raw, dict) and (not isinstance(kind, str) or kind not in FIELDS):
            self.note(f"{path}.type", f"must be one of {', '.join(FIELDS)}", "unknown_type")
            return {}
        given = read_object(raw, (*COMMON, *FIELDS.get(kind or "box", ())), self.problems, path)
        if not given:
            return {}
        self.identity(given, n, path)
        named = given.get("label")
        label = self.labels.get(named) if isinstance(named, str) else None
        if label is None:
            self.note(f"{path}.label", "is not a label of this schema", "unknown_label")
        elif kind not in label["geometries"]:
            self.note(f"{path}.type", f"{named!r} is not drawn as {kind}", "geometry")
        before = len(self.problems)
        body = getattr(self, f"read_{kind}")(given, path, label)
        if label and len(self.problems) == before:
            self.sizes(body | {"type": kind}, label, path)
            self.page(body | {"type": kind}, path)
        attributes = read_attributes(
            given.get("attributes"), label["attributes"] if label else [], self.problems, f"{path}.attributes"
        )
        return {"uuid": str(n + 1), "type": kind, "label": named, **body, "attributes": attributes}

    def identity(self, given: dict[str, Any], n: int, path: str) -> None:
        uuid = given.get("uuid", "")
        if not isinstance(uuid, str):
            self.note(f"{path}.uuid", "must be a string", "type")
        elif uuid and self.ids.setdefault(uuid, n) != n:
            self.note(f"{path}.uuid", f"is already the uuid of annotations[{self.ids[uuid]}]", "duplicate")

    def number(self, raw: Any, path: str, low: float, high: float, *, whole: bool | None = None) -> float:
        if not is_number(raw):
            self.note(path, "must be a number", "type")
            return math.nan
        if whole is None:
            whole = self.config["pixels"] == "integer"
        if whole and raw != int(raw):
            self.note(path, f"is {raw}; this project wants whole pixels", "integer")
        value = int(raw) if raw == int(raw) else round(raw, 6)
        if not low <= value <= high:
            self.note(path, f"is {value}; must be from {low:g} to {high:g}", "outside")
        return value

    def point(self, raw: Any, path: str, extra: tuple[str, ...] = ()) -> dict[str, Any]:
        given = read_object(raw, ("x", "y", *extra), self.problems, path)
        if not isinstance(raw, dict):
            return {}
        x = self.number(given.get("x"), f"{path}.x", 0, self.width)
        return {"x": x, "y": self.number(given.get("y"), f"{path}.y", 0, self.height)}

    def length(self, raw: Any, path: str, most: float) -> float:
        value = self.number(raw, path, -math.inf, most)
        if value <= 0:
            self.note(path, f"is {value}; must be more than 0", "size")
        return value

    def rotation(self, given: dict[str, Any], path: str) -> dict[str, float]:
        if "rotation" not in given:
            return {}
        value = self.number(given["rotation"], f"{path}.rotation", -math.tau, math.tau, whole=False)
        if value and not self.config["rotation"]:
            self.note(f"{path}.rotation", "this project's shapes are not rotated", "rotation")
        return {"rotation": value} if value else {}

    def read_box(self, given: dict[str, Any], path: str, label: dict[str, Any] | None) -> dict[str, Any]:
        rotation = self.rotation(given, path)
        slack = math.hypot(self.width, self.height) if rotation else 0
        left = self.number(given.get("left"), f"{path}.left", -slack, self.width + slack)
        top = self.number(given.get("top"), f"{path}.top", -slack, self.height + slack)
        width = self.length(given.get("width"), f"{path}.width", math.inf)
        height = self.length(given.get("height"), f"{path}.height", math.inf)
        if rotation:
            if not (0 <= left + width / 2 <= self.width and 0 <= top + height / 2 <= self.height):
                self.note(path, "its middle is outside the image", "outside")
        else:
            for size, end, most in (("width", left + width, self.width), ("height", top + height, self.height)):
                if round(end, 6) > most:
                    self.note(f"{path}.{size}", f"reaches {end:g}; the image ends at {most:g}", "outside")
        return {"left": left, "top": top, "width": width, "height": height, **rotation}

    def vertices(self, given: dict[str, Any], path: str, fewest: int) -> dict[str, Any]:
        listed = given.get("vertices")
        if not isinstance(listed, list) or not fewest <= len(listed) <= MOST_VERTICES:
            count = len(listed) if isinstance(listed, list) else 0
            self.note(f"{path}.vertices", f"vertices: {count}; must be {fewest} to {MOST_VERTICES}", "range")
            return {"vertices": []}
        return {"vertices": [self.point(each, f"{path}.vertices[{n}]") for n, each in enumerate(listed)]}

    def read_polygon(self, given: dict[str, Any], path: str, label: dict[str, Any] | None) -> dict[str, Any]:
        before = len(self.problems)
        body = self.vertices(given, path, FEWEST["polygon"])
        corners = [(each.get("x"), each.get("y")) for each in body["vertices"]]
        if len(self.problems) == before and len(set(corners)) < FEWEST["polygon"]:
            self.note(f"{path}.vertices", "has fewer than 3 different vertices", "size")
        return body

    def read_line(self, given: dict[str, Any], path: str, label: dict[str, Any] | None) -> dict[str, Any]:
        return self.vertices(given, path, FEWEST["line"])

    def read_point(self, given: dict[str, Any], path: str, label: dict[str, Any] | None) -> dict[str, Any]:
        x = self.number(given.get("x"), f"{path}.x", 0, self.width)
        return {"x": x, "y": self.number(given.get("y"), f"{path}.y", 0, self.height)}

    def read_keypoints(self, given: dict[str, Any], path: str, label: dict[str, Any] | None) -> dict[str, Any]:
        listed = given.get("keypoints")
        names = (label or {}).get("skeleton") or {"points": []}
        if not isinstance(listed, list) or not listed:
            self.note(f"{path}.keypoints", "must be a list of points", "type")
            return {"keypoints": []}
        found: dict[str, dict[str, Any]] = {}
        for n, each in enumerate(listed[:MOST_VERTICES]):
            where = f"{path}.keypoints[{n}]"
            point = self.point(each, where, ("name", "visible"))
            if not point:
                continue
            name, visible = each.get("name"), each.get("visible", True)
            if not isinstance(name, str) or name not in names["points"]:
                self.note(f"{where}.name", "is not a point of the skeleton", "unknown_point")
            elif name in found:
                self.note(f"{where}.name", f"{name!r} is named twice", "duplicate")
            elif not isinstance(visible, bool):
                self.note(f"{where}.visible", "must be true or false", "type")
            else:
                found[name] = {"name": name, **point, "visible": visible}
        return {"keypoints": [found[name] for name in names["points"] if name in found]}

    def read_ellipse(self, given: dict[str, Any], path: str, label: dict[str, Any] | None) -> dict[str, Any]:
        most = max(self.width, self.height)
        return {
            "center": self.point(given.get("center"), f"{path}.center"),
            "radius_x": self.length(given.get("radius_x"), f"{path}.radius_x", most),
            "radius_y": self.length(given.get("radius_y"), f"{path}.radius_y", most),
            **self.rotation(given, path),
        }

    def read_mask(self, given: dict[str, Any], path: str, label: dict[str, Any] | None) -> dict[str, Any]:
        size, counts = given.get("size"), given.get("counts")
        if size != [self.height, self.width]:
            self.note(f"{path}.size", f"must be [{self.height}, {self.width}], height and width", "size")
            return {"size": size, "counts": counts}
        height, width = int(self.height), int(self.width)
        if problem := counts_problem(counts, height * width):
            self.note(f"{path}.counts", problem, "rle")
        elif not area(counts or []):
            self.note(f"{path}.counts", "marks no pixel", "size")
        return {"size": [height, width], "counts": counts}

    def sizes(self, shape: dict[str, Any], label: dict[str, Any], path: str) -> None:
        if shape["type"] in ("point", "keypoints"):
            return
        limits = label.get("limits", {}).get(shape["type"], {})
        if shape["type"] == "box":
            sizes = (shape["width"], shape["height"])
        elif shape["type"] == "ellipse":
            sizes = (2 * shape["radius_x"], 2 * shape["radius_y"])
        else:
            points = outline(shape)
            sizes = tuple((points.max(axis=0) - points.min(axis=0)).tolist())
        for name, size in zip(("width", "height"), sizes, strict=True):
            least = max(label[f"min_{name}"], limits.get(f"min_{name}", 0))
            if size < least:
                self.note(f"{path}.{name}", f"is {size:g}; at least {least:g}", "too_small")
        if "vertices" in shape:
            count, fewest, most = len(shape["vertices"]), limits.get("min_vertices"), limits.get("max_vertices")
            if fewest is not None and count < fewest:
                self.note(f"{path}.vertices", f"vertices: {count}; at least {fewest}", "too_few")
            if most is not None and count > most:
                self.note(f"{path}.vertices", f"vertices: {count}; at most {most}", "too_many")

    def page(self, shape: dict[str, Any], path: str) -> None:
        if self.pages and page_of(shape, self.pages) is None:
            self.note(path, "must lie on one page", "page")

    def cover(self, masks: list[dict[str, Any]]) -> None:
        """Every pixel of the picture is painted."""
        left = np.ones((int(self.height), int(self.width)), dtype=bool)
        for mask in masks:
            left &= ~decode(mask["size"], mask["counts"])
        if count := int(left.sum()):
            self.note("annotations", f"{count} pixels of the picture are not painted", "cover")


def pages_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where the pages of a document are in its picture; none for a picture that is no document."""
    pages = item.get("pages")
    return pages if isinstance(pages, list) else []


def page_of(shape: dict[str, Any], pages: list[dict[str, Any]]) -> int | None:
    """The place of the page that the whole shape lies on."""
    points = outline(shape)
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    for n, page in enumerate(pages):
        within = page["left"] <= left and right <= page["left"] + page["width"]
        if within and page["top"] <= top and bottom <= page["top"] + page["height"]:
            return n
    return None
