"""What every exporter takes: rows, a binary file, and the columns with their kinds."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, Protocol

import orjson

from labeling.types.base import Kind

Columns = Mapping[str, Kind]
"""Name to kind, in the order of the file. A time is a ``datetime``; naive ones are taken as UTC."""


class Exporter(Protocol):
    """A module of this folder."""

    NAME: str
    TITLE: str
    SUFFIX: str
    CONTENT_TYPE: str

    def write(self, rows: Iterable[Mapping[str, Any]], file: BinaryIO, columns: Columns) -> int:
        """Write every row, in constant memory, and return how many there were.

        A column missing from a row is empty. The same rows give the same bytes.
        """
        ...

    def join(self, parts: Iterable[BinaryIO], file: BinaryIO, columns: Columns) -> None:
        """Make one file of what `write` wrote in parts, in constant memory. The parts are closed."""
        ...


def opened(cells: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """A type's flat row with JSON columns as the values they stand for: a writer writes those in its own way."""
    return {
        name: orjson.loads(cell) if columns.get(name) == "json" and isinstance(cell, str) else cell
        for name, cell in cells.items()
    }


def append(parts: Iterable[BinaryIO], file: BinaryIO, *, header: bytes = b"") -> None:
    """Join parts by putting one behind the other; each begins with `header`, which is kept once."""
    file.write(header)
    for part in parts:
        with part:
            part.seek(len(header))
            shutil.copyfileobj(part, file, 1 << 20)


def in_utc(time: datetime | str) -> datetime:
    """An aware time in UTC, so that the same instant is always written the same; ISO text is read first."""
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
