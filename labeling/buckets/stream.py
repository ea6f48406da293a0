"""An object as a file that can be sought in: read block by block, each of the same version.

Read on and on it takes more at once; after a jump it begins with little, as for a zip that is read here and there.
"""

import io
from typing import Any

from labeling.buckets.calls import read, read_first
from labeling.buckets.place import Place

BLOCK = 8 * 1024 * 1024
FIRST = 1024 * 1024


class BucketFile(io.RawIOBase):
    """Holds one block. A reader that is slow keeps no connection open."""

    def __init__(
        self, place: Place, key: str, *, etag: str, size: int, block: int = BLOCK, hurry: bool = False
    ) -> None:
        super().__init__()
        self.place, self.key, self.etag, self.size, self.block = place, key, etag, size, block
        self.position, self.start, self.held, self.hurry = 0, 0, b"", hurry
        self.ahead = min(FIRST, block)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = max(0, base + offset)
        return self.position

    def readinto(self, target: Any) -> int:
        view = memoryview(target).cast("B")
        if self.position >= self.size or not len(view):
            return 0
        if not self.start <= self.position < self.start + len(self.held):
            self._fetch(len(view))
        offset = self.position - self.start
        part = self.held[offset : offset + len(view)]
        view[: len(part)] = part
        self.position += len(part)
        return len(part)

    def _fetch(self, wanted: int) -> None:
        reads_on = self.start < self.position <= self.start + len(self.held)
        self.ahead = min(2 * self.ahead if reads_on else FIRST, self.block)
        last = min(self.size, self.position + max(self.ahead, wanted)) - 1
        self.start = self.position
        self.held = b""
        self.held = read(self.place, self.key, etag=self.etag, first=self.position, last=last, hurry=self.hurry)


def open_object(
    place: Place, key: str, *, etag: str, size: int, block: int = BLOCK, hurry: bool = False
) -> io.BufferedReader:
    return io.BufferedReader(BucketFile(place, key, etag=etag, size=size, block=block, hurry=hurry), 256 * 1024)


def open_now(place: Place, key: str, *, hurry: bool = False) -> io.BufferedReader:
    """As it is now: its size and its first bytes come with one call. BucketError "missing" when there is none."""
    found, first = read_first(place, key, most=FIRST, hurry=hurry)
    raw = BucketFile(place, key, etag=found.etag, size=found.size, hurry=hurry)
    raw.held = first
    return io.BufferedReader(raw, 256 * 1024)
