"""Files of an archive that is written: each content once, named by its hash."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from labeling import storage
from tasks.models import ClientFile, Item
from tasks.selectors.in_place import is_in_place
from workers.models import Organization

SMALL = 8 << 20  # read once, into memory; larger files are read twice
CHUNK = 1000


def files_of(media: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every place of an item's media that names a file of ours: the object and the key in it."""
    for picture in filter(None, [media.get("image"), *media.get("attachments", {}).values()]):
        if not is_in_place(picture["key"]):
            yield picture, "key"
        if picture.get("thumb"):
            yield picture, "thumb"
        if "tiles" in picture:
            yield picture["tiles"], "key"


class Files:
    """The storage's files on their way into the zip. What went in is noted on disk, not in memory."""

    def __init__(self, zip: zipfile.ZipFile) -> None:
        self.zip, self.count, self.size = zip, 0, 0
        self.lost = 0  # named, but not in the storage
        self.is_waiting = False  # a zip takes one member at a time
        self._later: list[tuple[str, str]] = []
        self._notes = tempfile.NamedTemporaryFile(prefix="groundwork-archive-")  # noqa: SIM115  (closed in `close`)
        self._known = sqlite3.connect(self._notes.name, isolation_level=None)
        self._known.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        self._known.execute("CREATE TABLE file (key TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID")
        self._known.execute("CREATE TABLE content (hash TEXT PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        self._known.close()
        self._notes.close()

    def name_of(self, key: str) -> str | None:
        """What the archive calls this file; None when the storage has lost it."""
        found = self._known.execute("SELECT name FROM file WHERE key = ?", [key]).fetchone()
        if found is None:
            found = [self._write(key)]
            self._known.execute("INSERT INTO file VALUES (?, ?)", [key, found[0]])
        return found[0]

    def _write(self, key: str) -> str | None:
        try:
            with storage.open_file(key) as stream:
                head = stream.read(SMALL + 1)
                content = hashlib.sha256(head)
                is_small = len(head) <= SMALL
                while not is_small and (block := stream.read(storage.BLOCK)):
                    content.update(block)
                digest = content.hexdigest()
                if self._is_new(digest):
                    stream.seek(0)
                    if self.is_waiting:
                        self._later.append((digest, key))
                    else:
                        self._copy(digest, [head] if is_small else _blocks(stream))
        except FileNotFoundError:
            self.lost += 1
            return None
        return digest + _suffix(key)

    def _is_new(self, digest: str) -> bool:
        return bool(self._known.execute("INSERT OR IGNORE INTO content VALUES (?)", [digest]).rowcount)

    def _copy(self, digest: str, blocks: Iterable[bytes]) -> None:
        """Stored as it is: pictures are packed already."""
        with self.zip.open(zipfile.ZipInfo(f"media/{digest}"), "w", force_zip64=True) as target:
            for block in blocks:
                target.write(block)
                self.size += len(block)
        self.count += 1

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While another member is written: files that come along are written after it."""
        self.is_waiting = True
        try:
            yield
        finally:
            self.is_waiting = False
        while self._later:
            digest, key = self._later.pop()
            with storage.open_file(key) as stream:
                self._copy(digest, _blocks(stream))

    def rename(self, media: dict[str, Any]) -> dict[str, Any]:
        """The same media with the archive's names. A picture whose file is lost is left away."""
        kept = media | {"attachments": dict(media["attachments"])} if "attachments" in media else dict(media)
        places = [(kept, "image")] + [(kept.get("attachments", {}), place) for place in kept.get("attachments", {})]
        for holder, place in places:
            if not holder.get(place):
                continue
            names = [(where, slot, self.name_of(where[slot])) for where, slot in files_of({"image": holder[place]})]
            if any(name is None for _, _, name in names):
                del holder[place]
            for where, slot, name in names:
                where[slot] = name
        return kept


def write_files(organization: Organization, files: Files, tick: Callable[[], None]) -> None:
    """All there are now, before the records are looked at: what comes in between is written with its record."""
    items = Item.objects.filter(dataset__organization=organization).exclude(media={}).order_by("id")
    for media in items.values_list("media", flat=True).iterator(chunk_size=CHUNK):
        for where, slot in files_of(media):
            files.name_of(where[slot])
        tick()
    own = ClientFile.objects.filter(organization=organization).exclude(storage_key="").order_by("id")
    for key in own.values_list("storage_key", flat=True).iterator(chunk_size=CHUNK):
        files.name_of(key)
        tick()


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(storage.BLOCK), b"")


def _suffix(key: str) -> str:
    """What we gave it, which says how to serve it."""
    suffix = Path(key).suffix
    return suffix if suffix[1:].isalnum() else ""
