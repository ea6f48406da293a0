"""CVAT for images: annotations.xml, with the pictures in one zip. Position: pictures before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

import numpy as np

from labeling.errors import BadFile, BadImage
from labeling.importers import packages
from labeling.importers.attribute_texts import value_of
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.packages import Package
from labeling.importers.safe_xml import number_of, parse_xml
from labeling.importers.shapes import BadShape, Canvas, Seen, as_answer, plain
from labeling.importers.texts import SeenTexts
from labeling.types.rle import encode

NAME = "cvat"
TITLE = "CVAT (XML, with the pictures in a zip)"
SUFFIXES = (".xml",)
WHOLE = "image attributes"
OCCLUDED = "occluded"
"""CVAT's flag of a shape: an attribute of ours where it is set."""
SHAPES = ("box", "polygon", "polyline", "points", "ellipse", "mask", "skeleton")
KINDS = {
    "rectangle": ("box",), "polygon": ("polygon",), "polyline": ("line",), "points": ("point",),
    "ellipse": ("ellipse",), "mask": ("mask",),
}  # fmt: skip
"""What the document calls the kinds of shapes, as geometries of ours."""
LEFT_OUT = {"cuboid": "a cuboid is not taken", "track": "tracks of videos are not taken"}


def recognises(head: bytes, suffix: str) -> int:
    return 4 if b"<annotations>" in head and b"<?xml" in head[:200] else 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    return 7 if any(name.rpartition("/")[2] == "annotations.xml" for name in names) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        document = _document(package)
        kind = _kind(document.images)

        def records(start: int) -> Iterator[Iterable[Entry]]:
            for image in document.images[start:]:
                yield _entries(package, image, kind)
            if document.strays and start <= len(document.images):
                yield document.strays

        yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    """What the document says of its labels, and what is in it."""
    seen = Seen()
    with packages.opened(stream, options) as package:
        document = _document(package)
    if kind := _kind(document.images):
        used = [label for image in document.images for label in _tags(image)]
        names = dict.fromkeys([each.name for each in document.labels if each.kind in ("tag", "any")] + used)
        chosen = SeenTexts(options=dict.fromkeys(names), most_options=2 if kind == "multichoice" else 1)
        return chosen.schema()
    for label in document.labels:
        if label.kind in KINDS or label.kind == "any":
            seen.label(label.name)
            seen.geometries[label.name].update(KINDS.get(label.kind, ()))
            for name, values in label.attributes.items():
                seen.values.setdefault(label.name, {})[name] = list(values)
    for image in document.images:
        try:
            canvas = Canvas(int(number_of(image, "width")), int(number_of(image, "height")))
        except ValueError:
            continue
        for element in image:
            _look(element, canvas, seen)
    return seen.schema()


def _kind(images: list[Element]) -> str:
    """choice or multichoice where there are tags and no shapes; empty for shapes."""
    if any(each.tag in SHAPES or each.tag in LEFT_OUT for image in images for each in image):
        return ""
    most = max((len(_tags(image)) for image in images), default=0)
    return "multichoice" if most > 1 else "choice" if most else ""


def _tags(image: Element) -> list[str]:
    labels = [each.attrib.get("label", "").strip() for each in image.iterfind("tag")]
    return list(dict.fromkeys(label for label in labels if label and label != WHOLE))


def _look(element: Element, canvas: Canvas, seen: Seen) -> None:
    if element.tag == "tag":
        seen.picture(_attributes(element))
    elif element.tag in SHAPES:
        try:
            for shape in _shapes(element, canvas):
                seen.shape(shape)
        except (BadShape, ValueError):
            return
        if element.tag == "skeleton":
            names = [each.attrib.get("label", "") for each in element.iterfind("points")]
            seen.skeletons.setdefault(element.attrib["label"], {"points": names, "edges": []})


@dataclass(frozen=True, slots=True)
class Label:
    """What a document says of a label: the kind of its shapes, and attributes that have a list of values."""

    name: str
    kind: str
    attributes: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Document:
    images: list[Element]
    strays: list[Entry]
    labels: list[Label]


def _document(package: Package) -> Document:
    names = [name for name in package.names if name.lower().endswith(".xml") or not package.archive]
    found = Document([], [], [])
    tracks = 0
    for name in names:
        root = parse_xml(package.document(name), name)
        if root.tag != "annotations":
            raise BadFile(f"{name}: its root is {root.tag!r}, not annotations")
        found.images.extend(root.iterfind("image"))
        found.strays.extend(Trouble(each.tag, LEFT_OUT[each.tag], "not_taken") for each in root if each.tag in LEFT_OUT)
        found.labels.extend(_labels(root))
        tracks += len(root.findall("track"))
    if not found.images and tracks:
        raise BadFile(f"{tracks} tracks of a video: videos are not taken; export it for images")
    if not found.images:
        raise BadFile("no image is described here")
    return found


def _labels(root: Element) -> Iterator[Label]:
    for each in root.iterfind("meta//labels/label"):
        name = (each.findtext("name") or "").strip()
        if name and name != WHOLE and not each.findtext("parent"):
            attributes: dict[str, list[Any]] = {}
            for one in each.iterfind("attributes/attribute"):
                kind, values = one.findtext("input_type"), (one.findtext("values") or "").split("\n")
                if kind in ("select", "radio"):
                    attributes[one.findtext("name") or ""] = [value.strip() for value in values if value.strip()]
                elif kind == "checkbox":
                    attributes[one.findtext("name") or ""] = [True, False]
            attributes.pop("", None)
            yield Label(name, each.findtext("type") or "any", {k: v for k, v in attributes.items() if v})


def _entries(package: Package, image: Element, kind: str) -> Iterator[Entry]:
    name = image.attrib.get("name", "")
    part = f"{image.attrib['subset']}/{name}" if image.attrib.get("subset") else ""
    path = package.find(name) or (part and package.find(part)) or name
    name = part if part and path.endswith(f"/{part}") and package.find(name) is None else name
    try:
        picture = package.picture(path)
    except BadImage as error:
        yield Trouble(name, str(error), "image")
        return
    if kind:
        tags = _tags(image)
        if any(len(each) for each in image.iterfind("tag")):
            yield Trouble(name, "attributes of tags have no place beside a choice", "not_taken")
        chosen = {"options": tags} if kind == "multichoice" else {"option": tags[0]} if tags else None
        yield Found({"file": name}, key=name[-200:], image=picture, labels=chosen)
        return
    canvas = Canvas(picture.width, picture.height)
    shapes: list[dict[str, Any]] = []
    whole: dict[str, Any] = {}
    failed = False
    for n, element in enumerate(image, 1):
        where = f"{name}: {element.tag} {n}"
        if element.tag == "tag":
            whole |= _attributes(element)
            if (label := element.attrib.get("label", "")) != WHOLE:
                yield Trouble(
                    where, f"the tag {label[:80]!r} has no place beside shapes; its attributes are taken", "not_taken"
                )
        elif element.tag not in SHAPES:
            failed = True
            yield Trouble(where, LEFT_OUT.get(element.tag, "is no shape that is known here"), "not_taken")
        else:
            try:
                shapes += _shapes(element, canvas)
            except (BadShape, ValueError) as error:
                failed = True
                yield Trouble(where, str(error), "shape")
    labels = as_answer(shapes, whole) if shapes or whole or not failed else None
    yield Found({"file": name}, key=name[-200:], image=picture, labels=labels)


def _shapes(element: Element, canvas: Canvas) -> list[dict[str, Any]]:
    label = element.attrib.get("label", "").strip()
    if not label:
        raise BadShape("has no label")
    attributes = _attributes(element)
    if element.attrib.get(OCCLUDED) == "1":
        attributes.setdefault(OCCLUDED, True)
    found = _places(element, label, canvas)
    return [each | {"attributes": attributes} for each in found] if attributes else found


def _places(element: Element, label: str, canvas: Canvas) -> list[dict[str, Any]]:
    kind = element.tag
    if kind == "box":
        edges = [number_of(element, name) for name in ("xtl", "ytl", "xbr", "ybr")]
        return [canvas.box(label, edges[0], edges[1], edges[2], edges[3], _turn(element))]
    if kind == "ellipse":
        x, y, wide, high = (number_of(element, name) for name in ("cx", "cy", "rx", "ry"))
        if wide <= 0 or high <= 0:
            raise BadShape("an ellipse without a size")
        radii = {"radius_x": plain(wide), "radius_y": plain(high)}
        turn = {"rotation": plain(_turn(element))} if _turn(element) else {}
        return [{"type": "ellipse", "label": label, "center": canvas.corner(x, y), **radii, **turn}]
    if kind == "mask":
        return [_mask(element, label, canvas)]
    if kind == "skeleton":
        marked = [each for each in element.iterfind("points") if each.attrib.get("outside") != "1"]
        points = [(each, _points(each)[0]) for each in marked]
        named = [(e.attrib.get("label", ""), x, y, e.attrib.get("occluded") != "1") for e, (x, y) in points]
        return [canvas.keypoints(label, named)]
    points_ = _points(element)
    if kind == "points":
        return [canvas.point(label, x, y) for x, y in points_]
    return [canvas.path("polygon" if kind == "polygon" else "line", label, points_)]


def _points(element: Element) -> list[tuple[float, float]]:
    text = element.attrib.get("points", "")
    try:
        found = [tuple(map(float, pair.split(","))) for pair in text.split(";")]
    except ValueError:
        raise BadShape(f"points {text[:60]!r} are no pairs of numbers") from None
    if any(len(pair) != 2 or not all(map(math.isfinite, pair)) for pair in found):
        raise BadShape(f"points {text[:60]!r} are no pairs of numbers")
    return [(pair[0], pair[1]) for pair in found]


def _mask(element: Element, label: str, canvas: Canvas) -> dict[str, Any]:
    left, top, wide, high = (int(number_of(element, name)) for name in ("left", "top", "width", "height"))
    if min(left, top) < 0 or left + wide > canvas.width or top + high > canvas.height or wide * high <= 0:
        raise BadShape("the mask leaves the picture")
    try:
        runs = [int(each) for each in element.attrib.get("rle", "").split(",")]
    except ValueError:
        raise BadShape("the run lengths of the mask are no numbers") from None
    if min(runs) < 0 or sum(runs) != wide * high:
        raise BadShape(f"the runs of the mask cover {sum(runs)} pixels of {wide * high}")
    grid = np.zeros((canvas.height, canvas.width), dtype=bool)
    grid[top : top + high, left : left + wide] = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(high, wide)
    if not grid.any():
        raise BadShape("the mask marks no pixel")
    return {"type": "mask", "label": label, "size": [canvas.height, canvas.width], "counts": encode(grid)}


def _turn(element: Element) -> float:
    """Radians from -π to π."""
    degrees = number_of(element, "rotation") if "rotation" in element.attrib else 0.0
    return math.radians((degrees + 180) % 360 - 180) if degrees else 0.0


def _attributes(element: Element) -> dict[str, Any]:
    found = {each.attrib.get("name", ""): value_of(each.text or "") for each in element.iterfind("attribute")}
    return {name: value for name, value in found.items() if name and value != ""}
