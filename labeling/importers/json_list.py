"""JSON: one document that is a list of objects, or one object, perhaps with one such list. Position: objects before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row
from labeling.importers.json_numbers import LONG
from labeling.importers.lines import UTF8_BOM
from labeling.importers.own_rows import table_row

NAME = "json"
TITLE = "JSON (a list of objects)"
SUFFIXES = (".json",)


def recognises(head: bytes, suffix: str) -> int:
    head = head.removeprefix(UTF8_BOM).lstrip()
    if head.startswith(b"["):
        return 3 if suffix not in (".csv", ".tsv") else 0
    return 4 if suffix in SUFFIXES and head.startswith(b"{") and _goes_on(head) else 0


def _goes_on(head: bytes) -> bool:
    """Whether its first line is the beginning of an object that other lines end, and no line of JSON Lines."""
    first, end, rest = head.partition(b"\n")
    if not end or any(line.startswith(b"{") for line in rest.splitlines()):
        return False
    try:
        json.loads(first)
    except ValueError:
        return True
    return False


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        content = package.text(package.names[0]).encode()
    try:
        listed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadFile(f"not JSON: {error}") from error
    exact = json.loads(content) if LONG.search(content) else None
    del content  # as large as all the rest
    if isinstance(listed, dict):
        name = _only_list(listed)
        listed, exact = (listed[name], exact and exact[name]) if name else ([listed], exact and [exact])
    if not listed:
        raise BadFile("the list is empty")
    start = position.get("row", 0)
    for n, each in enumerate(listed[start:], start):
        after: Position = {"row": n + 1}
        if isinstance(each, dict):
            raw = json.dumps(exact[n]).encode() if exact else b""
            yield table_row(each, line=n + 1, position_after=after, options=options, raw=raw)
        else:
            yield LineProblem(n + 1, after, "", "not a JSON object", "not_json")


def _only_list(document: dict[str, Any]) -> str:
    """The name of the one list of objects in it; of another document it is empty."""
    names = [
        name for name, value in document.items() if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    others = [value for value in document.values() if isinstance(value, dict | list)]
    return names[0] if len(names) == len(others) == 1 else ""
