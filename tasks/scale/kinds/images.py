"""Drawing in a picture: imageannotation, and the older types of one geometry each."""

from __future__ import annotations

from typing import Any, ClassVar

from labeling.errors import Problem
from labeling.types.geometry import outline
from tasks.scale.kinds.base import (
    Asked,
    Kind,
    NotEnabled,
    Params,
    Wanted,
    names_of,
    overlap_of,
    question_of,
    read_dict,
    read_list,
    read_number,
    read_url,
    uuid_of,
)

GEOMETRIES = ("box", "polygon", "line", "point", "ellipse")
KINDS_OF_ATTRIBUTES = {"category": "select", "number": "number", "angle": "number", "text": "text"}
QUESTION = "Draw what the instructions ask for."
SIDE = 40  # of a made-up shape


class ImageAnnotation(Kind):
    name = "imageannotation"
    core = "image_annotation"
    required: ClassVar[tuple[str, ...]] = ("attachment", "geometries")

    def ask(self, params: Params, instruction: str) -> Asked:
        kind = params.get("attachment_type", "image")
        if kind != "image":
            raise NotEnabled(Problem("attachment_type", f"attachment_type {kind!r} is not supported here", "type"))
        geometries = self.geometries(params)
        config: dict[str, Any] = {
            "question": question_of(instruction, QUESTION),
            "labels": labels_of(geometries),
            "rotation": any(each.get("can_rotate") is True for each in geometries.values()),
            "pixels": "float"
            if any(each.get("integer_pixels") is False for each in geometries.values())
            else "integer",
        }
        add_attributes(config, params)
        image = Wanted(read_url(params["attachment"], "attachment"), "image")
        return Asked(self.clean(config), {"image": image.url}, [image], overlap_of(params))

    def geometries(self, params: Params) -> dict[str, dict[str, Any]]:
        given = read_dict(params["geometries"], "geometries")
        for name, each in given.items():
            if name not in GEOMETRIES:
                raise NotEnabled(Problem(f"geometries.{name}", f"geometry {name!r} is not supported here", "type"))
            read_dict(each, f"geometries.{name}")
        return given

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        shapes = [shape | {"uuid": uuid_of(seed, shape["uuid"])} for shape in map(with_vertices, answer["annotations"])]
        return {"annotations": shapes, "global_attributes": answer["global_attributes"], "links": []}

    def answer(self, response: Any, params: Params) -> Any:
        given = read_dict(response, "response")
        drop = ("vertices",)
        shapes = [
            {name: value for name, value in each.items() if not (each.get("type") == "box" and name in drop)}
            if isinstance(each, dict)
            else each
            for each in given.get("annotations", [])
        ]
        return {"annotations": shapes, "global_attributes": given.get("global_attributes") or {}}

    def invent(self, asked: Asked) -> dict[str, Any]:
        shapes = [
            {"uuid": str(n + 1), "type": label["geometries"][0], "label": label["value"], "attributes": {}}
            | made_up_shape(label["geometries"][0], n, label)
            for n, label in enumerate(asked.config["labels"][:3])
        ]
        return {"annotations": shapes, "global_attributes": {}}


class OneGeometry(ImageAnnotation):
    """`objects_to_annotate` at the top, and nothing but annotations in the response."""

    geometry: ClassVar[str]
    required = ("attachment", "objects_to_annotate")

    def geometries(self, params: Params) -> dict[str, dict[str, Any]]:
        sizes = {name: params[name] for name in ("min_width", "min_height", "can_rotate") if name in params}
        return {self.geometry: sizes | {"objects_to_annotate": params["objects_to_annotate"]}}

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        return {"annotations": super().response(answer, params, seed)["annotations"]}


class Annotation(OneGeometry):
    name = "annotation"
    geometry = "box"


class PolygonAnnotation(OneGeometry):
    name = "polygonannotation"
    geometry = "polygon"


class LineAnnotation(OneGeometry):
    name = "lineannotation"
    geometry = "line"


class PointAnnotation(OneGeometry):
    name = "pointannotation"
    geometry = "point"


def labels_of(geometries: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """One label for each name, with every geometry that lists it."""
    labels: dict[str, dict[str, Any]] = {}
    for geometry, given in geometries.items():
        path = f"geometries.{geometry}"
        listed = read_list(given.get("objects_to_annotate"), f"{path}.objects_to_annotate")
        for one in names_of(listed, f"{path}.objects_to_annotate"):
            label = labels.setdefault(one["value"], one | {"geometries": []})
            label["geometries"].append(geometry)
            for size in ("min_width", "min_height"):
                if given.get(size) is not None:
                    label[size] = read_number(given[size], f"{path}.{size}")
    for label in labels.values():
        label["geometries"] = [each for each in GEOMETRIES if each in label["geometries"]]
        if label["geometries"] != ["box"]:  # a size is a box's: it must not bind the label's other shapes
            label.pop("min_width", None)
            label.pop("min_height", None)
    return list(labels.values())


def add_attributes(config: dict[str, Any], params: Params) -> None:
    """Global ones belong to the picture; others to the labels their conditions name, or to all."""
    given = read_dict(params.get("annotation_attributes") or {}, "annotation_attributes")
    everywhere: list[dict[str, Any]] = []
    for name, raw in given.items():
        path = f"annotation_attributes.{name}"
        one = attribute_of(name, read_dict(raw, path), path)
        if raw.get("global") is True:
            everywhere.append(one)
            continue
        only = named_labels(raw.get("conditions"))
        for label in config["labels"]:
            if only is None or label["value"] in only:
                label.setdefault("attributes", []).append(one)
    config["attributes"] = everywhere


def attribute_of(name: str, raw: dict[str, Any], path: str) -> dict[str, Any]:
    kind = KINDS_OF_ATTRIBUTES.get(raw.get("type", "category"))
    if kind is None:
        raise NotEnabled(Problem(path, f"{path}: type {raw.get('type')!r} is not supported here", "type"))
    description = raw.get("description")
    label = description if isinstance(description, str) and description.strip() else name
    one: dict[str, Any] = {"name": name, "label": label, "required": raw.get("required") is True}
    if kind == "select":
        choices = read_list(raw.get("choices"), f"{path}.choices")
        one["choices"] = [each["value"] for each in names_of([_word(each) for each in choices], f"{path}.choices")]
        kind = "multiselect" if raw.get("allow_multiple") is True else "select"
    return one | {"type": kind}


def _word(choice: Any) -> Any:
    return str(choice) if isinstance(choice, int | float) else choice


def named_labels(conditions: Any) -> set[str] | None:
    """The labels of a label condition; None where there is none."""
    found = conditions.get("label_condition") if isinstance(conditions, dict) else None
    labels = found.get("label") if isinstance(found, dict) else None
    if isinstance(labels, str):
        return {labels}
    return {each for each in labels if isinstance(each, str)} if isinstance(labels, list) else None


def with_vertices(shape: dict[str, Any]) -> dict[str, Any]:
    """A rotated box also tells its corners."""
    if shape["type"] != "box" or not shape.get("rotation"):
        return shape
    return shape | {"vertices": [{"x": round(x, 3), "y": round(y, 3)} for x, y in outline(shape).tolist()]}


def made_up_shape(geometry: str, n: int, label: dict[str, Any]) -> dict[str, Any]:
    at = 10 + n * 15
    side = max(SIDE, int(label["min_width"]) + 1, int(label["min_height"]) + 1)
    corners = [{"x": at, "y": at}, {"x": at + side, "y": at}, {"x": at + side, "y": at + side}]
    shapes: dict[str, dict[str, Any]] = {
        "box": {"left": at, "top": at, "width": side, "height": side},
        "polygon": {"vertices": corners},
        "line": {"vertices": corners[:2]},
        "point": {"x": at, "y": at},
        "ellipse": {"center": {"x": at + side, "y": at + side}, "radius_x": side, "radius_y": side},
    }
    return shapes[geometry]
