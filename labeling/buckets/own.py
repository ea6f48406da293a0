"""This server's own files in a bucket, where STORAGE_URL names one, as a storage of Django's.

Read by range and written in parts: no file passes through memory, or over this machine's disk, as a whole.
"""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import Storage

from labeling.buckets.calls import delete, head
from labeling.buckets.place import BucketError, OwnStorageError, Place
from labeling.buckets.stream import open_now
from labeling.buckets.writing import Sending, abort, begin, finish, put, send_part, unfinished

logger = logging.getLogger(__name__)
PART = 64 * 1024 * 1024  # every part is as large, as some storages want it; 10,000 of them are 640 GB
IN_MEMORY = 1024 * 1024
AT_ONCE = 8
BLOCK = 1 << 18
CONTENT_TYPE = "application/octet-stream"  # nobody reads them from the bucket itself
OURS = re.compile(r"(uploads|exports|archives|client-files|images)/[0-9a-z][0-9a-z._/-]*", re.ASCII)


class BucketStorage(Storage):
    def __init__(
        self, *, bucket: str, folder: str, endpoint: str, region: str, addressing: str, access_key_id: str, secret: str
    ) -> None:
        self.folder = folder
        self.place = Place(endpoint, region, bucket, addressing, access_key_id, secret, is_trusted=True)

    def open_stream(self, name: str, *, hurry: bool = False) -> BinaryIO:
        """A seekable stream of the file as it is now. FileNotFoundError when there is none."""
        with _ours(name):
            return cast(BinaryIO, open_now(self.place, self.folder + name, hurry=hurry))

    def writing(self, name: str) -> "Parts":
        return Parts(self.place, self.folder + name)

    def delete(self, name: str) -> None:
        with _ours(name):
            delete(self.place, self.folder + name)

    def delete_all(self, names: list[str]) -> None:
        """Single calls, for the one call for many asks for checksums that storages disagree about."""
        if len(names) < 2:
            for name in names:
                self.delete(name)
            return
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bucket") as pool:
            for _ in pool.map(self.delete, names):
                pass

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        with _ours(name):
            return head(self.place, self.folder + name).size

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Our names are random, or say what is inside: the same name again is the same file."""
        return name

    def abort_unfinished(self, before: datetime) -> int:
        """Writes that a process died at: their parts take room that no listing shows. Others' in the bucket stay."""
        done = 0
        with _ours(self.folder):
            for page in unfinished(self.place, self.folder):
                for one in page:
                    name = one.sending.key.removeprefix(self.folder)
                    if one.begun_at < before and OURS.fullmatch(name):
                        abort(self.place, one.sending)
                        done += 1
        return done

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        return File(cast("IO[bytes]", self.open_stream(name)), name)

    def _save(self, name: str, content: Any) -> str:
        parts = self.writing(name)
        try:
            for block in content.chunks(BLOCK):
                parts.write(block)
            parts.finish()
        finally:
            parts.drop()
        return name


class Parts:
    """An object on its way. Only when it is finished is there anything under its name."""

    def __init__(self, place: Place, key: str) -> None:
        self.place, self.key = place, key
        self.sending: Sending | None = None
        self.etags: list[str] = []
        self.is_over = False
        self._fresh()

    def write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            taken, rest = rest[: PART - self.held], rest[PART - self.held :]
            self.part.write(taken)
            self.held += len(taken)
            if self.held == PART:
                self._send()

    def finish(self) -> None:
        with _ours(self.key):
            if self.sending is None:
                self.part.seek(0)
                put(self.place, self.key, cast(BinaryIO, self.part), CONTENT_TYPE)
            else:
                if self.held:
                    self._send()
                finish(self.place, self.sending, self.etags)
        self.is_over = True

    def drop(self) -> None:
        """Harmless after `finish`. What cannot be aborted now is found by `abort_unfinished`."""
        self.part.close()
        if self.is_over or self.sending is None:
            return
        self.is_over = True
        try:
            abort(self.place, self.sending)
        except BucketError as error:
            logger.warning("the parts of %s stay in the storage for now: %s", self.key, error)

    def _send(self) -> None:
        with _ours(self.key):
            if self.sending is None:
                self.sending = begin(self.place, self.key, CONTENT_TYPE)
            self.part.seek(0)
            self.etags.append(send_part(self.place, self.sending, len(self.etags) + 1, cast(BinaryIO, self.part)))
        self.part.close()
        self._fresh()

    def _fresh(self) -> None:
        self.part, self.held = SpooledTemporaryFile(IN_MEMORY), 0  # noqa: SIM115  (closed when it is sent)


@contextmanager
def _ours(name: str) -> Iterator[None]:
    try:
        yield
    except BucketError as error:
        if error.code == "missing":
            raise FileNotFoundError(name) from None
        raise OwnStorageError(error) from None
