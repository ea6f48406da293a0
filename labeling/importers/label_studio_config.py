"""Label Studio's labeling configuration (XML) as a label schema of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from labeling.importers.base import Schema
from labeling.importers.label_studio_controls import Control, read_controls
from labeling.importers.label_studio_whole import Whole, kind_of, read_whole, schema_of
from labeling.importers.safe_xml import parse_xml

GEOMETRIES = {
    "RectangleLabels": "box", "PolygonLabels": "polygon", "EllipseLabels": "ellipse", "KeyPointLabels": "point",
    "BrushLabels": "mask", "VectorLabels": "line",
}  # fmt: skip
BARE = {tag.removesuffix("Labels"): geometry for tag, geometry in GEOMETRIES.items()}
"""Shapes whose labels are asked beside them, by `Labels`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``kind`` is what of it is taken: shapes, spans, or a question to the whole (see `kind_of`); empty for none.

    ``controls`` are what is asked beside shapes and spans, by name; ``whole`` is what is asked of the whole item.
    """

    kind: str
    schema: Schema | None
    controls: dict[str, Control] = field(default_factory=dict)
    whole: list[Whole] = field(default_factory=list)


def read_config(content: bytes, name: str) -> Asked:
    root = parse_xml(content, name)
    question = next((each.attrib["value"] for each in root.iter("Header") if each.attrib.get("value")), "")
    links = [{"value": name} for name in _once(each.attrib.get("value", "") for each in root.iter("Relation"))]
    if labels := _shapes(root):
        controls = read_controls(root, labels)
        listed = [
            {"value": label, "geometries": kinds, "attributes": _attributes(controls, label)}
            for label, kinds in labels.items()
        ]
        config = {"question": question or "Mark every object.", "labels": listed, "pixels": "float", "rotation": True}
        config |= {"attributes": _attributes(controls, None), "links": links}
        return Asked("shapes", Schema("image_annotation", config), controls)
    named = _once(each.attrib.get("value", "") for tag in root.iter("Labels") for each in tag.iter("Label"))
    if named:
        controls = {name: one for name, one in read_controls(root, named).items() if one.of_region}
        listed = [{"value": label, "attributes": _attributes(controls, label)} for label in named]
        config = {"question": question or "Mark every name.", "labels": listed, "relations": links}
        return Asked("spans", Schema("spans", config), controls)
    whole = read_whole(root)
    kind = kind_of(whole)
    return Asked(kind, schema_of(whole, kind, question), whole=whole)


def _attributes(controls: dict[str, Control], label: str | None) -> list[dict[str, Any]]:
    """Those of a label's regions; of the whole picture for None."""
    return [
        one.attribute(name)
        for name, one in controls.items()
        if one.of_region == (label is not None) and (label is None or not one.labels or label in one.labels)
    ]


def _shapes(root: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    bare = [geometry for tag, geometry in BARE.items() if root.find(f".//{tag}") is not None]
    tags = [(tag, [geometry]) for tag, geometry in GEOMETRIES.items()] + ([("Labels", bare)] if bare else [])
    for tag, geometries in tags:
        for element in root.iter(tag):
            closed = ["polygon"] if "line" in geometries and element.get("closable") == "true" else []
            for each in element.iter("Label"):
                if each.attrib.get("value"):
                    kinds = found.setdefault(each.attrib["value"], [])
                    kinds += [kind for kind in (*geometries, *closed) if kind not in kinds]
    return found


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
