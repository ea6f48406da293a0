"""Short ways to run an importer in a test."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from labeling import importers
from labeling.importers import ImportOptions, LineProblem, Position, Row


def everything(content: bytes, name: str, position: Position | None = None, **options: Any) -> list[Row | LineProblem]:
    return list(importers.read(io.BytesIO(content), name=name, position=position, options=ImportOptions(**options)))


def texts(content: bytes, name: str, **options: Any) -> list[str]:
    return [each.data["text"] for each in everything(content, name, **options) if isinstance(each, Row)]


def problems(content: bytes, name: str, **options: Any) -> list[tuple[int, str, str]]:
    found = everything(content, name, **options)
    return [(each.line, each.field, each.reason) for each in found if isinstance(each, LineProblem)]


def resumed_everywhere(content: bytes, name: str, **options: Any) -> Iterator[tuple[Any, Any]]:
    """For every place to stop: what one pass gives from there on, and what a new reader gives."""
    whole = everything(content, name, **options)
    for n, each in enumerate(whole, 1):
        yield whole[n:], everything(content, name, each.position_after, **options)


class Endless(io.RawIOBase):
    """A stream of one byte over and over, then a tail; counts the largest read asked of it."""

    def __init__(self, length: int, tail: bytes) -> None:
        self.length, self.tail, self.at, self.largest = length, tail, 0, 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset if whence == 0 else self.length + len(self.tail) + offset
        return self.at

    def read(self, size: int = -1) -> bytes:
        return self.readline(size)

    def readline(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0, "an unbounded read"
        self.largest = max(self.largest, size)
        if self.at < self.length:
            part = b"x" * min(size, self.length - self.at)
        else:
            rest = self.tail[self.at - self.length :]
            part = rest[: min(size, rest.find(b"\n") + 1 or len(rest))]
        self.at += len(part)
        return part
