"""CSV that a spreadsheet may open: no text of ours is run as a formula. Nested values are JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import orjson

from labeling.exporters.base import Columns, append, in_utc
from labeling.types.base import Kind

NAME = "csv"
TITLE = "CSV"
SUFFIX = ".csv"
CONTENT_TYPE = "text/csv; charset=utf-8"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


class _Encoder:
    """What the csv module writes to: text in, UTF-8 out, nothing buffered."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, text: str) -> int:
        return self.file.write(text.encode("utf-8"))


def write(rows: Iterable[Mapping[str, Any]], file: BinaryIO, columns: Columns) -> int:
    writer = csv.writer(_Encoder(file), lineterminator="\r\n")
    writer.writerow([formula_safe(name) for name in columns])
    count = 0
    for row in rows:
        writer.writerow([_cell(row.get(name), kind) for name, kind in columns.items()])
        count += 1
    return count


def join(parts: Iterable[BinaryIO], file: BinaryIO, columns: Columns) -> None:
    header = io.BytesIO()
    write([], header, columns)
    append(parts, file, header=header.getvalue())


def line(cells: Iterable[str]) -> bytes:
    """One record, safe to open in a spreadsheet."""
    out = io.BytesIO()
    csv.writer(_Encoder(out), lineterminator="\r\n").writerow([formula_safe(cell) for cell in cells])
    return out.getvalue()


def formula_safe(text: str) -> str:
    """An apostrophe before what a spreadsheet would run; numbers such as -1 stay."""
    if text.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    if kind == "json":
        return formula_safe(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode())
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "time":
        return in_utc(value).isoformat().replace("+00:00", "Z")
    return formula_safe(str(value))
