"""What was taken of a bucket's objects, into items and the table of what is known of them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from labeling import storage
from tasks.models import Answer, FedObject, Feed, Item, Upload
from tasks.models.buckets import FeedKind
from tasks.selectors.in_place import key_of
from tasks.services.storing_items import SUFFIX, Inserted, NewItem, insert_items
from tasks.services.taking_objects import Taken
from tasks.services.uploading import plain_filename
from tasks.states import FedState, UploadState

KNOWN = "the dataset has another item with this key already"
NEW_VERSION = "it changed in the bucket; nobody had answered, so the new version is used"
READ_ANEW = "it changed in the bucket, and is imported anew: known records stay as they are"
AFTER_ANSWERS = "it changed in the bucket after it was answered"
TAKEN_ANYWAY = "it changed in the bucket after it was answered; the new version is used, as somebody decided"


@dataclass
class Stored:
    items: Inserted = Inserted(0, None, None)
    uploads: list[int] = field(default_factory=list)
    fresh: int = 0
    changed: int = 0
    refused: int = 0


def store(*, feed: Feed, taken: list[Taken], now: datetime) -> Stored:
    """Within the caller's transaction, which holds the dataset."""
    done = Stored()
    known = {
        row.key: row
        for row in FedObject.objects.filter(feed=feed, key__in=[one.listed.key for one in taken]).select_related("item")
    }
    fresh: list[tuple[Taken, FedObject | None]] = []
    met: list[tuple[Taken, FedObject]] = []
    for one in taken:
        row = known.get(one.listed.key)
        if row is None or _is_blank(row):
            fresh.append((one, row))
        else:
            met.append((one, row))
    _add(fresh, feed, now, done)
    for one, row in met:
        done.changed += 1
        _change(row, one, feed, now, done)
    return done


def _is_blank(row: FedObject) -> bool:
    """Nothing was made of it yet."""
    return row.kind != FeedKind.TABLES and row.item_id is None


def _add(found: list[tuple[Taken, FedObject | None]], feed: Feed, now: datetime, done: Stored) -> None:
    wanted = [one.item.key for one, _ in found if one.item]
    there = dict(Item.objects.filter(dataset=feed.dataset_id, key__in=wanted).values_list("key", "content_hash"))
    rows: list[tuple[Taken, FedObject]] = []
    for one, row in found:
        row = row or FedObject(feed=feed, key=one.listed.key)
        etag = "" if one.error else one.listed.etag  # what the bucket refused to give is asked for again
        row.etag, row.size, row.kind, row.changed_at = etag, one.listed.size, one.kind, now
        row.seen_run, row.is_bare = feed.run, one.is_bare
        reason = one.reason
        if one.item and one.item.key in there and (one.image or there[one.item.key] != one.item.content_hash):
            reason = KNOWN
        row.state, row.note = (FedState.REFUSED, reason[:500]) if reason else (FedState.TAKEN, "")
        done.refused += bool(reason)
        done.fresh += not reason
        rows.append((one, row))
    FedObject.objects.bulk_create([row for _, row in rows if row.pk is None])
    items: dict[str, FedObject] = {}
    new: list[NewItem] = []
    for one, row in rows:
        if row.state == FedState.TAKEN and one.item:
            items[one.item.key] = row
            new.append(_named(one, row))
        elif row.state == FedState.TAKEN:
            done.uploads.append(_import(row, one, feed, now))
    done.items = insert_items(new, dataset_id=feed.dataset_id)
    ids = Item.objects.filter(dataset=feed.dataset_id, key__in=list(items)).values_list("key", "id")
    for key, pk in ids:
        items[key].item_id = pk
    changes = ["etag", "size", "kind", "state", "note", "is_bare", "seen_run", "item", "changed_at"]
    FedObject.objects.bulk_update([row for _, row in rows], changes)


def _named(one: Taken, row: FedObject) -> NewItem:
    """The item with its picture's name, which holds the id of our row."""
    assert one.item is not None
    if one.image is None:
        return one.item
    name = key_of(row.pk, one.image.sha256, SUFFIX[one.image.format])
    media = {"image": one.item.media["image"] | {"key": name}}
    return NewItem(one.item.key, one.item.data, one.item.json, media, one.item.content_hash)


def _change(row: FedObject, one: Taken, feed: Feed, now: datetime, done: Stored) -> None:
    """Another object under a known name. What was answered is not replaced unless somebody said so."""
    row.seen_run, row.changed_at = feed.run, now
    item = row.item
    if one.error:
        why = f"the new version cannot be read: {one.error}"
        row.note = why[:500]
    elif one.reason:
        why = f"the new version cannot be used: {one.reason}"
        row.state, row.note = FedState.CHANGED, why[:500]
    elif one.kind == FeedKind.TABLES:
        row.state, row.note, row.etag, row.size = FedState.TAKEN, READ_ANEW, one.listed.etag, one.listed.size
        done.uploads.append(_import(row, one, feed, now))
    elif item is not None:
        answered = Answer.objects.filter(assignment__task__item=item).exists()
        if answered and not feed.take_changed:
            row.state, row.note = FedState.CHANGED, AFTER_ANSWERS
        else:
            row.state, row.note = FedState.TAKEN, TAKEN_ANYWAY if answered else NEW_VERSION
            row.etag, row.size, row.is_bare = one.listed.etag, one.listed.size, one.is_bare
            _replace(item, _named(one, row))
    row.save()


def _replace(item: Item, new: NewItem) -> None:
    old = item.media.get("image", {})
    item.data, item.media, item.content_hash = new.data, new.media, new.content_hash
    item.save(update_fields=["data", "media", "content_hash"])
    spent = {old.get("thumb", ""), old.get("tiles", {}).get("key", "")}
    fresh = item.media.get("image", {})
    spent -= {fresh.get("thumb", ""), fresh.get("tiles", {}).get("key", "")}
    transaction.on_commit(lambda: storage.delete(*spent), robust=True)


def _import(row: FedObject, one: Taken, feed: Feed, now: datetime) -> int:
    """An import like that of a file that was sent, but read where it lies."""
    if row.pk is None:
        row.save()
    upload = Upload.objects.create(
        dataset_id=feed.dataset_id,
        state=UploadState.WAITING,
        filename=plain_filename(one.listed.key),
        format=one.format,
        options=feed.options,
        source=row,
        source_etag=one.listed.etag,
        size=one.listed.size,
        created_by=feed.created_by,
        created_at=now,
    )
    return upload.pk
