"""Where an exporter of labels puts its files: a zip, written straight on, or the one file of a format that has one."""

from __future__ import annotations

import zipfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Protocol, cast

from labeling.errors import GroundworkError
from labeling.exporters.zip_directory import ZipDirectory

EPOCH = (1980, 1, 1, 0, 0, 0)
STORED = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".parquet")
BLOCK = 1 << 18
HASH = (1 << 64) - 1


class Folder(Protocol):
    def open(self, name: str) -> Any:
        """A context manager that gives a file to write bytes to. One at a time."""
        ...

    def write(self, name: str, content: bytes) -> None: ...


class OneFile:
    """For a format of one file: that file, whatever the exporter calls it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.name = ""

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        if self.name:
            raise GroundworkError(f"{self.name!r} is the only file here; {name!r} has no place")
        self.name = name
        yield self.file

    def write(self, name: str, content: bytes) -> None:
        with self.open(name) as file:
            file.write(content)


class ZipFolder:
    """A zip written from its beginning to its end, the same bytes for the same files, in memory that does not grow."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = _Counted(file)
        self._zip = zipfile.ZipFile(cast(BinaryIO, self._file), "w")
        self._directory = ZipDirectory()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with self._zip.open(_entry(name), "w", force_zip64=True) as file:
            yield cast(BinaryIO, file)
        self._note()

    def write(self, name: str, content: bytes) -> None:
        self._zip.writestr(_entry(name), content)
        self._note()

    def copy(self, name: str, source: BinaryIO) -> None:
        with source, self.open(name) as target:
            while block := source.read(BLOCK):
                target.write(block)

    def close(self) -> None:
        self._directory.write(cast(BinaryIO, self._file), at=self._file.written)
        self.abandon()

    def abandon(self) -> None:
        """Write no directory to a file that failed and may be closed by now, as its end would."""
        self._zip.fp = None
        self._directory.close()

    def _note(self) -> None:
        """What zipfile would keep of each entry until the end goes to the directory at once."""
        for entry in self._zip.filelist:
            self._directory.add(entry)
        self._zip.filelist.clear()
        self._zip.NameToInfo.clear()


class _Counted:
    """Without `seek` zipfile writes straight on, so that what passes can be counted and hashed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.flush = file.flush
        self.written = 0

    def write(self, content: bytes) -> int:
        self.written += len(content)
        return self._file.write(content)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.lower().endswith(STORED) else zipfile.ZIP_DEFLATED
    return entry


class Names:
    """File names for the items of an export: harmless, and no two alike, also where case does not count.

    Of each name 64 bits of its hash are kept, in a table without objects: 25 MB for a million names.
    """

    def __init__(self) -> None:
        self._table, self._used = array("Q", bytes(8 * 1024)), 0

    def unique(self, name: str, number: int) -> str:
        """``name`` as it is, or with ``number`` before its suffix where it was given before."""
        path = PurePosixPath(name)
        while not self._add((hash(name.casefold()) & HASH) or 1):
            name = str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
            number += 1
        return name

    def _add(self, key: int) -> bool:
        """Whether it is new."""
        place = self._place(key)
        if self._table[place] == key:
            return False
        self._table[place] = key
        self._used += 1
        if self._used * 3 > len(self._table) * 2:
            self._grow()
        return True

    def _place(self, key: int) -> int:
        """Where it is, or belongs."""
        last = len(self._table) - 1
        place = key & last
        while self._table[place] not in (0, key):
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        old, self._table = self._table, array("Q", bytes(8 * 2 * len(self._table)))
        for key in old:
            if key:
                self._table[self._place(key)] = key


def harmless(name: str) -> str:
    """A relative path without a way out, a control character or what Windows refuses."""
    parts = [
        "".join("_" if ord(each) < 32 or each in '<>:"|?*' else each for each in part).strip()
        for part in name.replace("\\", "/").split("/")
    ]
    return "/".join(part for part in parts if part.strip(".")) or "item"
