import secrets
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from labeling import storage
from labeling.buckets import BucketError, own


class Command(BaseCommand):
    help = "Try each thing that the storage of files (STORAGE_URL or a folder) must let us do."

    def handle(self, *args: Any, **options: Any) -> None:
        key = f"uploads/{secrets.token_hex(16)}.check"
        for what, attempt in steps(key):
            try:
                attempt()
            except (BucketError, OSError, ValueError) as error:
                raise CommandError(f"{what}: {error}") from None
            self.stdout.write(f"{what}: works")


def steps(key: str) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "write a file", lambda: storage.save(key, b"0123456789")
    yield "read a range of it", lambda: _read(key)
    yield "delete it", lambda: storage.delete(key)
    yield "see that it is gone", lambda: _is_gone(key)
    yield "begin a large file and give it up", lambda: _give_up(key)
    yield "find what was given up", lambda: storage.abort_unfinished(now=timezone.now())


def _read(key: str) -> None:
    with storage.open_file(key) as file:
        file.seek(4)
        if file.read(3) != b"456":
            raise ValueError("what was read is not what was written")


def _is_gone(key: str) -> None:
    if storage.exists(key):
        raise ValueError("the file is still there")


def _give_up(key: str) -> None:
    file = storage.Writing(key)
    try:
        file.write(bytes(own.PART))
    finally:
        file.drop()
