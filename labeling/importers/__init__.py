"""Readers of uploaded files, one module each, found by being here.

``read`` picks one by the file's content and name and goes on at a stored position.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import PurePath
from typing import BinaryIO, cast

from labeling.errors import BadFile, GroundworkError
from labeling.importers.base import Importer, ImportOptions, LineProblem, Position, Row
from labeling.plugins import modules_with

__all__ = ["ImportOptions", "LineProblem", "Position", "Row", "get", "importers", "read", "sniff"]

HEAD = 4096


@cache
def importers() -> dict[str, Importer]:
    """Every importer by name."""
    found = modules_with(sys.modules[__name__], "NAME", "SUFFIXES", "recognises", "read")
    return {module.NAME: cast(Importer, module) for module in found}


def get(name: str) -> Importer:
    """The importer called so."""
    try:
        return importers()[name]
    except KeyError:
        raise GroundworkError(f"unknown import format {name!r}; known: {', '.join(importers())}") from None


def sniff(stream: BinaryIO, name: str) -> str:
    """The name of the importer for this file. Content decides; the file's name only where content cannot.

    Raises BadFile for an empty file, and for one that nothing here reads.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise BadFile("the file is empty")
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    best = max(importers().values(), key=lambda each: each.recognises(head, suffix))
    if not best.recognises(head, suffix):
        kinds = ", ".join(each.TITLE for each in importers().values())
        raise BadFile(f"{PurePath(name).name!r} is none of the kinds read here: {kinds}")
    return best.NAME


def read(
    stream: BinaryIO, *, name: str, position: Position | None = None, options: ImportOptions | None = None
) -> Iterator[Row | LineProblem]:
    """Sniff the format and read on from ``position``: what comes then is exactly what an unbroken pass would give."""
    chosen = replace(options or ImportOptions(), file_name=name)
    return get(sniff(stream, name)).read(stream, position=position or {}, options=chosen)
