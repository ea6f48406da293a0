"""Files of uploads, images and exports: Django's default storage, under names of ours.

A file appears under its name only when all of it is on the disk: it is written beside, synced, then renamed.
"""

import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage, storages

PARTIAL = ".partial"  # folder of files that are still being written
PARTIAL_SECONDS = 24 * 3600
BLOCK = 1 << 18


def new_key(folder: str, suffix: str = "") -> str:
    """A name nobody can guess; the user's own names never reach the disk."""
    name = secrets.token_hex(16)
    return f"{folder}/{name[:2]}/{name}{suffix}"


class Writing:
    """A file on its way: counts and hashes what passes through."""

    def __init__(self) -> None:
        folder = _partial_folder()
        handle, name = tempfile.mkstemp(dir=folder, prefix=f"{os.getpid()}-")
        self.path = Path(name)
        self.file = os.fdopen(handle, "w+b")
        self.size = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, content: bytes) -> int:
        self.file.write(content)
        self._hash.update(content)
        self.size += len(content)
        return len(content)

    def flush(self) -> None:
        self.file.flush()

    def tell(self) -> int:
        return self.size

    @property
    def closed(self) -> bool:
        return self.file.closed

    def writable(self) -> bool:
        return True

    def keep(self, key: str) -> None:
        """Give the file its name. Whoever opens the name sees all of it or nothing."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if _is_local():
            self.file.close()
            target = Path(default_storage.path(key))
            target.parent.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o640)
            self.path.replace(target)
            _sync_folder(target.parent)
        else:
            self.file.seek(0)
            default_storage.delete(key)
            default_storage.save(key, File(cast(IO[Any], self.file)))
            self.drop()

    def drop(self) -> None:
        """Forget the file. Harmless after `keep`."""
        self.file.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """For libraries that close what they wrote to: `keep` and `drop` end a file, nothing else does."""


@contextmanager
def writing(key: str) -> Iterator[Writing]:
    """Write a whole file; an exception leaves nothing behind."""
    file = Writing()
    try:
        yield file
        file.keep(key)
    finally:
        file.drop()


def save(key: str, content: bytes) -> None:
    with writing(key) as file:
        file.write(content)


def open_file(key: str) -> BinaryIO:
    """A seekable stream. FileNotFoundError when there is no such file."""
    return cast(BinaryIO, default_storage.open(key, "rb").file)


def size(key: str) -> int:
    return default_storage.size(key)


def exists(key: str) -> bool:
    return default_storage.exists(key)


def delete(*keys: str) -> None:
    """Files that are gone already are fine: a purge may run twice."""
    for key in keys:
        if key:
            default_storage.delete(key)


def delete_abandoned() -> int:
    """Remove what processes that died were writing; returns how many files."""
    old = [
        path
        for path in _partial_folder().iterdir()
        if path.is_file() and path.stat().st_mtime < time.time() - PARTIAL_SECONDS
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _partial_folder() -> Path:
    """On the storage's own disk where it has one, so that a rename moves no bytes."""
    folder = Path(default_storage.path(PARTIAL)) if _is_local() else Path(tempfile.gettempdir()) / "groundwork"
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder


def _is_local() -> bool:
    return isinstance(storages["default"], FileSystemStorage)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
