"""Zips from strangers: checked before anything is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from labeling.errors import BadFile
from labeling.importers.base import ImportOptions
from labeling.types.strict import storable_problem

CUT_SHORT = "not a whole zip file: it has no directory at its end; was the upload cut short?"
MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
DIRECTORY_BYTES_PER_ENTRY = 512
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def open_zip(stream: BinaryIO, options: ImportOptions) -> zipfile.ZipFile:
    limit = options.max_entries * DIRECTORY_BYTES_PER_ENTRY
    if _directory_size(stream) > limit:
        raise BadFile(f"the zip's directory is larger than {limit} bytes")
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except UNREADABLE as error:
        raise BadFile(f"not a whole zip file: {error}") from error
    entries = archive.infolist()
    if min((entry.header_offset for entry in entries), default=0):
        raise BadFile(CUT_SHORT)  # the directory found is that of a zip within the zip
    for entry in entries:
        entry.filename = _true_name(entry)
    return archive


def _true_name(entry: zipfile.ZipInfo) -> str:
    """UTF-8 also where nothing in the zip says so, as macOS writes it."""
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _directory_size(stream: BinaryIO) -> int:
    """What the end of the file says of the directory's size, before all of it is read into memory."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - (1 << 16) - 22 - 76))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise BadFile(CUT_SHORT)
    claimed: int = struct.unpack_from("<L", tail, at + 12)[0]
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if claimed == 0xFFFFFFFF and wide >= 0 and len(tail) >= wide + 48:
        claimed = struct.unpack_from("<Q", tail, wide + 40)[0]
    return min(claimed, size)


def check_whole(entries: list[zipfile.ZipInfo], options: ImportOptions) -> None:
    if any(entry.filename == "[Content_Types].xml" for entry in entries[:5]):
        raise BadFile("this is an Office document, not a zip of images; save a table as CSV")
    if len(entries) > options.max_entries:
        raise BadFile(f"the zip has {len(entries)} entries; at most {options.max_entries}")
    if (total := sum(entry.file_size for entry in entries)) > options.max_total_size:
        raise BadFile(f"the zip unpacks to {total} bytes; at most {options.max_total_size}")
    if all(is_litter(entry) for entry in entries):
        raise BadFile("the zip has no files")


def is_litter(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    return entry.is_dir() or "__MACOSX" in path.parts or path.name in LITTER or path.name.startswith("._")


def entry_problem(entry: zipfile.ZipInfo, name: str, options: ImportOptions) -> str:
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
    if entry.file_size > options.ratio_from and entry.file_size > options.max_ratio * max(1, entry.compress_size):
        return f"is packed more than {options.max_ratio} times, as a decompression bomb is"
    return ""
