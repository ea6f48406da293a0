"""doccano's JSON Lines of pictures: labels of the whole, boxes or polygons, or a caption. Position: lines before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile, BadImage
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.doccano import are_texts
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.lines import UTF8_BOM
from labeling.importers.packages import Package
from labeling.importers.shapes import BadShape, Canvas, Seen, as_answer, numbers, pairs
from labeling.importers.texts import SeenTexts

NAME = "doccano_images"
TITLE = "doccano (JSON Lines with their pictures in a zip)"
SUFFIXES = (".jsonl",)
SHAPES = ("bbox", "segmentation")
ANYWHERE = 100_000


def recognises(head: bytes, suffix: str) -> int:
    line, _, _ = head.removeprefix(UTF8_BOM).partition(b"\n")
    try:
        first = orjson.loads(line)
    except orjson.JSONDecodeError:
        return 4 if line.startswith(b'{"id":') and b'"filename":' in line and b'"segmentation":' in line else 0
    if not isinstance(first, dict) or not isinstance(first.get("filename"), str) or "text" in first:
        return 0
    return 4 if any(isinstance(first.get(name), list) for name in (*SHAPES, "label")) else 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    return 7 if any(recognises(each, ".jsonl") for each in documents) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        lines = _lines(package)
        kind = _kind(lines)

        def records(start: int) -> Iterator[Iterable[Entry]]:
            for line in lines[start:]:
                yield _entries(package, line, kind)

        yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    with packages.opened(stream, options) as package:
        lines = _lines(package)
    kind, shapes, texts = _kind(lines), Seen(), SeenTexts()
    if kind == "writing":
        return Schema("writing", {"question": "Write.", "fields": [{"name": "text", "required": False}]})
    for line in lines:
        if kind == "shapes" and isinstance(line, dict):
            for shape in _shapes(line, Canvas(ANYWHERE, ANYWHERE)):
                if isinstance(shape, dict):
                    shapes.shape(shape)
        elif isinstance(line, dict) and (chosen := _chosen(line, kind)):
            texts.chosen(chosen)
    return shapes.schema() if kind == "shapes" else texts.schema()


def _lines(package: Package) -> list[Any]:
    """The objects; a text for a line that is none."""
    names = [name for name in package.names if name.lower().endswith(".jsonl") or not package.archive]
    if not names:
        raise BadFile("no .jsonl file here")
    return [_object(line) for name in names for line in package.text(name).splitlines() if line.strip()]


def _object(line: str) -> Any:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error}"
    return found if isinstance(found, dict) else "not a JSON object"


def _kind(lines: list[Any]) -> str:
    """What is labeled: shapes, one or several names of the whole, or a caption."""
    objects = [line for line in lines if isinstance(line, dict)]
    if any(isinstance(line.get(name), list) for line in objects for name in SHAPES):
        return "shapes"
    listed = [line["label"] for line in objects if isinstance(line.get("label"), list)]
    if any(len(each) > 1 for each in listed):
        return "multichoice"
    return "writing" if are_texts([name for each in listed for name in each if isinstance(name, str)]) else "choice"


def _entries(package: Package, line: Any, kind: str) -> Iterator[Entry]:
    name = line.get("filename") if isinstance(line, dict) else None
    if not isinstance(name, str) or not name:
        yield Trouble("filename", line if isinstance(line, str) else "is missing or empty", "missing")
        return
    try:
        picture = package.picture(name)
    except BadImage as error:
        yield Trouble(name, str(error), "image")
        return
    labels = _chosen(line, kind)
    if kind == "shapes":
        shapes: list[dict[str, Any]] = []
        failed = False
        for entry in _shapes(line, Canvas(picture.width, picture.height)):
            if isinstance(entry, Trouble):
                failed = True
                yield Trouble(f"{name}: {entry.field}", entry.reason, entry.code)
            else:
                shapes.append(entry)
        labels = as_answer(shapes) if shapes or not failed else None
    yield Found({"file": name}, key=name[-200:], image=picture, labels=labels)


def _chosen(line: dict[str, Any], kind: str) -> dict[str, Any] | None:
    listed = line.get("label")
    names = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    if kind == "multichoice":
        return {"options": list(dict.fromkeys(names))}
    if kind == "writing":
        return {"fields": {"text": "\n".join(names)}}
    return {"option": names[0]} if names else None


def _shapes(line: dict[str, Any], canvas: Canvas) -> Iterator[dict[str, Any] | Trouble]:
    for kind in SHAPES:
        listed = line.get(kind)
        for n, each in enumerate(listed if isinstance(listed, list) else []):
            try:
                yield _shape(each, kind, canvas)
            except BadShape as error:
                yield Trouble(f"{kind}[{n}]", str(error), "shape")


def _shape(raw: Any, kind: str, canvas: Canvas) -> dict[str, Any]:
    label = raw.get("label") if isinstance(raw, dict) else None
    if not isinstance(label, str) or not label.strip():
        raise BadShape("has no label")
    if kind == "segmentation":
        return canvas.path("polygon", label, pairs(numbers(raw.get("points"), "points")))
    place = [raw.get(part) for part in ("x", "y", "width", "height")]
    left, top, wide, high = numbers(place, "x, y, width, height", 4)
    return canvas.box(label, left, top, left + wide, top + high)
