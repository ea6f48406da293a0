"""JSON Lines: one object a line. Position: byte offset and lines before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile
from labeling.importers.base import ImportOptions, LineProblem, Position, Row
from labeling.importers.lines import UTF8_BOM, LineReader, wrong_byte
from labeling.importers.own_rows import table_row

NAME = "jsonl"
TITLE = "JSON Lines"
SUFFIXES = (".jsonl", ".ndjson", ".json")


def recognises(head: bytes, suffix: str) -> int:
    if head.removeprefix(UTF8_BOM).lstrip().startswith(b"["):
        return 2 if suffix in SUFFIXES else 0  # one list: for the reader of JSON
    if suffix in SUFFIXES:
        return 3
    return 2 if head.removeprefix(UTF8_BOM).lstrip().startswith(b"{") else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    """Blank lines are passed over."""
    start = {"offset": position.get("offset", 0), "line": position.get("line", 0)}
    reader = LineReader(stream, **start, longest=options.max_line, named=options.encoding)
    anything = reader.offset > 0
    while (line := reader.next()) is not None:
        after: Position = {"offset": line.end, "line": line.number}
        if line.content is None:
            anything = True
            yield LineProblem(line.number, after, "", f"longer than {options.max_line} bytes", "too_long")
        elif content := line.content.strip():
            anything = True
            wrong = wrong_byte(line)
            columns = wrong or _object_in(content)
            if isinstance(columns, str):
                yield LineProblem(line.number, after, "", columns, "encoding" if wrong else "not_json")
            else:
                yield table_row(columns, line=line.number, position_after=after, options=options, raw=content)
    if not anything:
        raise BadFile("the file is empty")


def _object_in(content: bytes) -> dict[str, Any] | str:
    """The object, or why there is none."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error}"
    if isinstance(value, dict):
        return value
    return "a JSON list, not an object: write one object a line" if isinstance(value, list) else "not a JSON object"
