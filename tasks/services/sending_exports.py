"""Write finished exports into buckets: in parts from the disk, going on where it stopped, tried again on failure."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from labeling import buckets, exporters, storage
from labeling.buckets import BucketError, Sending
from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.sealing import CannotOpen
from tasks.models import Export, SentExport, StorageConnection
from tasks.services.aborting_uploads import NOTHING_THERE, abort_now, abort_parts
from tasks.services.connections import folder, note_that_it_works, note_trouble
from tasks.services.sending_losses import send_losses
from tasks.services.work_leases import let_go, renew
from tasks.states import ExportState, SendingState
from workers.models import User

WORK_SECONDS = 30  # of one job; it goes on in another
LEASE = timedelta(seconds=120)
WAITS = (10, 60, 300, 1800)  # seconds before another try; then it has failed
UNDER_WAY = (SendingState.WAITING, SendingState.RUNNING)


@transaction.atomic
def send_export(
    *, export: Export, connection: StorageConnection, actor: User | None, prefix: str = "", now: datetime
) -> SentExport:
    """It is sent as soon as it is done. The same place again is refused while that is under way."""
    StorageConnection.objects.select_for_update().get(pk=connection.pk)
    if (connection.organization_id, connection.mode) != (export.project.organization_id, export.project.mode):
        raise ValueError("an export is sent by its own organization's connections only")
    if export.state == ExportState.FAILED:
        raise StaleState("the export failed: there is nothing to send")
    try:
        below = folder(prefix)
    except ValueError:
        raise InvalidInput(Problem("prefix", "must be a folder's path", "format")) from None
    key = f"{connection.prefix}{below}{file_name(export)}"
    if len(key.encode()) > 1000:
        raise InvalidInput(Problem("prefix", "makes a name that is longer than 1000 bytes", "range"))
    sent, is_new = SentExport.objects.get_or_create(
        export=export, connection=connection, key=key, defaults={"created_by": actor, "created_at": now}
    )
    if not is_new:
        send_again(sent=sent, actor=actor)
        return sent
    _emit("export.sending", sent, actor)
    return sent


def file_name(export: Export) -> str:
    suffix = exporters.suffix_of(exporters.get(export.format), with_files=export.include_files)
    return f"{slugify(export.project.name) or 'project'}-export-{export.pk}{suffix}"


@transaction.atomic
def stop_sending(*, sent: SentExport, actor: User | None) -> None:
    """Whoever is at it hears of it at the next part; what is in the bucket by then is aborted by `abort_given_up`."""
    if sent.state not in UNDER_WAY:
        raise StaleState("it is not on its way any more")
    changes: dict[str, Any] = {"due_at": None, "error": "", "finished_at": timezone.now()}
    SentExport.objects.move(sent.pk, SendingState(sent.state), SendingState.CANCELED, **changes)
    sent.state = SendingState.CANCELED
    _emit("export.send_stopped", sent, actor)


@transaction.atomic
def send_again(*, sent: SentExport, actor: User | None) -> None:
    """From the beginning, if the bucket has forgotten the parts; else behind the last one."""
    if sent.state in UNDER_WAY:
        raise StaleState("it is on its way there already")
    changes: dict[str, Any] = {"tries": 0, "due_at": None, "error": "", "worked_at": None, "finished_at": None}
    if sent.state == SendingState.DONE:
        changes |= NOTHING_THERE
    SentExport.objects.move(sent.pk, SendingState(sent.state), SendingState.WAITING, **changes)
    _emit("export.sending", sent, actor)


def work_on(*, sent_id: int, seconds: float = WORK_SECONDS) -> None:
    """Send for a while, if it is free and its export is done."""
    sent = take(sent_id=sent_id, now=timezone.now())
    if sent is None:
        return
    try:
        _send_parts(sent, until=time.monotonic() + seconds)
    except (BucketError, CannotOpen) as error:
        note_trouble(connection=sent.connection, error=error, now=timezone.now())
        _failed(sent, str(error), is_forgotten=getattr(error, "code", "") == "missing")
    except FileNotFoundError:
        why = "the file of the export is gone"
        _failed(sent, why, for_good=True)
    except StaleState:
        return  # somebody else has it now


def take(*, sent_id: int, now: datetime) -> SentExport | None:
    """Lease it, or return None: finished, not due, its export is not done, or another worker is at it."""
    rows = SentExport.objects.select_related("export__project", "connection").filter(pk=sent_id)
    sent = rows.filter(state__in=UNDER_WAY).first()
    if sent is None or (sent.due_at and sent.due_at > now) or (sent.worked_at and sent.worked_at > now - LEASE):
        return None
    if sent.export.state == ExportState.FAILED:
        mine = SentExport.objects.filter(pk=sent.pk, state=sent.state)
        why = "the export failed: there is nothing to send"
        mine.update(state=SendingState.FAILED, error=why, finished_at=now)
        return None
    if sent.export.state != ExportState.DONE:
        return None
    unchanged = SentExport.objects.filter(pk=sent.pk, state=sent.state, worked_at=sent.worked_at)
    if not unchanged.update(state=SendingState.RUNNING, worked_at=now):
        return None
    sent.state, sent.worked_at = SendingState.RUNNING, now
    return sent


def _send_parts(sent: SentExport, *, until: float) -> None:
    place, export = sent.connection.place, sent.export
    if not sent.upload_id:
        exporter = exporters.get(export.format)
        is_zip = exporters.suffix_of(exporter, with_files=export.include_files) != exporter.SUFFIX
        begun = buckets.begin(place, sent.key, "application/zip" if is_zip else exporter.CONTENT_TYPE)
        changes = {"part_size": buckets.part_size(export.size), "etags": [], "bytes_done": 0}
        try:
            _renew(sent, upload_id=begun.upload_id, **changes)
        except StaleState:
            abort_now(place, begun)
            raise
    sending = Sending(sent.key, sent.upload_id)
    with storage.open_file(export.storage_key) as file:
        file.seek(sent.bytes_done)
        while sent.bytes_done < export.size or not sent.etags:
            if time.monotonic() >= until and sent.etags:
                give_back(sent=sent)
                return
            content = file.read(sent.part_size)
            etag = buckets.send_part(place, sending, len(sent.etags) + 1, content)
            done = sent.bytes_done + len(content)
            _renew(sent, etags=[*sent.etags, etag], bytes_done=done, tries=0, error="")
    send_losses(place=place, export=export, key=sent.key)
    buckets.finish(place, sending, sent.etags)
    if (size := buckets.head(place, sent.key).size) != export.size:
        raise BucketError("unknown", f"the bucket holds {size} bytes of {export.size}")
    _finish(sent)
    note_that_it_works(connection=sent.connection, now=timezone.now())


@transaction.atomic
def _finish(sent: SentExport) -> None:
    _renew(sent, state=SendingState.DONE, finished_at=timezone.now(), due_at=None, error="")
    _emit("export.sent", sent, None)


def _failed(sent: SentExport, error: str, *, is_forgotten: bool = False, for_good: bool = False) -> None:
    """Tried again a few times, later and later. What the bucket has forgotten is sent from the beginning."""
    now, is_last = timezone.now(), for_good or sent.tries >= len(WAITS)
    changes: dict[str, Any] = {"error": error[:500], "tries": sent.tries + 1, "worked_at": None}
    if is_last:
        changes |= {"state": SendingState.FAILED, "finished_at": now, "due_at": None}
    else:
        changes["due_at"] = now + timedelta(seconds=WAITS[sent.tries])
    if is_forgotten:
        changes |= NOTHING_THERE
    with transaction.atomic():
        mine = SentExport.objects.filter(pk=sent.pk, state=SendingState.RUNNING, worked_at=sent.worked_at)
        if not mine.update(**changes) or not is_last:
            return
        _emit("export.not_sent", sent, None, error=error[:500])
    if not is_forgotten:
        abort_parts(sent_id=sent.pk, now=now)


@transaction.atomic
def give_back(*, sent: SentExport) -> None:
    """End the lease and ask for the next job."""
    let_go(sent)
    _emit("export.sending", sent, None)


def _renew(sent: SentExport, **changes: Any) -> None:
    renew(sent, SendingState.RUNNING, **changes)


def _emit(kind: str, sent: SentExport, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=sent.export.project.organization_id,
        object_id=sent.export_id,
        project_id=sent.export.project_id,
        actor_id=actor.pk if actor else None,
        sent=sent.pk,
        **payload,
    )
