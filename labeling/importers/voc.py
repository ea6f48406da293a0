"""Pascal VOC: a zip of pictures and their XML files. Position: XML files before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from labeling.errors import BadFile, BadImage
from labeling.importers import packages
from labeling.importers.attribute_texts import value_of
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.packages import Package
from labeling.importers.safe_xml import parse_xml
from labeling.importers.shapes import BadShape, Canvas, Seen, as_answer

NAME = "voc"
TITLE = "Pascal VOC (zip of pictures and XML)"
SUFFIXES = (".zip",)
FLAGS = ("truncated", "difficult", "occluded")


def recognises(head: bytes, suffix: str) -> int:
    return 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    """XML files beside pictures of the same names, or in the folder that VOC puts them in."""
    files = [PurePosixPath(name) for name in names if not name.endswith("/")]
    marked = [file for file in files if file.suffix.lower() == ".xml"]
    if not marked or any(file.name == "annotations.xml" for file in marked):
        return 0
    if any("Annotations" in file.parts for file in marked):
        return 6
    pictures = {file.stem for file in files if file.suffix.lower() in packages.PICTURES}
    return 5 if any(file.stem in pictures for file in marked) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        names = _documents(package)
        named = {name: _picture_of(package, name) for name in names}
        bare = [picture for picture in package.pictures() if picture not in named.values()]
        alike = Counter(PurePosixPath(path).name for path in named.values() if path)

        def records(start: int) -> Iterator[Iterable[Entry]]:
            for name in names[start:]:
                path = named[name]
                yield _entries(package, name, path if path and alike[PurePosixPath(path).name] > 1 else None)
            for picture in bare[max(0, start - len(names)) :]:
                yield [Trouble(picture, "no XML file goes with it", "missing")]

        yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    seen = Seen()
    with packages.opened(stream, options) as package:
        for name in _documents(package):
            try:
                root = parse_xml(package.document(name), name)
            except BadFile:
                continue
            for each in root.iter("object"):
                seen.shape({"type": "box", "label": each.findtext("name") or "", "attributes": _attributes(each)})
    seen.geometries.pop("", None)
    return seen.schema()


def _documents(package: Package) -> list[str]:
    found = [name for name in package.names if name.lower().endswith(".xml")]
    if not found:
        raise BadFile("no XML file here")
    return found


def _picture_of(package: Package, name: str) -> str | None:
    try:
        root = parse_xml(package.document(name), name)
    except BadFile:
        return None
    return _find(package, name, root)


def _find(package: Package, name: str, root: Element) -> str | None:
    """By the file name in the document, else by the document's own."""
    wanted = root.findtext("filename") or ""
    stem = PurePosixPath(name).stem
    guesses = [wanted, *(f"{stem}{suffix}" for suffix in packages.PICTURES)]
    return next((found for guess in guesses if guess and (found := package.find(guess, near=name))), None)


def _entries(package: Package, name: str, called: str | None) -> Iterator[Entry]:
    """``called`` is the picture's path where its name alone would be that of another one."""
    try:
        root = parse_xml(package.document(name), name)
        found = _find(package, name, root)
        if root.tag != "annotation":
            raise BadFile(f"{name}: its root is {root.tag!r}, not annotation")
        picture = package.picture(found or root.findtext("filename") or name)
    except (BadFile, BadImage) as error:
        yield Trouble(name, str(error), "file")
        return
    canvas = Canvas(picture.width, picture.height)
    shapes: list[dict[str, Any]] = []
    failed = False
    for n, each in enumerate(root.iter("object"), 1):
        try:
            shapes.append(_box(each, canvas))
        except (BadShape, ValueError) as error:
            failed = True
            yield Trouble(f"{name}: object {n}", str(error), "shape")
            continue
        if each.find("part") is not None:
            yield Trouble(f"{name}: object {n}", "parts of an object are not taken", "not_taken")
    file = called or (root.findtext("filename") or found or name).strip()
    labels = as_answer(shapes) if shapes or not failed else None
    yield Found({"file": file}, key=file[-200:], image=picture, labels=labels)


def _box(element: Element, canvas: Canvas) -> dict[str, Any]:
    label = (element.findtext("name") or "").strip()
    if not label:
        raise BadShape("has no name")
    box = element.find("bndbox")
    if box is None:
        raise BadShape("has no bndbox")
    edges = []
    for name in ("xmin", "ymin", "xmax", "ymax"):
        text = box.findtext(name) or ""
        try:
            edges.append(float(text))
        except ValueError:
            raise BadShape(f"{name} is {text[:40]!r}, not a number") from None
    attributes = _attributes(element)
    return canvas.box(label, *edges) | ({"attributes": attributes} if attributes else {})


def _attributes(element: Element) -> dict[str, Any]:
    """Those of datumaro's and CVAT's way, and the flags of VOC that are set."""
    found = {
        (each.findtext("name") or "").strip(): value_of(each.findtext("value") or "")
        for each in element.iterfind("attributes/attribute")
    }
    flags = {flag: True for flag in FLAGS if (element.findtext(flag) or "").strip().lower() in ("1", "true", "yes")}
    return {name: value for name, value in (found | flags).items() if name and value != ""}
