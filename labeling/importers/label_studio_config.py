"""Label Studio's labeling configuration (XML) as a label schema of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from labeling.importers.base import Schema
from labeling.importers.safe_xml import parse_xml

GEOMETRIES = {
    "RectangleLabels": "box", "PolygonLabels": "polygon", "EllipseLabels": "ellipse", "KeyPointLabels": "point",
    "BrushLabels": "mask",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """``kind`` is what of it is taken: shapes, spans, choice, multichoice, tree, writing; empty for none."""

    kind: str
    schema: Schema | None


def read_config(content: bytes, name: str) -> Asked:
    root = parse_xml(content, name)
    question = next((each.attrib["value"] for each in root.iter("Header") if each.attrib.get("value")), "")
    if labels := _shapes(root):
        listed = [{"value": label, "geometries": kinds} for label, kinds in labels.items()]
        config = {"question": question or "Mark every object.", "labels": listed, "pixels": "float", "rotation": True}
        return Asked("shapes", Schema("image_annotation", config))
    whole = [each for each in root.iter() if each.attrib.get("perRegion") != "true"]
    named = [each.attrib.get("value", "") for tag in root.iter("Labels") for each in tag.iter("Label")]
    if named:
        relations = [{"value": each.attrib["value"]} for each in root.iter("Relation") if each.attrib.get("value")]
        config = {"question": question or "Mark every name.", "labels": [{"value": one} for one in _once(named)]}
        return Asked("spans", Schema("spans", config | {"relations": relations}))
    for element in whole:
        if element.tag == "Choices":
            return _choices(element, question)
        if element.tag == "Taxonomy":
            config = {"question": question or "Where does it belong?", "options": _tree(element), "multiple": True}
            return Asked("tree", Schema("tree", config))
    fields = [{"name": each.attrib["name"], "required": False} for each in whole if each.tag == "TextArea"]
    if fields:
        return Asked("writing", Schema("writing", {"question": question or "Write.", "fields": fields}))
    return Asked("", None)


def _shapes(root: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag, geometry in GEOMETRIES.items():
        for element in root.iter(tag):
            for each in element.iter("Label"):
                if each.attrib.get("value"):
                    found.setdefault(each.attrib["value"], []).append(geometry)
    return found


def _choices(element: Element, question: str) -> Asked:
    options = [{"value": one} for one in _once(each.attrib.get("value", "") for each in element.iter("Choice"))]
    kind = "multichoice" if element.attrib.get("choice", "single") == "multiple" else "choice"
    return Asked(kind, Schema(kind, {"question": question or "Which fits?", "options": options}))


def _tree(element: Element) -> list[dict[str, Any]]:
    return [
        {"value": each.attrib["value"]} | ({"choices": inner} if (inner := _tree(each)) else {})
        for each in element.iterfind("Choice")
        if each.attrib.get("value")
    ]


def _once(names: Any) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
