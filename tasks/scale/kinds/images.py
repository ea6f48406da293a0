"""Drawing in a picture: imageannotation, and the older types of one geometry each."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from labeling.errors import InvalidInput, Problem
from labeling.types.geometry import outline
from tasks.scale.kinds.attributes import add_attributes, made_up_attributes
from tasks.scale.kinds.base import (
    Asked,
    Kind,
    NotEnabled,
    Params,
    Wanted,
    from_ontology,
    known_only,
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
RULES: dict[str, tuple[str, ...]] = {
    "box": ("min_width", "min_height", "can_rotate", "integer_pixels"),
    "polygon": ("min_vertices", "max_vertices", "min_width", "min_height", "integer_pixels"),
    "line": ("min_vertices", "max_vertices", "min_width", "min_height", "integer_pixels"),
    "point": ("integer_pixels",),
    "ellipse": ("min_width", "min_height", "can_rotate", "integer_pixels"),
}
SIZES, CORNERS = ("min_width", "min_height"), ("min_vertices", "max_vertices")
SAME_FOR_ALL = {"can_rotate": ("box", "ellipse"), "integer_pixels": GEOMETRIES}
"""Our pictures have one rule for all shapes: where geometries contradict each other, none can be kept."""
QUESTION = "Draw what the instructions ask for."
UNTOLD = "Draw everything that a label names."
SIDE = 40  # of a made-up shape


class ImageAnnotation(Kind):
    name = "imageannotation"
    core = "image_annotation"
    required: ClassVar[tuple[str, ...]] = ("attachment", "geometries")
    lacking: ClassVar[dict[str, str]] = {"base_annotations": "send them as the hypothesis"}

    def filled(self, params: Params, ontology: list[Any] | None) -> Params:
        if ontology is None:
            return params
        given = read_dict(params.get("geometries"), "geometries")
        geometries = {
            name: each
            | {
                "objects_to_annotate": from_ontology(
                    each.get("objects_to_annotate"), ontology, f"geometries.{name}.objects_to_annotate"
                )
            }
            if isinstance(each, dict)
            else each
            for name, each in given.items()
        }
        return params | {"geometries": geometries}

    def ask(self, params: Params, instruction: str) -> Asked:
        kind = params.get("attachment_type", "image")
        if kind != "image":
            raise NotEnabled(Problem("attachment_type", f"attachment_type {kind!r} is not supported here", "type"))
        geometries = self.geometries(params)
        config: dict[str, Any] = {
            "question": question_of(instruction, QUESTION, UNTOLD),
            "labels": labels_of(geometries),
            "rotation": same_for_all(geometries, "can_rotate", usual=False),
            "pixels": "integer" if same_for_all(geometries, "integer_pixels", usual=True) else "float",
        }
        add_attributes(config, params)
        image = Wanted(read_url(params["attachment"], "attachment"), "image")
        item, wanted = with_context({"image": image.url}, [image], params)
        return Asked(self.clean(config), item, wanted, overlap_of(params))

    def geometries(self, params: Params) -> dict[str, dict[str, Any]]:
        given = read_dict(params["geometries"], "geometries")
        for name, each in given.items():
            if name not in GEOMETRIES:
                raise NotEnabled(Problem(f"geometries.{name}", f"geometry {name!r} is not supported here", "type"))
            known_only(
                read_dict(each, f"geometries.{name}"), ("objects_to_annotate", *RULES[name]), f"geometries.{name}"
            )
        return given

    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        shapes = [shape | {"uuid": uuid_of(seed, shape["uuid"])} for shape in map(with_vertices, answer["annotations"])]
        return {"annotations": shapes, "global_attributes": answer["global_attributes"], "links": []}

    def answer(self, response: Any, params: Params, item: Params) -> Any:
        given = read_dict(response, "response")
        drop = ("vertices",)
        shapes = [
            {name: value for name, value in each.items() if not (each.get("type") == "box" and name in drop)}
            if isinstance(each, dict)
            else each
            for each in read_list(given.get("annotations", []), "annotations", least=0)
        ]
        return {"annotations": shapes, "global_attributes": given.get("global_attributes") or {}}

    def invent(self, asked: Asked) -> dict[str, Any]:
        labels = asked.config["labels"][:3]
        drawn = [(geometry, label) for label in labels for geometry in label["geometries"]]
        shapes = [
            {
                "uuid": str(n + 1),
                "type": geometry,
                "label": label["value"],
                "attributes": made_up_attributes(label.get("attributes", [])),
            }
            | made_up_shape(geometry, n, label)
            for n, (geometry, label) in enumerate(drawn)
        ]
        return {"annotations": shapes, "global_attributes": made_up_attributes(asked.config.get("attributes", []))}


class OneGeometry(ImageAnnotation):
    """`objects_to_annotate` at the top, and nothing but annotations in the response."""

    geometry: ClassVar[str]
    required = ("attachment", "objects_to_annotate")

    def filled(self, params: Params, ontology: list[Any] | None) -> Params:
        if ontology is None:
            return params
        name = "objects_to_annotate"
        return params | {name: from_ontology(params.get(name), ontology, name)}

    def geometries(self, params: Params) -> dict[str, dict[str, Any]]:
        sizes = {name: params[name] for name in RULES[self.geometry] if params.get(name) is not None}
        return {self.geometry: sizes | {"objects_to_annotate": params["objects_to_annotate"]}}

    def ask(self, params: Params, instruction: str) -> Asked:
        """A problem is told under the name that the client knows."""
        try:
            return super().ask(params, instruction)
        except InvalidInput as error:
            ours = f"geometries.{self.geometry}."
            raise type(error)(
                Problem(p.path.replace(ours, ""), p.message.replace(ours, ""), p.code) for p in error.problems
            ) from None

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
        named = given.get("objects_to_annotate")
        listed = read_list([named] if isinstance(named, str) else named, f"{path}.objects_to_annotate")
        for one in names_of(listed, f"{path}.objects_to_annotate"):
            label = labels.setdefault(one["value"], one | {"geometries": []})
            label["geometries"].append(geometry)
            if limits := limits_of(given, geometry, path):
                label.setdefault("limits", {})[geometry] = limits
    for label in labels.values():
        label["geometries"] = [each for each in GEOMETRIES if each in label["geometries"]]
    return list(labels.values())


def limits_of(given: dict[str, Any], geometry: str, path: str) -> dict[str, float]:
    """Least sizes and numbers of vertices; a number may come as text."""
    limits = {
        name: read_number(given[name], f"{path}.{name}")
        for name in (*SIZES, *CORNERS)
        if name in RULES[geometry] and given.get(name) is not None
    }
    for name in CORNERS:
        if name in limits and (not isinstance(limits[name], int) or limits[name] < 1):
            raise InvalidInput(Problem(f"{path}.{name}", f"{path}.{name} must be a whole number from 1", "range"))
    if limits.get("min_vertices", 0) > limits.get("max_vertices", math.inf):
        message = f"{path}.max_vertices must not be less than min_vertices"
        raise InvalidInput(Problem(f"{path}.max_vertices", message, "range"))
    return limits


def same_for_all(geometries: dict[str, dict[str, Any]], rule: str, *, usual: bool) -> bool:
    """The rule as all geometries have it, whether they say so or not."""
    kept = {name: each.get(rule, usual) is True for name, each in geometries.items() if name in SAME_FOR_ALL[rule]}
    said = {name for name in kept if rule in geometries[name]}
    if len({kept[name] for name in said}) > 1:
        path = f"geometries.{sorted(said)[0]}.{rule}"
        raise InvalidInput(Problem(path, f"{rule} must be the same for all geometries here", "type"))
    return kept[sorted(said)[0]] if said else usual


def with_context(item: dict[str, Any], wanted: list[Wanted], params: Params) -> tuple[dict[str, Any], list[Wanted]]:
    """Pictures that are shown beside the one to label."""
    listed = params.get("context_attachments")
    if listed in (None, []):
        return item, wanted
    urls = []
    for n, each in enumerate(read_list(listed, "context_attachments", most=20)):
        path = f"context_attachments[{n}]"
        urls.append(read_url(each.get("attachment") if isinstance(each, dict) else each, path))
    pictures = [{"type": "image", "content": url} for url in urls]
    return item | {"attachments": pictures}, [*wanted, *(Wanted(url, "image", n) for n, url in enumerate(urls))]


def with_vertices(shape: dict[str, Any]) -> dict[str, Any]:
    """A rotated box also tells its corners."""
    if shape["type"] != "box" or not shape.get("rotation"):
        return shape
    return shape | {"vertices": [{"x": round(x, 3), "y": round(y, 3)} for x, y in outline(shape).tolist()]}


def made_up_shape(geometry: str, n: int, label: dict[str, Any]) -> dict[str, Any]:
    at = 10 + n * 15
    limits = label.get("limits", {}).get(geometry, {})
    side = max(SIDE, *(int(limits.get(name, 0)) + 1 for name in SIZES))
    few = int(limits.get("min_vertices", 0))
    shapes: dict[str, dict[str, Any]] = {
        "box": {"left": at, "top": at, "width": side, "height": side},
        "polygon": {"vertices": around(at + side, side, max(3, few))},
        "line": {"vertices": [{"x": at + n * side, "y": at + n * side} for n in range(max(2, few))]},
        "point": {"x": at, "y": at},
        "ellipse": {"center": {"x": at + side, "y": at + side}, "radius_x": side, "radius_y": side},
    }
    return shapes[geometry]


def around(middle: int, radius: int, count: int) -> list[dict[str, int]]:
    """Corners of a regular polygon, on whole pixels."""
    turns = [math.tau * n / count for n in range(count)]
    radius = max(radius, count)
    return [{"x": middle + round(radius * math.cos(t)), "y": middle + round(radius * math.sin(t))} for t in turns]
