"""doccano's JSON Lines: a text with labels of the whole, or with spans and relations. Position: lines before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.lines import UTF8_BOM, LineReader, wrong_byte
from labeling.importers.texts import SeenTexts, Span, as_answer, span_problem

NAME = "doccano"
TITLE = "doccano (JSON Lines)"
SUFFIXES = (".jsonl",)
PLACE = ("start_offset", "end_offset", "label")
OWN = ("id", "text", "data", "label", "labels", "entities", "relations", "meta", "Comments")


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
    return 4 if is_listed or (isinstance(first.get("entities"), list) and "relations" in first) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    kind = _kind(stream, options)

    def records(start: int) -> Iterator[Iterable[Entry]]:
        for n, content in enumerate(_lines(stream, options)):
            if n >= start:
                yield _entries(content, options, kind)

    yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    seen, kind = SeenTexts(), _kind(stream, options)
    for content in _lines(stream, options):
        for entry in _entries(content, options, kind):
            if not isinstance(entry, Found) or entry.labels is None:
                continue
            if "annotations" in entry.labels:
                seen.spans(entry.labels)
            else:
                seen.chosen(entry.labels)
    return seen.schema()


def _kind(stream: BinaryIO, options: ImportOptions) -> str:
    """What the lines hold: spans, several names each, or one. A single line does not tell."""
    kind = "one"
    for content in _lines(stream, options):
        try:
            line = orjson.loads(content or b"null")
        except orjson.JSONDecodeError:
            continue
        listed = line.get("label", line.get("labels")) if isinstance(line, dict) else None
        listed = listed if isinstance(listed, list) else []
        if isinstance(line, dict) and ("entities" in line or any(isinstance(each, list) for each in listed)):
            return "spans"
        if len(listed) > 1:
            kind = "many"
    return kind


def _lines(stream: BinaryIO, options: ImportOptions) -> Iterator[bytes | None]:
    """None for one that is too long."""
    reader = LineReader(stream, offset=0, line=0, longest=options.max_line)
    while (line := reader.next()) is not None:
        yield line.content


def _entries(content: bytes | None, options: ImportOptions, kind: str) -> Iterator[Entry]:
    if content is None:
        yield Trouble("", f"longer than {options.max_line} bytes", "too_long")
        return
    if not content.strip():
        return
    try:
        line = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        yield Trouble("", wrong_byte(content) or f"not JSON: {error}", "not_json")
        return
    text = line.get("text", line.get("data")) if isinstance(line, dict) else None
    if not isinstance(text, str) or not text.strip():
        yield Trouble("text", "is missing or empty", "missing")
        return
    meta = line.get("meta") if isinstance(line.get("meta"), dict) else {}
    data = {**meta, **{name: value for name, value in line.items() if name not in OWN}, "text": text}
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
        yield {"option": listed[0]} if kind == "one" else {"options": list(dict.fromkeys(listed))}
    elif isinstance(listed, list) and any(isinstance(each, list) for each in listed):
        raw = [
            {"id": str(n), "start_offset": each[0], "end_offset": each[1], "label": each[2]}
            if isinstance(each, list) and len(each) == 3
            else each
            for n, each in enumerate(listed)
        ]
        yield from _spans({"entities": raw}, text)
    elif listed not in (None, []):
        yield Trouble("label", "must be a list of names, or of spans", "type")


def _spans(line: dict[str, Any], text: str) -> Iterator[dict[str, Any] | Trouble]:
    spans: dict[str, Span] = {}
    for n, each in enumerate(line["entities"]):
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
        elif not isinstance(each.get("type"), str):
            yield Trouble(f"relations[{n}].type", "must be a name", "type")
        else:
            links.append((each["type"], ends[0], ends[1]))
    yield as_answer(text, spans.values(), links)
