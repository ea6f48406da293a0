"""Rows into the table of items, as fast as the database can, counted exactly."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection
from django.db.models import Count, Max, Min
from django.utils import timezone

from labeling import storage
from labeling.images import CleanImage
from labeling.importers import Row
from tasks.models import Item

SUFFIX = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}  # what we encode, and the media view serves

INCOMING = """CREATE TEMP TABLE IF NOT EXISTS incoming_item
    (place integer, key text, data jsonb, media jsonb, content_hash text) ON COMMIT DELETE ROWS"""
COPY = "COPY incoming_item (place, key, data, media, content_hash) FROM STDIN"
INSERT = """WITH fresh AS (
    INSERT INTO tasks_item (dataset_id, upload_id, key, data, media, content_hash, created_at)
    SELECT %s, %s, key, data, media, content_hash, %s FROM incoming_item ORDER BY place
    ON CONFLICT (dataset_id, key) DO NOTHING RETURNING id)
    SELECT count(*), min(id), max(id) FROM fresh"""


@dataclass(frozen=True, slots=True)
class NewItem:
    key: str
    data: dict[str, Any]
    json: bytes
    media: dict[str, Any]
    content_hash: str


@dataclass(frozen=True, slots=True)
class Inserted:
    count: int
    first_id: int | None
    last_id: int | None


def new_item(row: Row, *, dataset_id: int) -> NewItem:
    """The item of a row; its image is on the disk when this returns."""
    if row.image:
        data = {"image": row.data.get("file", "")} | {n: value for n, value in row.data.items() if n != "file"}
        media = {"image": store_image(row.image, dataset_id)}
        return NewItem(row.key, data, orjson.dumps(data), media, row.image.sha256)
    json = orjson.dumps(row.data)
    canonical = orjson.dumps(row.data, option=orjson.OPT_SORT_KEYS)
    return NewItem(row.key, row.data, json, {}, hashlib.sha256(canonical).hexdigest())


def store_image(image: CleanImage, dataset_id: int) -> dict[str, Any]:
    """Named by content within the dataset: a chunk done again after a crash leaves no second copy."""
    base = f"images/{dataset_id}/{image.sha256[:2]}/{image.sha256}"
    key = f"{base}.{SUFFIX[image.format]}"
    media = store_previews(image, base)
    _keep(key, image.bytes)
    return media | {"key": key}


def store_previews(image: CleanImage, base: str) -> dict[str, Any]:
    """The thumbnail and, of a large picture, the tiles: all but the picture itself, and what is known of it."""
    thumb = f"{base}.thumb.webp"
    _keep(thumb, image.thumbnail)
    large = {}
    if image.tiles:
        large = {"tiles": {"key": f"{base}.tiles"} | image.tiles.describe()}
        _keep(f"{base}.tiles", image.tiles.bytes)
    return large | {
        "thumb": thumb,
        "width": image.width,
        "height": image.height,
        "format": image.format,
        "bytes": len(image.bytes),
    }


def _keep(name: str, content: bytes) -> None:
    storage.save_once(name, content)


def insert_items(items: list[NewItem], *, dataset_id: int, upload_id: int | None = None) -> Inserted:
    """Those whose key the dataset does not have yet. The caller holds a lock on the dataset's row."""
    if not items:
        return Inserted(0, None, None)
    insert = _copy if connection.vendor == "postgresql" else _bulk_create
    return insert(items, dataset_id, upload_id)


def _copy(items: list[NewItem], dataset_id: int, upload_id: int | None) -> Inserted:
    with connection.cursor() as cursor:
        cursor.execute(INCOMING)
        cursor.execute("DELETE FROM incoming_item")
        with cursor.copy(COPY) as copy:
            for place, item in enumerate(items):
                media = orjson.dumps(item.media).decode()
                copy.write_row((place, item.key, item.json.decode(), media, item.content_hash))
        cursor.execute(INSERT, [dataset_id, upload_id, timezone.now()])
        return Inserted(*cursor.fetchone())


def _bulk_create(items: list[NewItem], dataset_id: int, upload_id: int | None) -> Inserted:
    """For SQLite: its one writer is us, so the ids above the highest one are ours."""
    highest = Item.objects.aggregate(id=Max("id"))["id"] or 0
    rows = [
        Item(
            dataset_id=dataset_id,
            upload_id=upload_id,
            key=item.key,
            data=item.data,
            media=item.media,
            content_hash=item.content_hash,
        )
        for item in items
    ]
    Item.objects.bulk_create(rows, ignore_conflicts=True)
    fresh = Item.objects.filter(pk__gt=highest).aggregate(count=Count("id"), first=Min("id"), last=Max("id"))
    return Inserted(fresh["count"], fresh["first"], fresh["last"])
