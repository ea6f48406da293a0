"""A zip of images. Position: entries before, in the order of the zip's directory."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from labeling.errors import BadFile, BadImage
from labeling.images import read_image
from labeling.importers.base import ImportOptions, LineProblem, Position, Row
from labeling.types.strict import storable_problem

NAME = "image_zip"
TITLE = "zip of images"
SUFFIXES = (".zip",)
MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
DIRECTORY_BYTES_PER_ENTRY = 512
RATIO_FROM = 1_000_000
"""Unpacked bytes below which the ratio tells nothing."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def recognises(head: bytes, suffix: str) -> int:
    return 4 if head.startswith(MAGICS) else 3 if suffix in SUFFIXES else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    """Folders and the litter of operating systems are passed over, but counted in ``line``."""
    with _open(stream, options) as archive:
        entries = archive.infolist()
        _check_whole(entries, options)
        for n in range(position.get("entry", 0), len(entries)):
            if not _ignored(entries[n]):
                yield _read_entry(archive, entries[n], n + 1, options)


def _read_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, line: int, options: ImportOptions
) -> Row | LineProblem:
    after: Position = {"entry": line}
    name = entry.filename.replace("\\", "/")
    shown = name.encode("utf-8", "replace").decode().replace("\x00", "")[:200]
    if problem := _entry_problem(entry, name, options):
        return LineProblem(line, after, shown, problem)
    try:
        raw = archive.read(entry)
        image = read_image(raw, pixel_limit=options.pixel_limit)
    except BadImage as error:
        return LineProblem(line, after, shown, str(error))
    except UNREADABLE as error:
        return LineProblem(line, after, shown, f"cannot be unpacked: {error}")
    return Row(line, after, image.sha256[:32], {"file": name}, image)


def _open(stream: BinaryIO, options: ImportOptions) -> zipfile.ZipFile:
    limit = options.max_entries * DIRECTORY_BYTES_PER_ENTRY
    if _directory_size(stream) > limit:
        raise BadFile(f"the zip's directory is larger than {limit} bytes")
    stream.seek(0)
    try:
        return zipfile.ZipFile(stream)
    except UNREADABLE as error:
        raise BadFile(f"not a whole zip file: {error}") from error


def _directory_size(stream: BinaryIO) -> int:
    """What the end of the file says of the directory's size, before all of it is read into memory."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - (1 << 16) - 22 - 76))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise BadFile("not a whole zip file: it has no directory at its end; was the upload cut short?")
    claimed: int = struct.unpack_from("<L", tail, at + 12)[0]
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if claimed == 0xFFFFFFFF and wide >= 0 and len(tail) >= wide + 48:
        claimed = struct.unpack_from("<Q", tail, wide + 40)[0]
    return min(claimed, size)


def _check_whole(entries: list[zipfile.ZipInfo], options: ImportOptions) -> None:
    if any(entry.filename == "[Content_Types].xml" for entry in entries[:5]):
        raise BadFile("this is an Office document, not a zip of images; save a table as CSV")
    if len(entries) > options.max_entries:
        raise BadFile(f"the zip has {len(entries)} entries; at most {options.max_entries}")
    if (total := sum(entry.file_size for entry in entries)) > options.max_total_size:
        raise BadFile(f"the zip unpacks to {total} bytes; at most {options.max_total_size}")
    if all(_ignored(entry) for entry in entries):
        raise BadFile("the zip has no files")


def _ignored(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    return entry.is_dir() or "__MACOSX" in path.parts or path.name in LITTER


def _entry_problem(entry: zipfile.ZipInfo, name: str, options: ImportOptions) -> str:
    if name.startswith("/") or name[1:2] == ":":
        return "an absolute path is refused"
    if ".." in name.split("/"):
        return "a path that leaves the zip is refused"
    if storable_problem(name) or len(name) > 1000:
        return "a name that cannot be stored is refused"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "a link or a special file is refused"
    if entry.flag_bits & 1:
        return "is encrypted"
    if entry.file_size > options.max_entry_size:
        return f"unpacks to {entry.file_size} bytes; at most {options.max_entry_size}"
    if entry.file_size > RATIO_FROM and entry.file_size > options.max_ratio * max(1, entry.compress_size):
        return f"is packed more than {options.max_ratio} times, as a decompression bomb is"
    return ""
