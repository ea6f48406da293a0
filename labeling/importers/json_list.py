"""JSON: one document that is a list of objects. Position: objects before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row
from labeling.importers.json_numbers import LONG
from labeling.importers.lines import UTF8_BOM
from labeling.importers.rows import row_of

NAME = "json"
TITLE = "JSON (a list of objects)"
SUFFIXES = (".json",)


def recognises(head: bytes, suffix: str) -> int:
    return 3 if head.removeprefix(UTF8_BOM).lstrip().startswith(b"[") and suffix not in (".csv", ".tsv") else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        text = package.text(package.names[0]).encode()
        listed = package.json(package.names[0])
    if not isinstance(listed, list):
        raise BadFile("must be a list of objects")
    exact = json.loads(text) if LONG.search(text) else None
    start = position.get("row", 0)
    for n, each in enumerate(listed[start:], start):
        after: Position = {"row": n + 1}
        if isinstance(each, dict):
            raw = json.dumps(exact[n]).encode() if exact else b""
            yield row_of(each, line=n + 1, position_after=after, options=options, raw=raw)
        else:
            yield LineProblem(n + 1, after, "", "not a JSON object", "not_json")
