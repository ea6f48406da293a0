"""Files that are named by an address: fetched in the background through the guard, then taken in as any other."""

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO, cast
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from labeling import importers, storage
from labeling.buckets import OwnStorageError
from labeling.errors import BadFile, InvalidInput
from labeling.http import outgoing
from labeling.outbox import events
from tasks.models import Dataset, Upload
from tasks.services.uploading import plain_filename
from tasks.states import UploadState
from workers.models import User

SECONDS = 80.0  # below the limit of a job
HELD_FOR = timedelta(seconds=SECONDS + 40)
SUFFIXES = {  # of an address that tells none
    "text/csv": ".csv",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/zip": ".zip",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/vnd.apache.parquet": ".parquet",
}


@transaction.atomic
def request_file(
    *, dataset: Dataset, url: str, options: dict[str, str], created_by: User | None, now: datetime
) -> Upload:
    """Answered at once; an address we would never call is refused now."""
    if problem := outgoing.address_problem(url, "url"):
        raise InvalidInput(problem)
    name = plain_filename(unquote(PurePath(outgoing.checked(url).path).name) or "download")
    upload = Upload.objects.create(
        dataset=dataset, filename=name, options=options | {"url": url}, created_by=created_by, created_at=now
    )
    _emit("upload.requested", upload, created_by)
    return upload


def fetch(*, upload_id: int, now: datetime) -> bool:
    """Fetch the file of one upload; false when somebody else is at it, or it is here."""
    free = Q(worked_at=None) | Q(worked_at__lt=now - HELD_FOR)
    mine = Upload.objects.filter(free, pk=upload_id, state=UploadState.RECEIVING, options__has_key="url")
    if not mine.update(worked_at=now):
        return False
    upload = Upload.objects.select_related("dataset").get(pk=upload_id)
    file = storage.Writing()
    try:
        url = upload.options["url"]
        reply = outgoing.send("GET", url, seconds=SECONDS, most=settings.MAX_UPLOAD, redirects=5, into=file)
        if reply.status != 200:
            raise outgoing.Failed(f"the file was answered with {reply.status}")
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not PurePath(upload.filename).suffix:
            upload.filename += SUFFIXES.get(kind, "")
        _keep(upload, file, now)
    except OwnStorageError as error:  # fetched again when it is free; see HELD_FOR
        Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVING).update(error=str(error)[:500])
    except (outgoing.Refused, outgoing.Failed, BadFile) as error:
        with transaction.atomic():
            changes = {"error": str(error), "finished_at": now, "worked_at": None}
            Upload.objects.move(upload.pk, UploadState.RECEIVING, UploadState.FAILED, **changes)
            _emit("upload.failed", upload, None)
    finally:
        file.drop()
    return True


def _keep(upload: Upload, file: storage.Writing, now: datetime) -> None:
    """As `receive_upload` does: the row knows the name before the file has it."""
    file.flush()
    found = importers.sniff(cast(BinaryIO, file.file), upload.filename)
    key = storage.new_key("uploads")
    facts = {"filename": upload.filename, "format": found, "storage_key": key, "size": file.size, "sha256": file.sha256}
    Upload.objects.filter(pk=upload.pk).update(**facts)
    file.keep(key)
    with transaction.atomic():
        Upload.objects.move(upload.pk, UploadState.RECEIVING, UploadState.WAITING, worked_at=None, error="")
        _emit("upload.received", upload, None)


def _emit(kind: str, upload: Upload, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=upload.dataset.organization_id,
        object_id=upload.pk,
        actor_id=actor.pk if actor else None,
        dataset=upload.dataset_id,
        mode=upload.dataset.mode,
    )
