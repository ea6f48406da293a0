"""Files of uploads, images and exports: Django's default storage, under names of ours.

They lie in a folder, or in the bucket that STORAGE_URL names. A file appears under its name only when all of it is
there: on a disk it is written beside, synced, then renamed; in a bucket it is put whole, or in parts that are joined.
"""

import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage, storages

from labeling.buckets.own import BucketStorage

HEAD = 64
PARTIAL = ".partial"  # folder of files that are still being written
PARTIAL_SECONDS = 24 * 3600
BLOCK = 1 << 18


def new_key(folder: str, suffix: str = "") -> str:
    """A name nobody can guess; the user's own names never reach the disk."""
    name = secrets.token_hex(16)
    return f"{folder}/{name[:2]}/{name}{suffix}"


class Writing:
    """A file on its way: counts and hashes what passes through.

    With the key known from the start, a bucket gets it part by part; else it lies on this machine's disk until `keep`.
    """

    def __init__(self, key: str = "") -> None:
        self.size, self.head = 0, b""
        self._hash = hashlib.sha256()
        bucket = _bucket()
        self.parts = bucket.writing(key) if bucket and key else None
        self.key = key
        if not self.parts:
            handle, name = tempfile.mkstemp(dir=_partial_folder(), prefix=f"{os.getpid()}-")
            self.path = Path(name)
            self.file = os.fdopen(handle, "w+b")

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, content: bytes) -> int:
        (self.parts or self.file).write(content)
        self._hash.update(content)
        self.size += len(content)
        if len(self.head) < HEAD:
            self.head += bytes(content[: HEAD - len(self.head)])
        return len(content)

    def flush(self) -> None:
        if not self.parts:
            self.file.flush()

    def tell(self) -> int:
        return self.size

    @property
    def closed(self) -> bool:
        return self.parts.part.closed if self.parts else self.file.closed

    def writable(self) -> bool:
        return True

    def keep(self, key: str) -> None:
        """Give the file its name. Whoever opens the name sees all of it or nothing."""
        bucket = _bucket()
        if self.parts:
            if key != self.key:
                raise ValueError(f"begun as {self.key}, kept as {key}")
            self.parts.finish()
        elif bucket:
            self.file.seek(0)
            bucket.save(key, File(cast(IO[Any], self.file)))
            self.drop()
        else:
            self._rename(key)

    def _rename(self, key: str) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o640)
        self.path.replace(target)
        _sync_folder(target.parent)

    def drop(self) -> None:
        """Forget the file. Harmless after `keep`."""
        if self.parts:
            self.parts.drop()
        else:
            self.file.close()
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """For libraries that close what they wrote to: `keep` and `drop` end a file, nothing else does."""


@contextmanager
def writing(key: str) -> Iterator[Writing]:
    """Write a whole file; an exception leaves nothing behind."""
    file = Writing(key)
    try:
        yield file
        file.keep(key)
    finally:
        file.drop()


def save(key: str, content: bytes) -> None:
    with writing(key) as file:
        file.write(content)


def save_once(key: str, content: bytes) -> None:
    """Under a name that tells what is inside. A bucket is not asked first: to put it again costs no more than that."""
    if _bucket() or not exists(key):
        save(key, content)


def open_file(key: str, *, hurry: bool = False) -> BinaryIO:
    """A seekable stream. FileNotFoundError when there is no such file.

    In a hurry, while somebody waits for a page, a bucket that does not answer is given up soon.
    """
    bucket = _bucket()
    return bucket.open_stream(key, hurry=hurry) if bucket else cast(BinaryIO, default_storage.open(key, "rb").file)


def size_of(stream: BinaryIO) -> int:
    """How long the file of a fresh stream is. This asks nobody."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size


def size(key: str) -> int:
    return default_storage.size(key)


def exists(key: str) -> bool:
    return default_storage.exists(key)


def delete(*keys: str) -> None:
    """Files that are gone already are fine: a purge may run twice."""
    wanted = [key for key in keys if key]
    bucket = _bucket()
    if bucket:
        bucket.delete_all(wanted)
        return
    for key in wanted:
        default_storage.delete(key)


def delete_abandoned() -> int:
    """Remove what processes that died were writing on this machine; returns how many files."""
    old = [
        path
        for path in _partial_folder().iterdir()
        if path.is_file() and path.stat().st_mtime < time.time() - PARTIAL_SECONDS
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def abort_unfinished(*, now: datetime) -> int:
    """The same for the bucket, where there is one; returns how many writes."""
    bucket = _bucket()
    return bucket.abort_unfinished(now - timedelta(seconds=PARTIAL_SECONDS)) if bucket else 0


def _partial_folder() -> Path:
    """On the storage's own disk where it has one, so that a rename moves no bytes."""
    folder = Path(default_storage.path(PARTIAL)) if not _bucket() else settings.STORAGE_DIR / PARTIAL
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder


def _bucket() -> BucketStorage | None:
    """None where files lie in a folder."""
    found = storages["default"]
    return found if isinstance(found, BucketStorage) else None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
