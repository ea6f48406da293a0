"""What all drawing types share. A type names its geometries; everything else is here and in its neighbours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from labeling.aggregation import medoid
from labeling.aggregation.settling import Case, Known, Settled, learn
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import shape_consensus
from labeling.types.attributes import read_attributes
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.geometry import likeness, outline
from labeling.types.label_changes import Moved, flat
from labeling.types.relabeling import relabeled_attributes, still_linked
from labeling.types.shape_answers import clean_shapes
from labeling.types.shape_links import clean_links, links_apart
from labeling.types.shape_matching import f_measure, match, share_differing
from labeling.types.shape_schema import TOOL_KEYS, clean_shape_config, used_geometries
from labeling.types.strict import read_object

LINK_WEIGHT = 0.3
"""The share of links in the distance of two answers, where either has any: a missed object costs its links, too."""
GLOBAL_WEIGHT = 0.2
"""The share of the whole picture's attributes in the distance of two answers, where the schema has any."""
LEAST_LIKENESS = 0.05
"""Below this two shapes are no versions of one thing: points and lines are never wholly unlike."""


class ShapeType(TaskType):
    """The answer is ``{"annotations": [...], "global_attributes": {...}}``; see shape_answers for the fields.

    Where the schema has kinds of links there is also ``"links": [{"from": uuid, "to": uuid, "type": kind}]``.
    """

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
        fields = ("annotations", "global_attributes", *(("links",) if config.get("links") else ()))
        given = read_object(raw, fields, problems)
        annotations, places = clean_shapes(given.get("annotations"), config, item, problems)
        whole = read_attributes(given.get("global_attributes"), config["attributes"], problems, "global_attributes")
        clean: dict[str, Any] = {"annotations": annotations, "global_attributes": whole}
        if config.get("links") and not problems:  # a wrong shape would make every link to it look wrong too
            clean["links"] = clean_links(given.get("links", []), config, annotations, places, problems)
        if problems:
            raise InvalidAnswer(problems)
        return clean

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """1 - F: twice the summed likeness of the best pairs of objects (of one label), over the count of objects.

        Links and the whole picture's attributes have a share in it where the schema has any.
        """
        if a == b:
            return 0.0
        matched = match(a["annotations"], b["annotations"], config["tolerance"])
        apart = 1 - f_measure(matched, len(a["annotations"]), len(b["annotations"]))
        joined, others = (answer.get("links", []) for answer in (a, b))
        if joined or others:
            apart = (1 - LINK_WEIGHT) * apart + LINK_WEIGHT * links_apart(joined, others, matched, config)
        if not config["attributes"]:
            return apart
        differ = share_differing(a["global_attributes"], b["global_attributes"])
        return (1 - GLOBAL_WEIGHT) * apart + GLOBAL_WEIGHT * differ

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)

        groups = {id(case): shape_consensus.candidates(case, config) for case in cases}

        def settle(case: Case, known: Known) -> Settled:
            return shape_consensus.settle(self, case, config, known, groups[id(case)])

        return learn(cases, settle) if known is None else [settle(case, known) for case in cases]

    def objects(self, answer: dict[str, Any]) -> list[Any] | None:
        """Shapes, and links by what they join."""
        shapes = [{name: part for name, part in each.items() if name != "uuid"} for each in answer["annotations"]]
        by_id = {each["uuid"]: shape for each, shape in zip(answer["annotations"], shapes, strict=True)}
        links = [
            {"link": each["type"], "ends": [by_id[each["from"]], by_id[each["to"]]]} for each in answer.get("links", [])
        ]
        return shapes + links

    def object_likeness(self, a: Any, b: Any, config: dict[str, Any]) -> float:
        """A drawn thing moved, or with another label, is the same thing; elsewhere it is another. So is any link."""
        if "ends" in a or "ends" in b:
            return 0.0
        alike = likeness(a, b, config["tolerance"])
        return alike if alike >= LEAST_LIKENESS else 0.0

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        """Shapes of a label that is gone go with it, and with them their links."""
        to = flat(moved, lambda parts: parts == ["labels"])
        asked = {label["value"]: label["attributes"] for label in config["labels"]}
        named = []
        for each in answer["annotations"]:
            label = to.get(each["label"], each["label"])
            if label is not None:
                path = ("labels", each["label"], "attributes")
                said = relabeled_attributes(each["attributes"], path, moved, asked.get(label, ()))
                named.append(each | {"label": label, "attributes": said})
        whole = relabeled_attributes(answer["global_attributes"], ("attributes",), moved, config["attributes"])
        found = answer | {"annotations": named, "global_attributes": whole}
        if "links" in answer:
            kinds = {kind["value"] for kind in config["links"]}
            kept = {each["uuid"]: each["uuid"] for each in found["annotations"]}
            links = [each for each in still_linked(answer["links"], ("from", "to"), kept) if each["type"] in kinds]
            found = {name: part for name, part in found.items() if name != "links"}
            found |= {"links": links} if config.get("links") else {}
        return found

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        columns: dict[str, Kind] = {"objects": "int", "annotations": "json", "global_attributes": "json"}
        return columns | ({"links": "json"} if config.get("links") else {})

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        if answer is None:
            return dict.fromkeys(self.export_columns(config))
        annotations = [_with_vertices(shape) for shape in answer["annotations"]]
        parts = {"annotations": annotations, **{name: part for name, part in answer.items() if name != "annotations"}}
        return {
            "objects": len(annotations),
            **{name: json.dumps(part, ensure_ascii=False) for name, part in parts.items()},
        }

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        found = [KeyBinding(f"label.{n}", one["key"], one["label"]) for n, one in enumerate(config["labels"])]
        used = used_geometries(config)
        found += [KeyBinding(f"tool.{one}", TOOL_KEYS[one], f"Tool: {one}") for one in used]
        if "box" in used:
            found.append(KeyBinding("tool.extreme", "x", "Tool: box by its four outermost points"))
        if "mask" in used:
            found += [
                KeyBinding("tool.erase", "e", "Tool: eraser"),
                KeyBinding("tool.fill", "g", "Tool: filled outline"),
            ]
        if {"polygon", "line", "keypoints"} & set(used):
            found.append(KeyBinding("point.next", "Shift+J", "Next point of the region"))
            found.append(KeyBinding("point.previous", "Shift+K", "Previous point of the region"))
            found.append(
                KeyBinding("point.add", "Shift+P", "Add a point: after the chosen one, or one that the skeleton lacks")
            )
        if "keypoints" in used:
            found.append(KeyBinding("point.skip", "Shift+N", "Leave out the next point of the skeleton"))
        if config.get("cover"):
            found.append(KeyBinding("fill.rest", "Shift+G", "Paint what is left"))
        if config.get("paged"):
            found.append(KeyBinding("page.next", "Shift+PageDown", "Next page"))
            found.append(KeyBinding("page.previous", "Shift+PageUp", "Previous page"))
        if config.get("links"):
            found.append(KeyBinding("link", "r", "Link from the region; once more for the next kind"))
        if any(each["attributes"] for each in (config, *config["labels"])):
            found.append(KeyBinding("attributes", "w", "Fill in the attributes"))
        return [binding for binding in found if binding.key] + EDITING


def _bindings() -> list[KeyBinding]:
    named = [
        ("tool.select", "v", "Select and edit"), ("region.next", "j", "Next region"),
        ("region.previous", "k", "Previous region"), ("region.delete", "Delete", "Delete region"),
        ("region.back", "Backspace", "Remove the last vertex, or the region"), ("region.duplicate", "d", "Duplicate"),
        ("region.copy", "Ctrl+C", "Copy to the next picture: the chosen region, or all"),
        ("region.copyall", "Shift+C", "Copy to the next picture: all regions"), ("region.paste", "Ctrl+V", "Paste"),
        ("region.hide", "h", "Hide or show region"), ("region.lock", "Shift+H", "Lock or unlock region"),
        ("region.close", "c", "Close the shape"),
        ("region.front", "PageUp", "Bring forward"), ("region.behind", "PageDown", "Send backward"),
        ("view.in", "+", "Zoom in"), ("view.out", "-", "Zoom out"), ("view.fit", "\\", "Fit to window"),
    ]  # fmt: skip
    for way in ("Left", "Right", "Up", "Down"):
        named += [
            (f"move.{way}", f"Arrow{way}", f"Move by a pixel: {way}"),
            (f"leap.{way}", f"Shift+Arrow{way}", f"Move by ten pixels: {way}"),
            (f"size.{way}", f"Alt+Arrow{way}", f"Resize by a pixel: {way}"),
            (f"grow.{way}", f"Alt+Shift+Arrow{way}", f"Resize by ten pixels: {way}"),
            (f"view.{way}", f"Ctrl+Arrow{way}", f"See more of the picture: {way}"),
        ]
    named += [("turn.left", ",", "Turn left, or a narrower brush"), ("turn.right", ".", "Turn right, or a wider brush")]
    return [KeyBinding(*each) for each in named]


EDITING = _bindings()


def _with_vertices(shape: dict[str, Any]) -> dict[str, Any]:
    """A rotated box also as its corners, as Scale writes it."""
    if shape["type"] != "box" or not shape.get("rotation"):
        return shape
    return shape | {"vertices": [{"x": round(x, 3), "y": round(y, 3)} for x, y in outline(shape).tolist()]}
