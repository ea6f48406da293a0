"""JSON Lines: nested values stay nested, times are ISO text in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import orjson

from labeling.exporters.base import Columns, append, in_utc

NAME = "jsonl"
TITLE = "JSON Lines"
SUFFIX = ".jsonl"
CONTENT_TYPE = "application/jsonl"
OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


def write(rows: Iterable[Mapping[str, Any]], file: BinaryIO, columns: Columns) -> int:
    count = 0
    for row in rows:
        plain = {name: _value(row.get(name), kind) for name, kind in columns.items()}
        file.write(orjson.dumps(plain, option=OPTIONS))
        count += 1
    return count


def join(parts: Iterable[BinaryIO], file: BinaryIO, columns: Columns) -> None:
    append(parts, file)


def _value(value: Any, kind: str) -> Any:
    return in_utc(value) if kind == "time" and value is not None else value
