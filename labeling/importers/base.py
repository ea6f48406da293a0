"""What every importer reads and yields. A reader is a generator: constant memory, resumable after any row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import orjson

from labeling.images import PIXEL_LIMIT, CleanImage

Position = dict[str, Any]
"""Where to go on: a small JSON value that only the importer that made it understands; ``{}`` is the start."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the uploader may set, and the limits."""

    file_name: str = ""
    """The uploaded file's own name; kept as data of a single image."""
    text_field: str = "text"
    id_field: str = "id"
    labels_as: str = "suggestion"
    """What labels that come with the items are taken for: suggestion, known, answers or nothing."""
    texts_as: str = ""
    """Whether a text file is an item (``files``) or each of its lines (``lines``); otherwise a file of a zip is one."""
    encoding: str = ""
    """What files are in that are not UTF-8 and have no mark of UTF-16: one of ``encodings.ENCODINGS``."""
    max_line: int = 10_000_000
    """Bytes of one line, row or text cell."""
    max_depth: int = 32
    """How deep a JSON value may nest, the row itself being 1."""
    pixel_limit: int = PIXEL_LIMIT
    max_entries: int = 200_000
    """Entries of one zip."""
    max_entry_size: int = 100_000_000
    """Unpacked bytes of one zip entry, or of a single image."""
    max_total_size: int = 200_000_000_000
    """Unpacked bytes of the whole zip, as its directory tells."""
    max_ratio: int = 200
    """Unpacked bytes for each packed byte of a zip entry."""
    ratio_from: int = 1_000_000
    """Unpacked bytes below which the ratio tells nothing."""
    max_document: int = 200_000_000
    """Bytes of one document that is read as a whole, as JSON and XML are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item to be. ``line`` counts from 1 (rows of a table, entries of a zip)."""

    line: int
    position_after: Position
    key: str
    data: dict[str, Any]
    image: CleanImage | None = None


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One line that gives no item, and why. ``field`` is empty when the whole line is wrong."""

    line: int
    position_after: Position
    field: str
    reason: str
    """In English, as the API tells it; pages show it in the reader's language."""
    code: str = "invalid"
    """The kind of it, for programs: one of ``CODES``."""


def with_notes(found: Row | LineProblem, before: Position) -> Iterator[Row | LineProblem]:
    """What is to be told of the row's picture, and the row. ``before`` is the position that reading came from."""
    notes = found.image.notes if isinstance(found, Row) and found.image else ()
    place = {name: value for name, value in before.items() if name != "told"}
    for n, note in enumerate(notes, 1):
        if isinstance(found, Row) and n > before.get("told", 0):
            yield LineProblem(found.line, {**place, "told": n}, str(found.data.get("file", ""))[:200], note, "changed")
    yield found


CODES = {
    "archive": "a file in the zip cannot be unpacked, or is refused",
    "changed": "taken, but not as it was",
    "csv": "the line cannot be cut into columns",
    "duplicate": "it is there already",
    "empty": "there is nothing in it",
    "encoding": "the bytes are not the text they should be",
    "file": "a file of the upload cannot be read",
    "image": "the picture is not there, or cannot be shown",
    "invalid": "anything else",
    "missing": "something that has to be there is not",
    "not_json": "no JSON, or not an object",
    "not_taken": "of a kind that is not imported",
    "shape": "the shape does not fit the picture, or is none",
    "span": "the span does not fit the text, or is none",
    "too_deep": "nested too deep",
    "too_long": "longer than the limit",
    "type": "a value of another type than it has to be",
    "unknown": "it names something that is not there",
    "value": "a value that cannot be stored",
}
"""Of the problems of an import."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A task type and its label schema, as a file of labels suggests them."""

    type: str
    config: dict[str, Any]


class Importer(Protocol):
    """A module of this folder.

    One that may come as a zip also has ``recognises_zip(names, documents) -> int``, like ``recognises``, of what is in
    the zip and how its first JSON files begin. One that finds out what was asked has
    ``schema(stream, options) -> Schema | None``.
    """

    NAME: str
    TITLE: str
    SUFFIXES: tuple[str, ...]

    def recognises(self, head: bytes, suffix: str) -> int:
        """0 not mine, 1 perhaps, 2 looks like it, 3 so it is named, 4 its magic number."""
        ...

    def read(self, stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]: ...


def content_key(data: dict[str, Any]) -> str:
    """The key of a row that brings none: the same content, whatever the order of its columns, has the same key."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
