"""An object as a file that can be sought in: read block by block, each of the same version."""

import io
from typing import Any

from labeling.buckets.calls import read
from labeling.buckets.place import Place

BLOCK = 8 * 1024 * 1024


class BucketFile(io.RawIOBase):
    """Holds one block. A reader that is slow keeps no connection open."""

    def __init__(
        self, place: Place, key: str, *, etag: str, size: int, block: int = BLOCK, hurry: bool = False
    ) -> None:
        super().__init__()
        self.place, self.key, self.etag, self.size, self.block = place, key, etag, size, block
        self.position, self.start, self.held, self.hurry = 0, 0, b"", hurry

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
        last = min(self.size, self.position + max(self.block, wanted)) - 1
        self.start = self.position
        self.held = b""
        self.held = read(self.place, self.key, etag=self.etag, first=self.position, last=last, hurry=self.hurry)


def open_object(
    place: Place, key: str, *, etag: str, size: int, block: int = BLOCK, hurry: bool = False
) -> io.BufferedReader:
    return io.BufferedReader(BucketFile(place, key, etag=etag, size=size, block=block, hurry=hurry), 256 * 1024)
