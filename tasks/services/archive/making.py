"""Make archives, and take them in, in the background.

One look at the whole database cannot be cut into chunks, nor can a transaction. So this job runs until it is done: a
thread beside it gives signs of life and tells how far it is. A job that dies is begun again, from the start; what it
had written is nowhere to be seen.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from labeling import storage
from labeling.buckets import OwnStorageError
from labeling.errors import BadFile, StaleState
from labeling.outbox import events
from tasks.models import Archive
from tasks.models.archives import Direction
from tasks.services.archive.kinds import KINDS
from tasks.services.archive.reading import open_archive
from tasks.services.archive.records import rows_of
from tasks.services.archive.restoring import Restored, is_empty, restore_archive
from tasks.services.archive.writing import write_archive
from tasks.states import ExportState
from workers.models import Organization, User

S = ExportState
UNDER_WAY = (S.WAITING, S.RUNNING)
LEASE = timedelta(seconds=90)
BEAT = 5.0  # seconds between two signs of life
MOST_CRASHES = 3
KEEP = timedelta(days=7)
LONGEST_ERROR = 1000


@transaction.atomic
def request_archive(*, organization: Organization, created_by: User | None) -> Archive:
    """Queue one. StaleState while another is under way."""
    return _queue(organization, Direction.OUT, created_by)


def bring_archive(*, organization: Organization, stream: BinaryIO, created_by: User | None) -> Archive:
    """Keep the file and queue its import. StaleState where there is something already."""
    _refuse_unless_empty(organization)
    key = storage.new_key("archives", ".zip")
    with storage.writing(key) as file:
        while block := stream.read(storage.BLOCK):
            file.write(block)
        size, sha256 = file.size, file.sha256
    try:
        with transaction.atomic():
            return _queue(organization, Direction.IN, created_by, storage_key=key, size=size, sha256=sha256)
    except StaleState:
        storage.delete(key)
        raise


def _refuse_unless_empty(organization: Organization) -> None:
    if not is_empty(organization):
        raise StaleState(f"{organization.name} is not empty: an archive can only be brought into an empty organization")


def _queue(organization: Organization, direction: str, created_by: User | None, **file: Any) -> Archive:
    try:
        with transaction.atomic():
            made = Archive.objects.create(organization=organization, direction=direction, created_by=created_by, **file)
    except IntegrityError:
        raise StaleState("another archive is under way; wait until it is done") from None
    _emit("archive.requested", made, actor_id=created_by.pk if created_by else None, direction=direction)
    return made


def run_archive(*, archive_id: int) -> None:
    """Work on it until it is done, if it is free."""
    archive = take_archive(archive_id=archive_id, now=timezone.now())
    if archive is None:
        return
    try:
        with _signs_of_life(archive) as beat:
            if archive.direction == Direction.OUT:
                _write(archive, beat)
            else:
                _restore(archive, beat)
    except StaleState:
        if archive.direction == Direction.IN and not is_empty(archive.organization):
            message = f"{archive.organization.name} is not empty any more"
            fail_archive(archive=archive, error=message)
    except BadFile as error:
        fail_archive(archive=archive, error=str(error))
    except OwnStorageError as error:  # the lease runs out, and it is begun again; see `take_archive`
        Archive.objects.filter(pk=archive.pk, state=S.RUNNING).update(error=str(error)[:LONGEST_ERROR])
    except OSError as error:
        message = f"the file cannot be written or read: {error.strerror or error}"
        fail_archive(archive=archive, error=message)


def take_archive(*, archive_id: int, now: datetime) -> Archive | None:
    """Lease it, or return None: finished, or another worker is at it."""
    archive = Archive.objects.select_related("organization", "created_by").filter(pk=archive_id).first()
    if archive is None or archive.state not in UNDER_WAY:
        return None
    if archive.worked_at and archive.worked_at > now - LEASE:
        return None
    crashes = archive.crashes + (archive.worked_at is not None)
    unchanged = Archive.objects.filter(pk=archive.pk, state=archive.state, worked_at=archive.worked_at)
    if not unchanged.update(state=S.RUNNING, worked_at=now, crashes=crashes, done=0, at=""):
        return None
    archive.state, archive.worked_at, archive.crashes = S.RUNNING, now, crashes
    if crashes >= MOST_CRASHES:
        message = f"it was begun {crashes} times, and stopped each time at {archive.at or '?'}"
        fail_archive(archive=archive, error=f"{message}: {archive.error}" if archive.error else message)
        return None
    return archive


def _write(archive: Archive, beat: Beat) -> None:
    total = sum(rows_of(kind, archive.organization).count() for kind in KINDS)
    Archive.objects.filter(pk=archive.pk).update(total=total)
    key = storage.new_key("archives", ".zip")
    with storage.writing(key) as file:
        manifest = write_archive(archive.organization, cast(BinaryIO, file), now=timezone.now(), tick=beat.tick)
        size, sha256 = file.size, file.sha256
    counts = {name: told["count"] for name, told in manifest["records"].items()} | {"media": manifest["media"]["count"]}
    beat.stop()
    try:
        _finish(archive, storage_key=key, size=size, sha256=sha256, counts=counts, lost=manifest["media"]["lost"])
    except StaleState:
        storage.delete(key)
        raise


def _restore(archive: Archive, beat: Beat) -> None:
    def done(restored: Restored) -> None:
        beat.stop()
        _finish(archive, storage_key="", size=archive.size, sha256=archive.sha256, counts=restored.counts, lost=0)

    with storage.open_file(archive.storage_key) as stream:
        told = open_archive(stream).manifest["records"].values()
        Archive.objects.filter(pk=archive.pk).update(total=sum(each["count"] for each in told))
        stream.seek(0)
        token = salted_hmac("groundwork.archive.files", str(archive.pk)).hexdigest()[:32]
        restore_archive(
            stream,
            now=timezone.now(),
            into=archive.organization,
            actor=archive.created_by,
            token=token,
            tick=beat.tick,
            then=done,
        )
    storage.delete(archive.storage_key)


@transaction.atomic
def _finish(archive: Archive, *, counts: dict[str, int], lost: int, **file: Any) -> None:
    total = sum(count for name, count in counts.items() if name != "media")
    mine = Archive.objects.filter(pk=archive.pk, state=S.RUNNING, crashes=archive.crashes)
    done = {"state": S.DONE, "finished_at": timezone.now(), "done": total, "total": total, "at": "", "worked_at": None}
    if not mine.update(**done, error="", counts=counts, **file):
        raise StaleState(f"archive {archive.pk} was taken over")
    _emit("archive.done", archive, direction=archive.direction, size=file["size"], records=total, lost_files=lost)


@transaction.atomic
def fail_archive(*, archive: Archive, error: str) -> None:
    mine = Archive.objects.filter(pk=archive.pk, state=S.RUNNING, crashes=archive.crashes)
    if mine.update(state=S.FAILED, error=error[:LONGEST_ERROR], finished_at=timezone.now(), worked_at=None):
        _emit("archive.failed", archive, direction=archive.direction, error=error[:LONGEST_ERROR])


def delete_old_files(*, now: datetime) -> int:
    """Files go some days after they were made, or were not taken; the rows stay to tell of them."""
    old = Archive.objects.filter(finished_at__lt=now - KEEP).exclude(storage_key="")
    gone = list(old.values_list("pk", "storage_key")[:100])
    for pk, key in gone:
        storage.delete(key)
        Archive.objects.filter(pk=pk).update(storage_key="")
    return len(gone)


class Beat:
    """What the thread tells: that we live, and where we are."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.at, self.before, self.here = archive, "", 0, 0
        self.is_lost = False
        self._over = threading.Event()

    def tick(self, at: str, count: int) -> None:
        if self.is_lost:
            raise StaleState(f"archive {self.archive.pk} was taken over")
        if at != self.at:
            self.before, self.at = self.before + self.here, at
        self.here = 0 if at == "media" else count

    def stop(self) -> None:
        self._over.set()

    def run(self) -> None:
        try:
            while not self._over.wait(BEAT):
                self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        mine = Archive.objects.filter(pk=self.archive.pk, state=S.RUNNING, crashes=self.archive.crashes)
        try:
            told = mine.update(worked_at=timezone.now(), at=self.at, done=self.before + self.here)
        except DatabaseError:
            return  # SQLite has one writer, and an import is it for a while
        if not told and not self._over.is_set():
            self.is_lost = True


@contextmanager
def _signs_of_life(archive: Archive) -> Iterator[Beat]:
    beat = Beat(archive)
    thread = threading.Thread(target=beat.run, name="archive-beat", daemon=True)
    thread.start()
    try:
        yield beat
    finally:
        beat.stop()
        thread.join(timeout=BEAT)


def _emit(kind: str, archive: Archive, *, actor_id: int | None = None, **payload: Any) -> None:
    events.emit(kind, organization_id=archive.organization_id, object_id=archive.pk, actor_id=actor_id, **payload)
