"""Turn an uploaded file into items, chunk by chunk. A chunk and the position after it are one transaction.

`worked_at` is the lease of whoever ingests an upload, and fences off one who lost it: each chunk renews it by
compare-and-set, so two workers never store the same lines, even when one of them was only asleep.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from labeling import buckets, importers, storage
from labeling.buckets import BucketError
from labeling.errors import BadFile, StaleState
from labeling.importers import ImportOptions, LineProblem, Row
from labeling.outbox import events
from tasks.models import Dataset, Item, Upload, UploadProblem
from tasks.services.connections import note_trouble
from tasks.services.storing_items import NewItem, insert_items, new_item
from tasks.services.work_leases import let_go, renew
from tasks.states import UploadState

WORK_SECONDS = 30  # of one job; it goes on in another
LEASE = timedelta(seconds=45)
MOST_CRASHES = 3
CHUNK_ROWS = 2000
CHUNK_IMAGES = 40
CHUNK_BYTES = 8_000_000
CHUNK_SECONDS = 5.0
CHOSEN = ("text_field", "id_field", "labels_as", "texts_as", "encoding")
"""Of what an uploader may say."""


@dataclass
class Chunk:
    items: list[NewItem] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """Those of the items."""
    problems: list[LineProblem] = field(default_factory=list)
    images: int = 0
    bytes: int = 0
    position: dict[str, Any] | None = None
    is_last: bool = False

    def add(self, entry: Row | LineProblem, dataset_id: int) -> None:
        self.position = entry.position_after
        if isinstance(entry, LineProblem):
            self.problems.append(entry)
        else:
            item = new_item(entry, dataset_id=dataset_id)
            self.items.append(item)
            self.lines.append(entry.line)
            self.images += entry.image is not None
            self.bytes += len(item.json)

    @property
    def rows(self) -> int:
        return len(self.items) + len(self.problems)

    @property
    def is_full(self) -> bool:
        return self.rows >= CHUNK_ROWS or self.images >= CHUNK_IMAGES or self.bytes >= CHUNK_BYTES


def ingest(*, upload_id: int, seconds: float = WORK_SECONDS) -> None:
    """Work on an upload for a while, if it is free. A bad line never stops the good ones."""
    upload = take_upload(upload_id=upload_id, now=timezone.now())
    if upload is None:
        return
    try:
        with open_source(upload) as stream:
            _ingest_chunks(upload, stream, until=time.monotonic() + seconds)
    except BucketError as error:
        if upload.source:
            note_trouble(connection=upload.source.feed.connection, error=error, now=timezone.now())
        if error.may_pass:  # the lease runs out, and it is tried again; see `take_upload`
            Upload.objects.filter(pk=upload.pk, state=UploadState.RUNNING).update(error=str(error))
        else:
            finish_upload(upload=upload, state=UploadState.FAILED, error=str(error))
    except BadFile as error:
        finish_upload(upload=upload, state=UploadState.FAILED, error=str(error))
    except FileNotFoundError:
        finish_upload(upload=upload, state=UploadState.FAILED, error="the file is gone; upload it again")
    except StaleState:
        return  # somebody else has it now


def open_source(upload: Upload) -> BinaryIO:
    """The file that was sent, or the object of a bucket that is read where it is."""
    if upload.source is None:
        return storage.open_file(upload.storage_key)
    place = upload.source.feed.connection.place
    return buckets.open_object(place, upload.source.key, etag=upload.source_etag, size=upload.size)


def take_upload(*, upload_id: int, now: datetime) -> Upload | None:
    """Lease the upload, or return None: finished, or another worker is at it.

    A lease that ran out is a crash. Several of them without a chunk in between end the import.
    """
    upload = Upload.objects.select_related("dataset", "source__feed__connection").filter(pk=upload_id).first()
    if upload is None or upload.state not in (UploadState.WAITING, UploadState.RUNNING):
        return None
    if upload.worked_at and upload.worked_at > now - LEASE:
        return None
    crashes = upload.crashes + (upload.worked_at is not None)
    unchanged = Upload.objects.filter(pk=upload.pk, state=upload.state, worked_at=upload.worked_at)
    if not unchanged.update(state=UploadState.RUNNING, worked_at=now, crashes=crashes):
        return None
    upload.state, upload.worked_at, upload.crashes = UploadState.RUNNING, now, crashes
    if crashes > MOST_CRASHES:
        error = f"the import stopped {crashes} times at the same place, after line {upload.rows}"
        error = f"{error}: {upload.error}" if upload.error else error
        finish_upload(upload=upload, state=UploadState.FAILED, error=error)
        return None
    return upload


def _ingest_chunks(upload: Upload, stream: BinaryIO, *, until: float) -> None:
    reader = importers.get(upload.format)
    if upload.position is None:
        _find_schema(upload, stream)
    entries = reader.read(stream, position=upload.position or {}, options=_options(upload))
    while True:
        if _should_stop(upload):
            finish_upload(upload=upload, state=UploadState.CANCELED)
            return
        chunk = _next_chunk(entries, upload.dataset_id)
        if chunk.rows:
            done = (chunk.position or {}).get("offset") or stream.tell()
            store_chunk(upload=upload, chunk=chunk, bytes_done=done)
        if chunk.is_last:
            finish_upload(upload=upload, state=UploadState.DONE, bytes_done=upload.size)
            return
        if time.monotonic() >= until:
            give_back(upload=upload)
            return


def _find_schema(upload: Upload, stream: BinaryIO) -> None:
    """What the labels in the file suggest to ask, so that a project need not be described anew."""
    found = importers.schema_of(stream, name=upload.filename, format=upload.format, options=_options(upload))
    if found:
        _renew(upload, schema={"type": found.type, "config": found.config})


def _options(upload: Upload) -> ImportOptions:
    chosen = {name: upload.options[name] for name in CHOSEN if name in upload.options}
    return ImportOptions(
        file_name=upload.filename, max_line=settings.MAX_LINE, pixel_limit=settings.MAX_IMAGE_PIXELS, **chosen
    )


def _should_stop(upload: Upload) -> bool:
    wanted = Upload.objects.filter(pk=upload.pk).filter(Q(cancel_requested=True) | ~Q(dataset__deleted_at=None))
    return wanted.exists()


def _next_chunk(entries: Iterator[Row | LineProblem], dataset_id: int) -> Chunk:
    chunk, until = Chunk(), time.monotonic() + CHUNK_SECONDS
    for entry in entries:
        chunk.add(entry, dataset_id)
        if chunk.is_full or time.monotonic() >= until:
            return chunk
    chunk.is_last = True
    return chunk


@transaction.atomic
def store_chunk(*, upload: Upload, chunk: Chunk, bytes_done: int) -> None:
    """Items, problems, counters and position together. Raises StaleState when the lease is lost."""
    dataset = Dataset.objects.select_for_update(no_key=True).filter(pk=upload.dataset_id, deleted_at=None).first()
    if dataset is None:
        raise StaleState("the dataset was deleted")
    inserted = insert_items(chunk.items, dataset_id=upload.dataset_id, upload_id=upload.pk)
    problems = [*chunk.problems, *(_clashes(upload, chunk) if inserted.count < len(chunk.items) else [])]
    refused = len(problems) - len(chunk.problems)
    bytes_done = max(upload.bytes_done, min(bytes_done, upload.size))
    _renew(
        upload,
        position=chunk.position,
        bytes_done=bytes_done,
        rows=F("rows") + chunk.rows,
        created=F("created") + inserted.count,
        duplicates=F("duplicates") + len(chunk.items) - inserted.count - refused,
        rejected=F("rejected") + len(problems),
        crashes=0,
        error="",
    )
    upload.bytes_done = bytes_done
    UploadProblem.objects.bulk_create(
        [
            UploadProblem(
                upload=upload, line=problem.line, field=problem.field[:200], reason=problem.reason, code=problem.code
            )
            for problem in problems
        ]
    )
    if inserted.count:
        Dataset.objects.filter(pk=dataset.pk).update(item_count=F("item_count") + inserted.count)
        _emit("items.created", upload, first_id=inserted.first_id, last_id=inserted.last_id, count=inserted.count)


def _clashes(upload: Upload, chunk: Chunk) -> Iterator[LineProblem]:
    """Lines that are left out because another item has their key; an item that is there already as it is, is none."""
    stored = Item.objects.filter(dataset_id=upload.dataset_id, key__in=[item.key for item in chunk.items])
    known = {key: (digest, data) for key, digest, data in stored.values_list("key", "content_hash", "data")}
    for line, item in zip(chunk.lines, chunk.items, strict=True):
        digest, data = known.get(item.key, (item.content_hash, item.data))
        if digest != item.content_hash or (item.media and data != item.data):
            field = "file" if item.media else upload.options.get("id_field", "id")
            reason = f"{item.key!r} is the key of another item: this one is left out"
            yield LineProblem(line, {}, field, reason, "duplicate")


@transaction.atomic
def finish_upload(*, upload: Upload, state: UploadState, error: str = "", **changes: Any) -> None:
    """The source is kept until the upload is done: a canceled or failed one may be resumed."""
    now = timezone.now()
    _renew(upload, state=state, error=error, finished_at=now, cancel_requested=False, **changes)
    upload.state = state
    _emit(f"upload.{state.value}", upload)
    if state == UploadState.DONE:
        transaction.on_commit(lambda: delete_source(upload=upload), robust=True)


def delete_source(*, upload: Upload) -> None:
    """The name is forgotten last, so that a crash in between leaves the file to a sweeper."""
    storage.delete(upload.storage_key)
    Upload.objects.filter(pk=upload.pk).update(storage_key="")


@transaction.atomic
def give_back(*, upload: Upload) -> None:
    """End the lease and ask for the next job."""
    let_go(upload)
    _emit("upload.continued", upload)


def _renew(upload: Upload, **changes: Any) -> None:
    renew(upload, UploadState.RUNNING, **changes)


def _emit(kind: str, upload: Upload, **payload: Any) -> None:
    """Events about items name the dataset, those about uploads the upload."""
    about_items = kind.startswith("items.")
    events.emit(
        kind,
        organization_id=upload.dataset.organization_id,
        object_id=upload.dataset_id if about_items else upload.pk,
        dataset=upload.dataset_id,
        upload=upload.pk,
        mode=upload.dataset.mode,
        **payload,
    )
