"""One process at a time, by a mark in the cache that ends by itself: for jobs that may run twice, but need not."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.core.cache import cache


@contextmanager
def only_one(name: str, *, seconds: int) -> Iterator[bool]:
    """Whether this is the one. The mark goes at the end, or after `seconds` when its process is gone."""
    key, mine = f"only-one:{name}", uuid4().hex
    is_mine = cache.add(key, mine, seconds)
    try:
        yield is_mine
    finally:
        if is_mine and cache.get(key) == mine:
            cache.delete(key)
