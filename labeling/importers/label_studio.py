"""Label Studio: a JSON export of tasks (JSON-MIN too), alone or in a zip with its configuration (XML) and pictures.

Position: tasks before. Each annotation that was not cancelled is an answer; the first one, or the one that is marked
as the ground truth, stands for the item's labels. The newest prediction is its suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import unquote

from labeling.errors import BadFile, BadImage
from labeling.images import CleanImage
from labeling.importers import label_studio_min, packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.label_studio_config import Asked, read_config
from labeling.importers.label_studio_controls import guess_controls
from labeling.importers.label_studio_results import Reader, joined
from labeling.importers.label_studio_whole import guess_whole, kind_of, schema_of, taken
from labeling.importers.packages import Package
from labeling.importers.shapes import Canvas, Seen
from labeling.importers.texts import SeenTexts

NAME = "label_studio"
TITLE = "Label Studio (JSON, or a zip with pictures and configuration)"
SUFFIXES = (".json",)
BEGINNING = re.compile(rb'\s*\[\s*\{[^\[]*"(data|annotations|predictions|completions)"\s*:', re.DOTALL)
UPLOADED = re.compile(r"^/?data/upload/(\d+/)?")
PICTURES = re.compile(r"\.(png|jpe?g|webp|gif|tiff?|bmp)(\?.*)?$", re.IGNORECASE)


def recognises(head: bytes, suffix: str) -> int:
    head = head.removeprefix(b"\xef\xbb\xbf")
    return 4 if BEGINNING.match(head) or label_studio_min.looks_so(head) else 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    """A JSON file with the configuration beside it, or one that begins like a list of tasks."""
    plain = {PurePosixPath(name).name.lower() for name in names}
    has_config = "config.xml" in plain or any("label_config" in name for name in plain)
    if has_config and any(name.endswith(".json") for name in plain):
        return 8
    return 6 if any(recognises(each, ".json") for each in documents) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        tasks = _tasks(package)
        asked = _config(package) or _guess(tasks)

        def records(start: int) -> Iterator[Iterable[Entry]]:
            for task in tasks[start:]:
                yield _entries(task, asked, package)

        yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    """The configuration's, where there is one; else what the annotations suggest."""
    with packages.opened(stream, options) as package:
        tasks = _tasks(package)
        asked = _config(package) or _guess(tasks)
        if asked.kind not in ("shapes", "spans") or asked.schema is not None:
            return asked.schema
        shapes, texts = Seen(), SeenTexts()
        links: dict[str, None] = {}
        for task in tasks:
            for each in _annotations(task) if isinstance(task, dict) else ():
                _look(each, _reader(asked, str(_text(task) or ""), None), shapes, texts, links)
        return shapes.schema(relations=list(links)) if asked.kind == "shapes" else texts.schema()


def _reader(asked: Asked, text: str, canvas: Canvas | None) -> Reader:
    return Reader(asked.kind, text, canvas, asked.controls, taken(asked.whole, asked.kind))


def _look(annotation: dict[str, Any], reader: Reader, shapes: Seen, texts: SeenTexts, links: dict[str, None]) -> None:
    answer, kind = None, reader.kind
    for found in reader.answer(annotation):
        if isinstance(found, dict):
            answer = found
    if answer is None:
        return
    if kind == "shapes":
        for shape in answer["annotations"]:
            shapes.shape(shape)
        shapes.picture(answer["global_attributes"])
        links |= {link["type"]: None for link in answer.get("links", [])}
    else:
        texts.spans(answer)


def _config(package: Package) -> Asked | None:
    for name in package.names:
        if package.archive and name.lower().endswith(".xml"):
            return read_config(package.document(name), name)
    return None


def _tasks(package: Package) -> list[Any]:
    found: list[Any] = []
    for name in package.names:
        if package.archive and not name.lower().endswith(".json"):
            continue
        document = package.json(name)
        if isinstance(document, dict) and "data" in document:
            document = [document]
        if not isinstance(document, list):
            raise BadFile(f"{name}: must be a list of tasks")
        if label_studio_min.are_rows(document):
            asked = _config(package)
            known = {one.name: one.type for one in asked.whole} if asked else {}
            document = label_studio_min.as_tasks(document, known)
        found += document
    return found


def _guess(tasks: list[Any]) -> Asked:
    """Without a configuration: by the results, the first of which that is known here tells what is taken."""
    kinds = {Reader.kind_of(result) for result in _results(tasks)}
    for kind in ("shapes", "spans"):
        if kind in kinds:
            return Asked(kind, None, guess_controls(_results(tasks)))
    whole = guess_whole(_results(tasks))
    kind = kind_of(whole)
    return Asked(kind, schema_of(whole, kind, ""), whole=whole)


def _results(tasks: list[Any]) -> Iterator[dict[str, Any]]:
    for task in tasks:
        for each in _annotations(task) if isinstance(task, dict) else ():
            results = each.get("result")
            yield from (one for _, one in joined(results if isinstance(results, list) else []) if isinstance(one, dict))


def _annotations(task: dict[str, Any]) -> list[dict[str, Any]]:
    listed = task.get("annotations", task.get("completions"))
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _entries(task: Any, asked: Asked, package: Package) -> Iterator[Entry]:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        yield Trouble("data", "is missing: a task needs its data", "missing")
        return
    image: CleanImage | None = None
    columns = dict(data)
    key = str(data.get("key") or task.get("id") or "")[-200:]
    if picture := _picture(data):
        name, path = picture
        try:
            image = _open(package, path)
        except BadImage as error:
            yield Trouble(f"data.{name}", str(error), "image")
            return
        columns.pop(name)
        columns["file"] = file = UPLOADED.sub("", path).removeprefix("images/")
        key = str(data.get("key") or file)[-200:]
    elif (text := _text(task)) is not None:
        columns["text"] = text
    columns.pop("key", None)
    canvas = Canvas(image.width, image.height) if image else None
    reader = _reader(asked, str(columns.get("text") or ""), canvas)
    answers, labels = [], None
    for n, each in enumerate(_annotations(task)):
        if each.get("was_cancelled") or each.get("skipped"):
            continue
        for found in reader.answer(each):
            if isinstance(found, Trouble):
                yield Trouble(f"annotations[{n}].{found.field}", found.reason, found.code)
            else:
                is_truth = each.get("ground_truth") is True
                labels = found if labels is None or is_truth else labels
                if not (is_truth and _worker(each) is None):
                    answers.append({"worker": _worker(each) or f"annotation {each.get('id', n)}", "answer": found})
    predicted = None
    predictions = task.get("predictions")
    for n, each in enumerate(predictions if isinstance(predictions, list) else ()):
        for found in reader.answer(each) if isinstance(each, dict) else ():
            if isinstance(found, Trouble):
                yield Trouble(f"predictions[{n}].{found.field}", found.reason, found.code)
            else:
                predicted = found
    yield Found(columns, key=key, image=image, labels=labels, predicted=predicted, answers=answers)


def _worker(annotation: dict[str, Any]) -> str | None:
    who, meta = annotation.get("completed_by"), annotation.get("meta")
    if isinstance(meta, dict) and isinstance(meta.get("annotator"), str):
        return str(meta["annotator"])
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    return str(who) if isinstance(who, str | int) and not isinstance(who, bool) else None


def _picture(data: dict[str, Any]) -> tuple[str, str] | None:
    """The field that names a picture, and the name."""
    for name, value in data.items():
        if isinstance(value, str) and (name == "image" or PICTURES.search(value)) and PICTURES.search(value):
            return name, unquote(value.partition("?d=")[2] or value.partition("?")[0])
    return None


def _open(package: Package, path: str) -> CleanImage:
    """Under its path, or under its bare name, also without the letters Label Studio puts before an upload's."""
    name = PurePosixPath(path).name
    for guess in (path, name, re.sub(r"^[0-9a-f]{8}-", "", name)):
        if found := package.find(guess):
            return package.picture(found)
    raise BadImage(packages.NO_PICTURES)


def _text(task: dict[str, Any]) -> str | None:
    """The data's text: the field of that name, or the first that is one."""
    data = task.get("data")
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("text"), str):
        return str(data["text"])
    return next((value for name, value in data.items() if isinstance(value, str) and name != "key"), None)
