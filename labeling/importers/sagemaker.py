"""SageMaker Ground Truth's augmented manifest: a JSON line an item, its pictures in one zip. Position: lines before.

The type in a label's metadata tells how it is read. What a model labeled is a suggestion, what people labeled a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile, BadImage
from labeling.images import CleanImage
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.packages import Package
from labeling.importers.shapes import BadShape, Canvas, Seen, numbers
from labeling.importers.shapes import as_answer as answer_of_shapes
from labeling.importers.texts import SeenTexts, Span, span_problem
from labeling.importers.texts import as_answer as answer_of_spans

NAME = "sagemaker"
TITLE = "SageMaker manifest (JSON Lines, with its pictures in a zip)"
SUFFIXES = (".manifest",)
META = "-metadata"
ANYWHERE = 100_000


def recognises(head: bytes, suffix: str) -> int:
    begins = head.lstrip().startswith(b"{") and (b'"source-ref"' in head or b'"source"' in head)
    return 4 if begins and b'-metadata"' in head else 3 if suffix in SUFFIXES else 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    return 8 if any(name.endswith(".manifest") for name in names) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        lines = _lines(package)

        def records(start: int) -> Iterator[Iterable[Entry]]:
            for line in lines[start:]:
                yield _entries(line, package)

        yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    shapes, texts = Seen(), SeenTexts()
    with packages.opened(stream, options) as package:
        for line in _lines(package):
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            for found in _labels(row, str(row.get("source", "")), None) if isinstance(row, dict) else ():
                if isinstance(found, Trouble):
                    continue
                answer = found[0]
                if "relationships" in answer:
                    texts.spans(answer)
                elif "annotations" in answer:
                    for each in answer["annotations"]:
                        shapes.shape(each)
                else:
                    texts.chosen(answer)
    return shapes.schema() or texts.schema()


def _lines(package: Package) -> list[str]:
    names = [name for name in package.names if name.endswith(SUFFIXES) or not package.archive]
    if not names:
        raise BadFile("no .manifest file here")
    return [line for name in names for line in package.text(name).splitlines() if line.strip()]


def _entries(line: str, package: Package) -> Iterator[Entry]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        yield Trouble("", f"not JSON: {error}", "not_json")
        return
    source = row.get("source-ref", row.get("source")) if isinstance(row, dict) else None
    if not isinstance(source, str) or not source.strip():
        yield Trouble("source-ref", "is missing: a line needs source-ref or source", "missing")
        return
    image: CleanImage | None = None
    data: dict[str, Any] = {"text": source}
    if "source-ref" in row:
        try:
            image = _picture(package, source)
        except BadImage as error:
            yield Trouble("source-ref", str(error), "image")
            return
        data = {"file": PurePosixPath(source).name}
    labels = predicted = None
    canvas = Canvas(image.width, image.height) if image else None
    for found in _labels(row, source, canvas):
        if isinstance(found, Trouble):
            yield found
        elif found[1]:
            labels = found[0]
        else:
            predicted = found[0]
    key = PurePosixPath(source).name[-200:] if image else ""
    yield Found(data, key=key, image=image, labels=labels, predicted=predicted)


def _picture(package: Package, source: str) -> CleanImage:
    """Of s3://bucket/a/b.png whatever the zip has: the whole path below the bucket, or the name."""
    path = source.partition("://")[2].partition("/")[2] or source
    for guess in (path, PurePosixPath(path).name):
        if found := package.find(guess):
            return package.picture(found)
    raise BadImage(packages.NO_PICTURES)


def _labels(row: dict[str, Any], text: str, canvas: Canvas | None) -> Iterator[tuple[dict[str, Any], bool] | Trouble]:
    """Each label that can be read, and whether people gave it; the first of the kinds known here counts."""
    for name, about in row.items():
        if not name.endswith(META) or not isinstance(about, dict):
            continue
        label = name.removesuffix(META)
        kind = str(about.get("type", "")).removeprefix("groundtruth/")
        take = {
            "text-classification": _one, "image-classification": _one, "text-classification-multilabel": _many,
            "image-classification-multilabel": _many, "object-detection": _boxes, "text-span": _spans,
        }.get(kind)  # fmt: skip
        if "failure-reason" in about:
            yield Trouble(label, f"was not labeled: {about['failure-reason']}", "missing")
        elif take is None:
            yield Trouble(name, f"{kind} is not taken" if kind else "a label without a type is not taken", "not_taken")
        else:
            troubles: list[Trouble] = []
            listed = about.get("class-map")
            names = {str(k): v for k, v in listed.items() if isinstance(v, str)} if isinstance(listed, dict) else {}
            answer = take(row.get(label), about | {"class-map": names}, label, text, canvas, troubles)
            yield from troubles
            if answer is not None:
                yield answer, about.get("human-annotated") != "no"


Taken = dict[str, Any] | None


def _one(value: Any, about: dict[str, Any], name: str, text: str, canvas: Any, troubles: list[Trouble]) -> Taken:
    label = about.get("class-name", value)
    if isinstance(label, str) and label:
        return {"option": label}
    troubles.append(Trouble(name, "its class has no name", "missing"))
    return None


def _many(value: Any, about: dict[str, Any], name: str, text: str, canvas: Any, troubles: list[Trouble]) -> Taken:
    names = about["class-map"]
    options = [names.get(str(each)) for each in value] if isinstance(value, list) else []
    if None in options:
        troubles.append(Trouble(name, "a class is not in the class-map", "unknown"))
    return {"options": [each for each in options if each]}


def _boxes(
    value: Any, about: dict[str, Any], name: str, text: str, canvas: Canvas | None, troubles: list[Trouble]
) -> Taken:
    names = about["class-map"]
    shapes = []
    listed = value.get("annotations") if isinstance(value, dict) else None
    for n, each in enumerate(listed if isinstance(listed, list) else ()):
        where = f"{name}.annotations[{n}]"
        label = names.get(str(each.get("class_id"))) if isinstance(each, dict) else None
        if label is None:
            troubles.append(Trouble(where, "its class is not in the class-map", "unknown"))
            continue
        try:
            place = [each.get(part) for part in ("left", "top", "width", "height")]
            left, top, wide, high = numbers(place, "left, top, width, height", 4)
            at = canvas or Canvas(ANYWHERE, ANYWHERE)
            shapes.append(at.box(label, left, top, left + wide, top + high))
        except BadShape as error:
            troubles.append(Trouble(where, str(error), "shape"))
    return answer_of_shapes(shapes)


def _spans(value: Any, about: dict[str, Any], name: str, text: str, canvas: Any, troubles: list[Trouble]) -> Taken:
    inner = value.get("annotations") if isinstance(value, dict) else None
    listed = inner.get("entities") if isinstance(inner, dict) else None
    spans = []
    for n, each in enumerate(listed if isinstance(listed, list) else ()):
        start, end = (each.get(part) if isinstance(each, dict) else None for part in ("startOffset", "endOffset"))
        if (
            type(start) is not int
            or type(end) is not int
            or not isinstance(each, dict)
            or not isinstance(each.get("label"), str)
        ):
            troubles.append(Trouble(f"{name}.entities[{n}]", "needs startOffset, endOffset and label", "missing"))
            continue
        span = Span(each["label"], start, end)
        if problem := span_problem(span, text):
            troubles.append(Trouble(f"{name}.entities[{n}]", problem, "span"))
        else:
            spans.append(span)
    return answer_of_spans(text, spans)
