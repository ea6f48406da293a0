"""Look through a feed's folder: listed page by page behind a stored key, and stored chunk by chunk.

A chunk's items, what is known of its objects, the counters and the key it ended at are one transaction; the lease is
that of imports (see tasks.services.ingesting). So a worker that dies costs the chunk it was at, and nothing twice.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from labeling import buckets
from labeling.buckets import BucketError, Listed
from labeling.errors import StaleState
from labeling.outbox import events
from labeling.sealing import CannotOpen
from tasks.models import Dataset, FedObject, Feed
from tasks.services.connections import note_that_it_works, note_trouble
from tasks.services.storing_objects import Stored, store
from tasks.services.taking_objects import Taken, kind_of, take_all
from tasks.services.work_leases import let_go, renew
from tasks.states import FedState, FeedState

WORK_SECONDS = 30  # of one job; it goes on in another
LEASE = timedelta(seconds=90)  # two tries of a bucket that hangs are 50 seconds
MOST_CRASHES = 3
CHUNK_TAKEN = 40
CHUNK_SECONDS = 5.0
GONE = "it is gone from the bucket"


@dataclass
class Chunk:
    taken: list[Taken] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)  # ids of rows
    back: list[int] = field(default_factory=list)  # gone, or changed, and now as it was
    passed_over: int = 0
    vanished: int = 0  # deleted after they were listed
    last_key: str = ""

    @property
    def objects(self) -> int:
        return len(self.taken) + len(self.unchanged) + len(self.back) + self.passed_over + self.vanished


def sync(*, feed_id: int, seconds: float = WORK_SECONDS) -> None:
    """Work on a feed for a while, if it is free. An object that cannot be used never stops the others."""
    feed = take_feed(feed_id=feed_id, now=timezone.now())
    if feed is None:
        return
    try:
        _sync_chunks(feed, until=time.monotonic() + seconds)
    except BucketError as error:
        note_trouble(connection=feed.connection, error=error, now=timezone.now())
        if error.may_pass:  # the lease runs out, and it is tried again; see `take_feed`
            Feed.objects.filter(pk=feed.pk, state=FeedState.RUNNING).update(error=str(error))
        else:
            end_sync(feed=feed, state=FeedState.FAILED, error=str(error))
    except CannotOpen as error:
        note_trouble(connection=feed.connection, error=error, now=timezone.now())
        end_sync(feed=feed, state=FeedState.FAILED, error=str(error))
    except StaleState:
        return  # somebody else has it now


def take_feed(*, feed_id: int, now: datetime) -> Feed | None:
    """Lease the feed, or return None: nothing to do, or another worker is at it.

    A lease that ran out is a crash, or a bucket out of reach. Several without a chunk in between end the sync.
    """
    feed = Feed.objects.select_related("dataset", "connection").filter(pk=feed_id).first()
    if feed is None or feed.state not in (FeedState.WAITING, FeedState.RUNNING):
        return None
    if feed.worked_at and feed.worked_at > now - LEASE:
        return None
    crashes = feed.crashes + (feed.worked_at is not None)
    unchanged = Feed.objects.filter(pk=feed.pk, state=feed.state, worked_at=feed.worked_at)
    started = feed.started_at or now
    if not unchanged.update(state=FeedState.RUNNING, worked_at=now, crashes=crashes, started_at=started):
        return None
    feed.state, feed.worked_at, feed.crashes, feed.started_at = FeedState.RUNNING, now, crashes, started
    if crashes > MOST_CRASHES:
        why = f"the sync stopped {crashes} times at the same place, after {feed.looked_at} objects"
        if feed.error:
            why = f"the sync stopped {crashes} times, after {feed.looked_at} objects: {feed.error}"
        end_sync(feed=feed, state=FeedState.FAILED, error=why)
        return None
    return feed


def _sync_chunks(feed: Feed, *, until: float) -> None:
    place = feed.connection.place
    for page in buckets.list_objects(place, feed.whole_prefix, after=feed.cursor):
        for chunk in _chunks(feed, page):
            store_chunk(feed=feed, chunk=chunk)
            if _should_stop(feed):
                end_sync(feed=feed, state=FeedState.STOPPED)
                return
            if time.monotonic() >= until:
                give_back(feed=feed)
                return
    finish_sync(feed=feed)
    note_that_it_works(connection=feed.connection, now=timezone.now())


def _chunks(feed: Feed, page: list[Listed]) -> Iterator[Chunk]:
    """What is known already costs one query a page; what is new is fetched, and ends a chunk when it is enough."""
    known = {row.key: row for row in FedObject.objects.filter(feed=feed, key__in=[one.key for one in page])}
    kinds: dict[str, str] = {}
    for one in page:
        kind = kind_of(one.key, feed.kinds) if _is_object(one) else None
        if kind and _is_wanted(known.get(one.key), one, feed):
            kinds[one.key] = kind
    wanted = [(one, kinds[one.key]) for one in page if one.key in kinds]
    taken = take_all(
        feed.connection.place, wanted, dataset_id=feed.dataset_id, encoding=feed.options.get("encoding", "")
    )
    chunk, until = Chunk(), time.monotonic() + CHUNK_SECONDS
    for one in page:
        row = known.get(one.key)
        if one.key in kinds:
            found = next(taken)
            if found.error and found.error.is_of_all:
                if chunk.objects:
                    yield chunk
                raise found.error
            if found.error and found.error.code == "missing":
                chunk.vanished += 1
            else:
                chunk.taken.append(found)
        elif row is None:
            chunk.passed_over += _is_object(one)
        elif row.etag == one.etag and row.state in (FedState.GONE, FedState.CHANGED):
            chunk.back.append(row.pk)
        else:
            chunk.unchanged.append(row.pk)
        chunk.last_key = one.key
        if len(chunk.taken) >= CHUNK_TAKEN or time.monotonic() >= until:
            yield chunk
            chunk, until = Chunk(), time.monotonic() + CHUNK_SECONDS
    if chunk.last_key:
        yield chunk


def _is_object(one: Listed) -> bool:
    """Not the mark of a folder, nor a name that no database takes."""
    return not one.key.endswith("/") and "\x00" not in one.key


def _is_wanted(row: FedObject | None, one: Listed, feed: Feed) -> bool:
    """New, or another one than it was. What changed after it was answered waits for somebody's word."""
    if row is None:
        return True
    if row.etag == one.etag:
        return False
    return row.state != FedState.CHANGED or feed.take_changed


def _should_stop(feed: Feed) -> bool:
    asked = Q(stop_requested=True) | ~Q(dataset__deleted_at=None)
    return Feed.objects.filter(pk=feed.pk).filter(asked).exists()


@transaction.atomic
def store_chunk(*, feed: Feed, chunk: Chunk) -> None:
    """Items, what is known of the objects, counters and the place in the bucket. StaleState when the lease is lost."""
    dataset = Dataset.objects.select_for_update(no_key=True).filter(pk=feed.dataset_id, deleted_at=None).first()
    if dataset is None:
        raise StaleState("the dataset was deleted")
    now = timezone.now()
    mine = FedObject.objects.filter(feed=feed)
    mine.filter(pk__in=chunk.unchanged).update(seen_run=feed.run)
    mine.filter(pk__in=chunk.back).update(seen_run=feed.run, state=FedState.TAKEN, note="", changed_at=now)
    stored = store(feed=feed, taken=chunk.taken, now=now) if chunk.taken else Stored()
    _renew(
        feed,
        cursor=chunk.last_key,
        looked_at=F("looked_at") + chunk.objects,
        fresh=F("fresh") + stored.fresh,
        changed=F("changed") + stored.changed,
        refused=F("refused") + stored.refused,
        passed_over=F("passed_over") + chunk.passed_over,
        crashes=0,
        error="",
    )
    feed.cursor = chunk.last_key
    if stored.items.count:
        Dataset.objects.filter(pk=dataset.pk).update(item_count=F("item_count") + stored.items.count)
        first, last = stored.items.first_id, stored.items.last_id
        _emit("items.created", feed, first_id=first, last_id=last, count=stored.items.count)
    for upload in stored.uploads:
        events.emit(
            "upload.received",
            organization_id=feed.dataset.organization_id,
            object_id=upload,
            dataset=feed.dataset_id,
            mode=feed.dataset.mode,
        )


@transaction.atomic
def finish_sync(*, feed: Feed) -> None:
    """The whole folder was looked through: what was not met any more is gone. It is told, and nothing is deleted."""
    now = timezone.now()
    missed = FedObject.objects.filter(feed=feed, seen_run__lt=feed.run).exclude(state=FedState.GONE)
    missed.filter(state=FedState.REFUSED).delete()
    gone = missed.update(state=FedState.GONE, note=GONE, changed_at=now)
    _renew(feed, gone=gone, expected=F("looked_at"))
    end_sync(feed=feed, state=FeedState.DONE)


@transaction.atomic
def end_sync(*, feed: Feed, state: FeedState, error: str = "") -> None:
    _renew(feed, state=state, error=error[:500], finished_at=timezone.now(), stop_requested=False, take_changed=False)
    feed.state = state
    _emit({FeedState.DONE: "feed.synced"}.get(state, f"feed.{state.value}"), feed)


@transaction.atomic
def give_back(*, feed: Feed) -> None:
    """End the lease and ask for the next job."""
    let_go(feed)
    _emit("feed.continued", feed)


def _renew(feed: Feed, **changes: Any) -> None:
    renew(feed, FeedState.RUNNING, **changes)


def _emit(kind: str, feed: Feed, **payload: Any) -> None:
    """Events about items name the dataset, those about feeds the feed."""
    events.emit(
        kind,
        organization_id=feed.dataset.organization_id,
        object_id=feed.dataset_id if kind.startswith("items.") else feed.pk,
        dataset=feed.dataset_id,
        feed=feed.pk,
        mode=feed.dataset.mode,
        **payload,
    )
