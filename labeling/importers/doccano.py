"""doccano's JSON Lines: a text with labels of the whole, with spans and relations, or with another text.

Its own exports are zips: of one file, or of one for each annotator, whose labels are answers of theirs then. Position:
lines before, or texts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import orjson

from labeling.importers.archives import MAGICS
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.lines import UTF8_BOM, Line, LineReader, wrong_byte
from labeling.importers.packages import opened
from labeling.importers.texts import SeenTexts, Span, as_answer, span_problem

NAME = "doccano"
TITLE = "doccano (JSON Lines)"
SUFFIXES = (".jsonl",)
PLACE = ("start_offset", "end_offset", "label")
EVERYBODY = "all"
"""The file of a project whose annotators work together."""
LOSSES = "losses.jsonl"
"""What our own exports tell beside the data."""
WORDS = 3
"""Fewest of a text, where labels are fewer."""
OWN = ("id", "text", "data", "label", "labels", "entities", "relations", "meta")


def recognises(head: bytes, suffix: str) -> int:
    """By its first line, where all of it is in the head; else by what stands in it."""
    line, _, _ = head.removeprefix(UTF8_BOM).partition(b"\n")
    try:
        first = orjson.loads(line)
    except orjson.JSONDecodeError:
        return 4 if line.startswith(b'{"id":') and b'"label":[[' in line.replace(b" ", b"") else 0
    if not isinstance(first, dict) or not isinstance(first.get("text", first.get("data")), str):
        return 0
    label = first.get("label", first.get("labels"))
    is_listed = isinstance(label, list) and all(isinstance(each, list | str) for each in label)
    is_marked = isinstance(first.get("entities"), list) and (
        "relations" in first or isinstance(first.get("cats"), list)
    )
    return 4 if is_listed or is_marked else 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    """Nothing but such files: pictures beside them are another reader's."""
    is_lines = all(name.lower().endswith(".jsonl") for name in names)
    return 6 if is_lines and any(recognises(each, ".jsonl") for each in documents) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    kind = _kind(stream, options)
    if _is_zip(stream):
        merged = list(_by_text(stream, options, kind))
        yield from numbered(lambda start: merged[start:], position=position, options=options)
        return

    def records(start: int) -> Iterator[Iterable[Entry]]:
        for n, (_, line) in enumerate(_lines(stream, options)):
            if n >= start:
                yield _entries(line, options, kind)

    yield from numbered(records, position=position, options=options)


def _is_zip(stream: BinaryIO) -> bool:
    stream.seek(0)
    return stream.read(4).startswith(MAGICS)


def _by_text(stream: BinaryIO, options: ImportOptions, kind: str) -> Iterator[Iterable[Entry]]:
    """The lines of all the files, those of one text together: each annotator's labels are an answer."""
    found: dict[tuple[str, str], list[tuple[str, Found]]] = {}
    for name, line in _lines(stream, options):
        entries = list(_entries(line, options, kind))
        yield from ([Trouble(f"{name}: {e.field}", e.reason, e.code)] for e in entries if isinstance(e, Trouble))
        for each in entries:
            if isinstance(each, Found):
                found.setdefault((each.key, str(each.data["text"])), []).append((name, each))
    for listed in found.values():
        first = next((each for _, each in listed if each.labels), listed[0][1])
        named = [(PurePosixPath(name).stem, each.labels) for name, each in listed if each.labels is not None]
        answers = [{"worker": who, "answer": labels} for who, labels in named if who != EVERYBODY]
        yield [replace(first, answers=answers if len(listed) > 1 or answers else [])]


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    seen, kind = SeenTexts(), _kind(stream, options)
    if kind == "writing":
        return Schema("writing", {"question": "Write.", "fields": [{"name": "text", "required": False}]})
    for _, line in _lines(stream, options):
        for entry in _entries(line, options, kind):
            if not isinstance(entry, Found) or entry.labels is None:
                continue
            if "annotations" in entry.labels:
                seen.spans(entry.labels)
            else:
                seen.chosen(entry.labels)
    return seen.schema()


def _kind(stream: BinaryIO, options: ImportOptions) -> str:
    """What the lines hold: spans, several names each, one, or another text. A single line does not tell."""
    kind = "one"
    names: list[str] = []
    for _, each in _lines(stream, options):
        try:
            line = orjson.loads(each.content or b"null")
        except orjson.JSONDecodeError:
            continue
        listed = line.get("label", line.get("labels")) if isinstance(line, dict) else None
        listed = listed if isinstance(listed, list) else []
        if isinstance(line, dict) and ("entities" in line or any(isinstance(one, list) for one in listed)):
            return "spans"
        names += [one for one in listed if isinstance(one, str)]
        if len(listed) > 1:
            kind = "many"
    return "writing" if kind == "one" and are_texts(names) else kind


def are_texts(names: list[str]) -> bool:
    """Whether they are no labels: each is another one, and of several words."""
    return len(set(names)) == len(names) > 1 and all(len(name.split()) >= WORDS for name in names)


def _lines(stream: BinaryIO, options: ImportOptions) -> Iterator[tuple[str, Line]]:
    """Each with the name of its file."""
    with opened(stream, options) as package:
        for name in package.names:
            if PurePosixPath(name).name == LOSSES:
                continue
            inner = io.BytesIO(package.document(name)) if package.archive else stream
            reader = LineReader(inner, offset=0, line=0, longest=options.max_line, named=options.encoding)
            while (line := reader.next()) is not None:
                yield name, line


def _entries(read: Line, options: ImportOptions, kind: str) -> Iterator[Entry]:
    content = read.content
    if content is None:
        yield Trouble("", f"longer than {options.max_line} bytes", "too_long")
        return
    if not content.strip():
        return
    if wrong := wrong_byte(read):
        yield Trouble("", wrong, "encoding")
        return
    try:
        line = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        yield Trouble("", f"not JSON: {error}", "not_json")
        return
    text = line.get("text", line.get("data")) if isinstance(line, dict) else None
    if not isinstance(text, str) or not text.strip():
        yield Trouble("text", "is missing or empty", "missing")
        return
    meta = line.get("meta") if isinstance(line.get("meta"), dict) else {}
    data = {**meta, **{name: value for name, value in line.items() if name not in OWN}, "text": text}
    if data.get("Comments") == []:
        del data["Comments"]
    labels: dict[str, Any] | None = None
    for entry in _labels(line, text, kind):
        if isinstance(entry, Trouble):
            yield entry
        else:
            labels = entry
    number = line.get("id")
    yield Found(data, key=str(number) if isinstance(number, str | int) else "", labels=labels)


def _labels(line: dict[str, Any], text: str, kind: str) -> Iterator[dict[str, Any] | Trouble]:
    listed = line.get("label", line.get("labels"))
    if isinstance(line.get("entities"), list):
        yield from _spans(line, text)
    elif listed == [] and kind == "spans":
        yield as_answer(text, ())
    elif isinstance(listed, list) and listed and all(isinstance(each, str) for each in listed):
        if kind == "writing":
            yield {"fields": {"text": "\n".join(listed)}}
            return
        yield {"option": listed[0]} if kind == "one" else {"options": list(dict.fromkeys(listed))}
    elif isinstance(listed, list) and any(isinstance(each, list) for each in listed):
        yield from _spans({"entities": listed}, text)
    elif listed not in (None, []):
        yield Trouble("label", "must be a list of names, or of spans", "type")


def _spans(line: dict[str, Any], text: str) -> Iterator[dict[str, Any] | Trouble]:
    spans: dict[str, Span] = {}
    for n, given in enumerate(line["entities"]):
        each = dict(zip(PLACE, given, strict=True)) if isinstance(given, list) and len(given) == len(PLACE) else given
        start, end, label = (each.get(k) if isinstance(each, dict) else None for k in PLACE)
        if type(start) is not int or type(end) is not int or not isinstance(label, str):
            yield Trouble(f"entities[{n}]", "needs start_offset, end_offset and label", "missing")
            continue
        span = Span(label, start, end, str(each.get("id", n)))
        if problem := span_problem(span, text):
            yield Trouble(f"entities[{n}]", problem, "span")
        else:
            spans[span.id] = span
    links = []
    relations = line.get("relations")
    for n, each in enumerate(relations if isinstance(relations, list) else []):
        ends = [str(each.get(k)) if isinstance(each, dict) else "" for k in ("from_id", "to_id")]
        missing = [end for end in ends if end not in spans]
        if missing:
            yield Trouble(f"relations[{n}]", f"there is no span {missing[0]}", "unknown")
        elif not isinstance(each, dict) or not isinstance(each.get("type"), str):
            yield Trouble(f"relations[{n}].type", "must be a name", "type")
        else:
            links.append((each["type"], ends[0], ends[1]))
    yield as_answer(text, spans.values(), links)
