"""One image. Position: whether it has been read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from labeling.errors import BadFile, BadImage
from labeling.images import SUFFIXES, format_of, read_image
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, with_notes

NAME = "image_file"
TITLE = "image (PNG, JPEG, WebP, GIF, TIFF, BMP)"

__all__ = ["NAME", "SUFFIXES", "TITLE", "read", "recognises"]


def recognises(head: bytes, suffix: str) -> int:
    return 4 if format_of(head) else 3 if suffix in SUFFIXES else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    """One row; a broken image is a BadFile, for there is nothing else in the file."""
    if position.get("done"):
        return
    stream.seek(0)
    raw = stream.read(options.max_entry_size + 1)
    if len(raw) > options.max_entry_size:
        raise BadFile(f"the image is larger than {options.max_entry_size} bytes")
    try:
        image = read_image(raw, pixel_limit=options.pixel_limit)
    except BadImage as error:
        raise BadFile(str(error)) from error
    name = PurePath(options.file_name.replace("\\", "/")).name
    row = Row(1, {"done": True}, image.sha256[:32], {"file": name} if name else {}, image)
    yield from with_notes(row, position)
