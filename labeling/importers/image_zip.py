"""A zip of images. Position: entries before, in the order of the zip's directory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from labeling.errors import BadFile, BadImage
from labeling.images import read_image
from labeling.importers.archives import MAGICS, UNREADABLE, check_whole, entry_problem, is_litter, open_zip
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, with_notes

NAME = "image_zip"
TITLE = "zip of images"
SUFFIXES = (".zip",)
DATA = (
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".txt",
    ".xml",
    ".zip",
    ".conll",
    ".manifest",
    ".xlsx",
)


def recognises(head: bytes, suffix: str) -> int:
    return 4 if head.startswith(MAGICS) else 3 if suffix in SUFFIXES else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    """Folders and the litter of operating systems are passed over, but counted in ``line``."""
    with open_zip(stream, options) as archive:
        entries = archive.infolist()
        check_whole(entries, options)
        if not position:
            _check_kind(entries)
        for n in range(position.get("entry", 0), len(entries)):
            if not is_litter(entries[n]):
                yield from with_notes(_read_entry(archive, entries[n], n + 1, options), {**position, "entry": n})
            position = {}


def _check_kind(entries: list[zipfile.ZipInfo]) -> None:
    """Raises BadFile for a zip of tables or texts: they are sent as they are."""
    names = [entry.filename for entry in entries if not is_litter(entry)]
    if all(name.lower().endswith(DATA) for name in names):
        shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        raise BadFile(f"the zip has no pictures, and nothing says how its files belong together: send {shown} unpacked")


def _read_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, line: int, options: ImportOptions
) -> Row | LineProblem:
    after: Position = {"entry": line}
    name = entry.filename.replace("\\", "/")
    shown = name.encode("utf-8", "replace").decode().replace("\x00", "")[:200]
    if problem := entry_problem(entry, name, options):
        return LineProblem(line, after, shown, problem, "archive")
    try:
        raw = archive.read(entry)
        image = read_image(raw, pixel_limit=options.pixel_limit)
    except BadImage as error:
        return LineProblem(line, after, shown, str(error), "image")
    except UNREADABLE as error:
        return LineProblem(line, after, shown, f"cannot be unpacked: {error}", "archive")
    return Row(line, after, image.sha256[:32], {"file": name}, image)
