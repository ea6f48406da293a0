"""Take files in, and steer what becomes of them."""

import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django.db import transaction

from labeling import importers, storage
from labeling.buckets import OwnStorageError
from labeling.errors import BadFile, InvalidInput, Problem, StaleState
from labeling.images import SUFFIXES, format_of
from labeling.importers.text_files import SUFFIXES as TEXTS
from labeling.outbox import events
from tasks.models import Dataset, Upload
from tasks.states import UploadState
from workers.models import User

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Received:
    """A file that has arrived whole, but has no name in the storage yet."""

    filename: str
    file: storage.Writing


def plain_filename(given: str) -> str:
    """The last part of what the sender calls the file: shown to people, never used as a path."""
    name = PurePath(UNPRINTABLE.sub("", given).replace("\\", "/")).name
    return name[-255:] or "upload"


def receive_upload(
    *, dataset: Dataset, received: list[Received], options: dict[str, str], created_by: User | None, now: datetime
) -> Upload:
    """Keep the file and queue its import; several images or texts become one zip.

    Raises BadFile for what nothing here reads. The row comes before the file's name, so that a crash in between leaves
    no file without a row.
    """
    one = received[0] if len(received) == 1 else _pack(received)
    stream = cast(BinaryIO, one.file.file)
    stream.flush()
    name = plain_filename(one.filename)
    upload = Upload.objects.create(
        dataset=dataset,
        filename=name,
        format=importers.sniff(stream, name, options.get("texts_as", "")),
        options=options,
        storage_key=storage.new_key("uploads"),
        size=one.file.size,
        sha256=one.file.sha256,
        created_by=created_by,
        created_at=now,
    )
    try:
        one.file.keep(upload.storage_key)
    except OwnStorageError as error:
        changes = {"error": str(error)[:500], "storage_key": "", "finished_at": now}
        Upload.objects.move(upload.pk, UploadState.RECEIVING, UploadState.FAILED, **changes)
        raise
    with transaction.atomic():
        Upload.objects.move(upload.pk, UploadState.RECEIVING, UploadState.WAITING)
        _emit("upload.received", upload, created_by)
    upload.state = UploadState.WAITING
    return upload


def _pack(received: list[Received]) -> Received:
    """Several images or texts as one stored zip, so that they have one progress, one report and one stored position.

    The same files give the same bytes.
    """
    are_texts = plain_filename(received[0].filename).lower().endswith(TEXTS)
    problems = [
        Problem(f"file[{n}]", _why_alone(plain_filename(one.filename), are_texts), "type")
        for n, one in enumerate(received)
        if not (_is_text(one) if are_texts else _may_be_image(one))
    ]
    if problems:
        raise InvalidInput(problems)
    packed = storage.Writing()
    with zipfile.ZipFile(cast(BinaryIO, Unseekable(packed)), "w", zipfile.ZIP_STORED) as archive:
        for one in received:
            one.file.file.seek(0)
            entry = zipfile.ZipInfo(plain_filename(one.filename))
            entry.external_attr = 0o600 << 16
            with archive.open(entry, "w") as target:
                while block := one.file.file.read(storage.BLOCK):
                    target.write(block)
    return Received(f"{len(received)} {'texts' if are_texts else 'images'}.zip", packed)


class Unseekable:
    """For zipfile: without `seek` it writes straight on, and the hash is that of the bytes in the file."""

    def __init__(self, file: storage.Writing) -> None:
        self.write = file.write
        self.flush = file.flush


def _may_be_image(one: Received) -> bool:
    one.file.file.seek(0)
    return bool(format_of(one.file.file.read(32))) or plain_filename(one.filename).lower().endswith(SUFFIXES)


def _why_alone(name: str, are_texts: bool) -> str:
    return f"{name!r} is not a text; send it alone" if are_texts else f"{name!r} is not an image; send it alone"


def _is_text(one: Received) -> bool:
    return plain_filename(one.filename).lower().endswith(TEXTS)


@transaction.atomic
def cancel_upload(*, upload: Upload, actor: User | None, now: datetime) -> None:
    """What is in stays in. A running import stops after its chunk; its job is called in case it had died."""
    waiting = Upload.objects.filter(pk=upload.pk, state=UploadState.WAITING)
    if waiting.update(state=UploadState.CANCELED, cancel_requested=False, finished_at=now):
        _emit("upload.canceled", upload, actor)
    elif Upload.objects.filter(pk=upload.pk, state=UploadState.RUNNING).update(cancel_requested=True):
        _emit("upload.continued", upload, actor)
    else:
        raise StaleState("the upload is finished already")


@transaction.atomic
def resume_upload(*, upload: Upload, actor: User | None) -> None:
    """Go on where a canceled or failed import stopped."""
    if upload.state not in (UploadState.CANCELED, UploadState.FAILED):
        raise StaleState(f"the upload is {upload.state}: only a canceled or failed one can be resumed")
    if not upload.storage_key and upload.source_id is None:
        raise BadFile("the file is not kept any more; upload it again")
    Upload.objects.move(
        upload.pk,
        UploadState(upload.state),
        UploadState.WAITING,
        cancel_requested=False,
        error="",
        crashes=0,
        worked_at=None,
        finished_at=None,
    )
    _emit("upload.received", upload, actor)


def _emit(kind: str, upload: Upload, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=upload.dataset.organization_id,
        object_id=upload.pk,
        actor_id=actor.pk if actor else None,
        dataset=upload.dataset_id,
        mode=upload.dataset.mode,
        **payload,
    )
