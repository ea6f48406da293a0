"""Where an exporter of labels puts its files: a zip, written straight on, or the one file of a format that has one."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Protocol, cast

from labeling.errors import GroundworkError

EPOCH = (1980, 1, 1, 0, 0, 0)
STORED = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".parquet")
BLOCK = 1 << 18


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
    """A zip written from its beginning to its end, the same bytes for the same files."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(cast(BinaryIO, _Unseekable(file)), "w")

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with self._zip.open(_entry(name), "w", force_zip64=True) as file:
            yield cast(BinaryIO, file)

    def write(self, name: str, content: bytes) -> None:
        self._zip.writestr(_entry(name), content)

    def copy(self, name: str, source: BinaryIO) -> None:
        with source, self._zip.open(_entry(name), "w", force_zip64=True) as target:
            while block := source.read(BLOCK):
                target.write(block)

    def close(self) -> None:
        self._zip.close()

    def abandon(self) -> None:
        """Write no directory to a file that failed and may be closed by now, as its end would."""
        self._zip.fp = None


class _Unseekable:
    """Without `seek` zipfile writes straight on, so that what passes can be counted and hashed."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write
        self.flush = file.flush


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.lower().endswith(STORED) else zipfile.ZIP_DEFLATED
    return entry


class Names:
    """File names for the items of an export: harmless, and no two alike, also where case does not count."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def unique(self, name: str, number: int) -> str:
        """``name`` as it is, or with ``number`` before its suffix where it was given before."""
        path = PurePosixPath(name)
        while hash(name.casefold()) in self._seen:
            name = str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
            number += 1
        self._seen.add(hash(name.casefold()))
        return name


def harmless(name: str) -> str:
    """A relative path without a way out, a control character or what Windows refuses."""
    parts = [
        "".join("_" if ord(each) < 32 or each in '<>:"|?*' else each for each in part).strip()
        for part in name.replace("\\", "/").split("/")
    ]
    return "/".join(part for part in parts if part.strip(".")) or "item"
