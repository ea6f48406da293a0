"""The label schema of the drawing types: labels with geometries, minimum sizes, skeletons, attributes and links."""

from __future__ import annotations

from typing import Any

from labeling.errors import Problem
from labeling.types.attributes import clean_attributes
from labeling.types.classification import AUTOMATIC_KEYS
from labeling.types.parts import read_flag
from labeling.types.relations import clean_relations
from labeling.types.strict import is_number, read_count, read_object, read_text

GEOMETRIES = ("box", "polygon", "line", "point", "keypoints", "ellipse", "mask")
TOOL_KEYS = {
    "box": "b", "polygon": "p", "line": "l", "point": "t", "keypoints": "n", "ellipse": "o", "mask": "m",
}  # fmt: skip
CONFIG_FIELDS = (
    "question",
    "labels",
    "pixels",
    "rotation",
    "min_objects",
    "max_objects",
    "tolerance",
    "attributes",
    "links",
    "cover",
    "paged",
)
LABEL_FIELDS = (
    "value", "label", "key", "color", "geometries", "attributes", "min_width", "min_height", "skeleton", "limits",
)  # fmt: skip
SIZES, CORNERS = ("min_width", "min_height"), ("min_vertices", "max_vertices")
LIMITS: dict[str, tuple[str, ...]] = {
    "box": SIZES, "polygon": (*SIZES, *CORNERS), "line": (*SIZES, *CORNERS), "ellipse": SIZES, "mask": SIZES,
}  # fmt: skip
"""What a label may ask of its shapes of one geometry only, beside its sizes for all of them."""
MOST_LABELS = 200
MOST_OBJECTS = 5000
MOST_VERTICES = 10_000
COLORS = 9
LARGEST_SIZE = 100_000


def clean_shape_config(raw: Any, geometries: tuple[str, ...], problems: list[Problem]) -> dict[str, Any]:
    """Every default filled in. ``geometries`` are the ones this type can draw."""
    given = read_object(raw, CONFIG_FIELDS, problems)
    listed = given.get("labels")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_LABELS:
        problems.append(Problem("labels", f"must be a list of 1 to {MOST_LABELS} labels", "type"))
        listed = []
    labels = [_clean_label(label, n, geometries, problems) for n, label in enumerate(listed)]
    for field in ("value", "key"):
        _note_repeats(labels, field, problems)
    taken = {label["key"] for label in labels}
    free = iter([key for key in AUTOMATIC_KEYS if key not in taken])
    for label in labels:
        label["key"] = label["key"] or next(free, "")
    most = read_count(given.get("max_objects", 1000), problems, "max_objects", low=1, high=MOST_OBJECTS)
    config = {
        "question": read_text(given.get("question"), problems, "question", longest=2000),
        "labels": labels,
        "pixels": given.get("pixels", "integer"),
        "rotation": given.get("rotation", False),
        "min_objects": read_count(given.get("min_objects", 0), problems, "min_objects", low=0, high=most),
        "max_objects": most,
        "tolerance": read_size(given.get("tolerance", 10), problems, "tolerance"),
        "attributes": clean_attributes(given.get("attributes", []), problems, "attributes"),
        "links": clean_relations(given.get("links", []), [label["value"] for label in labels], problems, "links"),
    }
    if read_flag(given.get("cover", False), problems, "cover"):
        config["cover"] = True
        if any(label["geometries"] != ["mask"] for label in labels):
            problems.append(Problem("cover", "only masks can cover a picture", "invalid"))
    if read_flag(given.get("paged", False), problems, "paged"):
        config["paged"] = True
    if config["pixels"] not in ("integer", "float"):
        problems.append(Problem("pixels", "must be integer or float", "invalid"))
    if not isinstance(config["rotation"], bool):
        problems.append(Problem("rotation", "must be true or false", "type"))
    return config


def used_geometries(config: dict[str, Any]) -> list[str]:
    """Those any label allows, in the order of the toolbar."""
    return [one for one in GEOMETRIES if any(one in label["geometries"] for label in config["labels"])]


def read_size(raw: Any, problems: list[Problem], path: str) -> float:
    """A finite number from 0 to LARGEST_SIZE."""
    if not is_number(raw):
        problems.append(Problem(path, "must be a number", "type"))
        return 0
    if not 0 <= raw <= LARGEST_SIZE:
        problems.append(Problem(path, f"is {raw}; must be from 0 to {LARGEST_SIZE}", "range"))
        return 0
    return raw


def _clean_label(raw: Any, n: int, geometries: tuple[str, ...], problems: list[Problem]) -> dict[str, Any]:
    path = f"labels[{n}]"
    label = read_object(raw, LABEL_FIELDS, problems, path)
    value = read_text(label.get("value"), problems, f"{path}.value", longest=200)
    skeleton = _clean_skeleton(label.get("skeleton"), problems, f"{path}.skeleton")
    default = [one for one in geometries if one != "keypoints" or skeleton]
    if skeleton and geometries == ("point", "keypoints"):
        default = ["keypoints"]
    allowed = label.get("geometries", default)
    if not isinstance(allowed, list) or not allowed or any(one not in geometries for one in allowed):
        problems.append(Problem(f"{path}.geometries", f"must list some of {', '.join(geometries)}", "invalid"))
        allowed = default
    if "keypoints" in allowed and not skeleton:
        problems.append(Problem(f"{path}.skeleton", "keypoints need a skeleton", "required"))
    return {
        "value": value,
        "label": read_text(label.get("label", value or "?"), problems, f"{path}.label", longest=500),
        "key": _clean_key(label.get("key", ""), problems, f"{path}.key"),
        "color": read_count(label.get("color", n % COLORS + 1), problems, f"{path}.color", low=1, high=COLORS),
        "geometries": [one for one in geometries if one in allowed],
        "min_width": read_size(label.get("min_width", 0), problems, f"{path}.min_width"),
        "min_height": read_size(label.get("min_height", 0), problems, f"{path}.min_height"),
        "skeleton": skeleton,
        "attributes": clean_attributes(label.get("attributes", []), problems, f"{path}.attributes"),
        **_clean_limits(label.get("limits"), allowed, problems, f"{path}.limits"),
    }


def _clean_limits(raw: Any, allowed: list[str], problems: list[Problem], path: str) -> dict[str, Any]:
    """By geometry. A label without any has no such field."""
    given = read_object({} if raw is None else raw, [one for one in LIMITS if one in allowed], problems, path)
    found: dict[str, dict[str, float]] = {}
    for geometry, each in given.items():
        if geometry not in allowed or geometry not in LIMITS:
            continue
        where = f"{path}.{geometry}"
        one = read_object(each, LIMITS[geometry], problems, where)
        limits = {name: read_size(one[name], problems, f"{where}.{name}") for name in SIZES if one.get(name)}
        for name in CORNERS:
            if one.get(name) is not None:
                limits[name] = read_count(one[name], problems, f"{where}.{name}", low=1, high=MOST_VERTICES)
        if limits.get("min_vertices", 0) > limits.get("max_vertices", MOST_VERTICES):
            problems.append(Problem(f"{where}.max_vertices", "must not be less than min_vertices", "range"))
        if limits:
            found[geometry] = limits
    return {"limits": found} if found else {}


def _clean_skeleton(raw: Any, problems: list[Problem], path: str) -> dict[str, Any] | None:
    if raw is None:
        return None
    given = read_object(raw, ("points", "edges"), problems, path)
    names, edges = given.get("points"), given.get("edges", [])
    if not isinstance(names, list) or not 2 <= len(names) <= 100:
        problems.append(Problem(f"{path}.points", "must be a list of 2 to 100 names", "type"))
        return None
    points = [read_text(name, problems, f"{path}.points[{n}]", longest=100) for n, name in enumerate(names)]
    if len(set(points)) != len(points):
        problems.append(Problem(f"{path}.points", "two points have one name", "duplicate"))
    if not isinstance(edges, list):
        problems.append(Problem(f"{path}.edges", "must be a list", "type"))
        edges = []
    for n, edge in enumerate(edges):
        if not isinstance(edge, list) or len(edge) != 2 or any(end not in points for end in edge):
            problems.append(Problem(f"{path}.edges[{n}]", "must be two names of points", "invalid"))
    return {"points": points, "edges": edges}


def _clean_key(raw: Any, problems: list[Problem], path: str) -> str:
    if raw and raw not in AUTOMATIC_KEYS:
        problems.append(Problem(path, "must be a digit or Shift+digit: letters are tools", "invalid"))
        return ""
    return raw or ""


def _note_repeats(labels: list[dict[str, Any]], field: str, problems: list[Problem]) -> None:
    first: dict[str, int] = {}
    for n, label in enumerate(labels):
        value = label[field]
        if value and first.setdefault(value, n) != n:
            message = f"{value!r} is already the {field} of labels[{first[value]}]"
            problems.append(Problem(f"labels[{n}].{field}", message, "duplicate"))
