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
from zipfile import ZipFile, ZipInfo

from labeling.errors import BadFile, GroundworkError
from labeling.importers import text_files
from labeling.importers.archives import MAGICS, UNREADABLE, is_litter, open_zip
from labeling.importers.base import Importer, ImportOptions, LineProblem, Position, Row, Schema
from labeling.plugins import modules_with

__all__ = [
    "ImportOptions",
    "LineProblem",
    "Position",
    "Row",
    "Schema",
    "get",
    "importers",
    "read",
    "schema_of",
    "sniff",
]

HEAD = 16 * 1024
"""Of a file, by which it is known: a whole record, where they are not very long."""
MOST_NAMES = 10_000
"""Entries of a zip by which it is known."""
MOST_DOCUMENTS = 5
"""JSON files of a zip that are looked into, to know it."""


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


def sniff(stream: BinaryIO, name: str, texts_as: str = "") -> str:
    """The name of the importer for this file. Content decides; the file's name only where content cannot.

    Where the uploader said what a text file is, none is a table.
    Raises BadFile for an empty file, and for one that nothing here reads.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise BadFile("the file is empty")
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    if texts_as and suffix in text_files.SUFFIXES and not head.startswith(MAGICS):
        return text_files.NAME
    inside = _inside_of_zip(stream) if head.startswith(MAGICS) else None

    def likeness(each: Importer) -> int:
        in_zip = getattr(each, "recognises_zip", None)
        return in_zip(*inside) if inside is not None and in_zip else each.recognises(head, suffix)

    best = max(importers().values(), key=likeness)
    if not likeness(best):
        kinds = ", ".join(each.TITLE for each in importers().values())
        raise BadFile(f"{PurePath(name).name!r} is none of the kinds read here: {kinds}")
    return best.NAME


def _inside_of_zip(stream: BinaryIO) -> tuple[list[str], list[bytes]] | None:
    """What is in a zip, and how its first JSON files begin; None for a broken one, which its reader tells of."""
    try:
        with open_zip(stream, ImportOptions()) as archive:
            entries = [entry for entry in archive.infolist()[:MOST_NAMES] if not is_litter(entry)]
            documents = [entry for entry in entries if entry.filename.lower().endswith((".json", ".jsonl"))]
            heads = [_head(archive, entry) for entry in documents[:MOST_DOCUMENTS]]
            return [entry.filename.replace("\\", "/") for entry in entries], heads
    except BadFile:
        return None
    finally:
        stream.seek(0)


def _head(archive: ZipFile, entry: ZipInfo) -> bytes:
    try:
        with archive.open(entry) as file:
            return file.read(HEAD)
    except UNREADABLE:
        return b""


def schema_of(stream: BinaryIO, *, name: str, format: str, options: ImportOptions | None = None) -> Schema | None:
    """The task type and label schema that the file suggests, where its reader can tell."""
    find = getattr(get(format), "schema", None)
    return find(stream, replace(options or ImportOptions(), file_name=name)) if find else None


def read(
    stream: BinaryIO, *, name: str, position: Position | None = None, options: ImportOptions | None = None
) -> Iterator[Row | LineProblem]:
    """Sniff the format and read on from ``position``: what comes then is exactly what an unbroken pass would give."""
    chosen = replace(options or ImportOptions(), file_name=name)
    return get(sniff(stream, name, chosen.texts_as)).read(stream, position=position or {}, options=chosen)
