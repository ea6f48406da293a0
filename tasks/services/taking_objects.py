"""From one object of a bucket to what the dataset gets of it, or the reason why it gets nothing."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import orjson
from django.conf import settings

from labeling import buckets, importers
from labeling.buckets import BucketError, Listed, Place
from labeling.errors import BadFile, BadImage
from labeling.images import SUFFIXES as IMAGES
from labeling.images import CleanImage, read_image
from labeling.importers.packages import decoded
from tasks.models.buckets import FeedKind
from tasks.services.storing_items import NewItem, store_previews
from tasks.services.uploading import plain_filename

TEXTS = (".txt", ".md")
TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".pq")
KINDS = {FeedKind.IMAGES: IMAGES, FeedKind.TEXTS: TEXTS, FeedKind.TABLES: TABLES}
LARGEST_IMAGE = 100_000_000
LONGEST_KEY = 200  # of an item
SNIFFED = 64 * 1024
AT_ONCE = 6
BYTES_AT_ONCE = 64_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an object. `reason` tells why nothing did, `error` that it was the bucket."""

    listed: Listed
    kind: str
    item: NewItem | None = None  # its media without the picture's own key: that holds the id of our row
    image: CleanImage | None = None
    format: str = ""  # of a table
    reason: str = ""
    error: BucketError | None = None
    is_bare: bool = False  # nothing but the picture


def kind_of(key: str, kinds: Iterable[str]) -> str | None:
    """By the name's end, as the listing tells no more; the content is judged when it is read."""
    suffix = PurePosixPath(key).suffix.lower()
    return next((kind for kind in kinds if suffix in KINDS[FeedKind(kind)]), None)


def take_all(
    place: Place, wanted: Iterable[tuple[Listed, str]], *, dataset_id: int, encoding: str = ""
) -> Iterator[Taken]:
    """In the given order; ``encoding`` is that of texts that are not UTF-8.

    The next few are fetched while one is looked at; only so many bytes are held.
    """
    waiting: deque[tuple[Listed, str, Future[bytes] | None]] = deque()
    held, source = 0, iter(wanted)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bucket") as pool:
        following = next(source, None)
        while following or waiting:
            while following and (not waiting or len(waiting) < AT_ONCE and held + following[0].size <= BYTES_AT_ONCE):
                listed, kind = following
                is_read = kind != FeedKind.TABLES and 0 < listed.size <= LARGEST_IMAGE
                future = pool.submit(buckets.read, place, listed.key, etag=listed.etag) if is_read else None
                held += listed.size if is_read else 0
                waiting.append((listed, kind, future))
                following = next(source, None)
            listed, kind, future = waiting.popleft()
            try:
                yield _take(place, listed, kind, future, dataset_id, encoding)
            finally:
                held -= listed.size if future else 0


def _take(
    place: Place, listed: Listed, kind: str, future: "Future[bytes] | None", dataset_id: int, encoding: str
) -> Taken:
    try:
        if listed.size == 0:
            return Taken(listed, kind, reason="the object is empty")
        if kind == FeedKind.TABLES:
            return _table(place, listed)
        if future is None:
            return Taken(listed, kind, reason=f"the object is larger than {LARGEST_IMAGE} bytes")
        raw = future.result()
        return _image(listed, raw, dataset_id) if kind == FeedKind.IMAGES else _text(listed, raw, encoding)
    except BucketError as error:
        return Taken(listed, kind, reason=str(error), error=error)
    except (BadFile, BadImage) as error:
        return Taken(listed, kind, reason=str(error))


def _image(listed: Listed, raw: bytes, dataset_id: int) -> Taken:
    image = read_image(raw, pixel_limit=settings.MAX_IMAGE_PIXELS)
    name = hashlib.sha256(listed.key.encode()).hexdigest()[:32]
    media = {"image": store_previews(image, f"images/{dataset_id}/fed/{name[:2]}/{name}.{image.sha256[:16]}")}
    data = {"image": listed.key}
    item = NewItem(item_key(listed.key), data, orjson.dumps(data), media, image.sha256)
    return Taken(listed, FeedKind.IMAGES, item, image, is_bare=image.bytes is raw)


def _text(listed: Listed, raw: bytes, encoding: str) -> Taken:
    if len(raw) > settings.MAX_LINE:
        return Taken(listed, FeedKind.TEXTS, reason=f"the text is longer than {settings.MAX_LINE} bytes")
    try:
        text = decoded(raw, "the text", encoding)
    except BadFile as error:
        return Taken(listed, FeedKind.TEXTS, reason=str(error))
    if "\x00" in text or not text.strip():
        return Taken(listed, FeedKind.TEXTS, reason="there is no text in it")
    data: dict[str, Any] = {"text": text, "file": listed.key}
    json = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    return Taken(
        listed, FeedKind.TEXTS, NewItem(item_key(listed.key), data, json, {}, hashlib.sha256(json).hexdigest())
    )


def _table(place: Place, listed: Listed) -> Taken:
    stream = buckets.open_object(place, listed.key, etag=listed.etag, size=listed.size, block=SNIFFED)
    return Taken(listed, FeedKind.TABLES, format=importers.sniff(stream, plain_filename(listed.key)))


def item_key(key: str) -> str:
    """The object's own name, as long as an item's key may be."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()[:32]
