"""Turn a project's labels into a file: a snapshot, written part by part, joined at the end.

The parts are files of their own, so that a worker that dies in the middle of one spoils nothing; the lease is that of
imports (see tasks.services.ingesting).
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.utils import timezone

from labeling import exporters, storage
from labeling.buckets import BucketError
from labeling.errors import InvalidInput, Problem, StaleState
from labeling.exporters.snapshot import write_records
from labeling.outbox import events
from labeling.types import registry
from tasks.models import Export, Project
from tasks.services.export_labels import build_labels
from tasks.services.export_rows import SnapshotReader
from tasks.services.snapshots import columns_of, fix_rows, forget_rows
from tasks.services.work_leases import let_go, renew
from tasks.states import ExportState
from workers.models import User

WORK_SECONDS = 30  # of one job; it goes on in another
LEASE = timedelta(seconds=45)
MOST_CRASHES = 3
TRIES = 3
PART_ROWS = 2500
PART_BYTES = 32_000_000


@transaction.atomic
def request_export(
    *,
    project: Project,
    format: str,
    include_answers: bool = False,
    include_unresolved: bool = False,
    include_gold: bool = False,
    include_files: bool = False,
    created_by: User | None = None,
) -> Export:
    """Queue an export. What it holds is fixed when its job begins, not now."""
    if format not in exporters.exporters():
        known = ", ".join(exporters.exporters())
        raise InvalidInput(Problem("format", f"unknown format {format!r}; known: {known}", "choice"))
    if not exporters.fits(exporters.get(format), project.type):
        fitting = ", ".join(name for name, one in exporters.exporters().items() if exporters.fits(one, project.type))
        text = f"{format} cannot hold answers of type {project.type}; those that can: {fitting}"
        raise InvalidInput(Problem("format", text, "choice"))
    if include_files and not takes_files(format, project):
        raise InvalidInput(Problem("include_files", f"{format} of this project takes no pictures along", "choice"))
    export = Export.objects.create(
        project=project,
        format=format,
        include_answers=include_answers,
        include_unresolved=include_unresolved,
        include_gold=include_gold,
        include_files=include_files,
        storage_key=storage.new_key("exports"),
        created_by=created_by,
    )
    _emit("export.requested", export, actor_id=created_by.pk if created_by else None)
    return export


def takes_files(format: str, project: Project) -> bool:
    """Whether pictures can come along: those of a format of labels, for a type that shows any."""
    return exporters.of_labels(exporters.get(format)) and "image" in registry.get(project.type).inputs


def run_export(*, export_id: int, seconds: float = WORK_SECONDS) -> None:
    """Work on an export for a while, if it is free."""
    export = take_export(export_id=export_id, now=timezone.now())
    if export is None:
        return
    until = time.monotonic() + seconds
    try:
        if export.as_of is None:
            _begin(export)
        if not export.columns:
            _renew(export, columns=columns_of(export))
        _write_parts(export, until)
    except BucketError as error:
        if error.may_pass:  # the lease runs out, and it is tried again; see `take_export`
            Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(error=str(error)[:500])
        else:
            why = f"a picture cannot be read from its bucket: {error}"
            fail_export(export=export, error=why)
    except StaleState:
        return  # somebody else has it now


def take_export(*, export_id: int, now: datetime) -> Export | None:
    """Lease the export, or return None: finished, or another worker is at it."""
    export = Export.objects.select_related("project").filter(pk=export_id).first()
    if export is None or export.state not in (ExportState.WAITING, ExportState.RUNNING):
        return None
    if export.worked_at and export.worked_at > now - LEASE:
        return None
    crashes = export.crashes + (export.worked_at is not None)
    unchanged = Export.objects.filter(pk=export.pk, state=export.state, worked_at=export.worked_at)
    if not unchanged.update(state=ExportState.RUNNING, worked_at=now, crashes=crashes):
        return None
    export.state, export.worked_at, export.crashes = ExportState.RUNNING, now, crashes
    if crashes > MOST_CRASHES:
        why = f"the export stopped {crashes} times at the same place, after row {export.rows}"
        fail_export(export=export, error=f"{why}: {export.error}" if export.error else why)
        return None
    return export


def _begin(export: Export) -> None:
    for attempt in range(TRIES):
        try:
            fix_rows(export=export, now=timezone.now())
            return
        except StaleState:
            if attempt + 1 == TRIES:
                raise


def _write_parts(export: Export, until: float) -> None:
    position = export.position or {"after": 0, "parts": 0}
    reader = SnapshotReader(export, after=position["after"])
    while export.rows < export.total:
        if time.monotonic() >= until:
            give_back(export=export)
            return
        position = write_part(export=export, reader=reader, number=position["parts"] + 1)
    if time.monotonic() >= until:
        give_back(export=export)
    else:
        finish_export(export=export)


def write_part(*, export: Export, reader: SnapshotReader, number: int) -> dict[str, int]:
    """One file of rows, then the position after it. Written again after a crash, it is the same file."""
    with storage.writing(_part_key(export, number)) as file:
        exporter, target = exporters.get(export.format), cast(BinaryIO, file)
        if exporters.of_rows(exporter):
            given = reader.rows(most_rows=PART_ROWS, most_bytes=PART_BYTES)
            rows = exporter.write(given, target, dict(export.columns))
        else:
            rows = write_records(reader.records(most_rows=PART_ROWS, most_bytes=PART_BYTES), target)
    if not rows:
        raise StaleState(f"export {export.pk}: rows of its snapshot are gone")
    position = {"after": reader.last_task, "parts": number}
    _renew(export, rows=export.rows + rows, position=position, crashes=0, error="")
    return position


def finish_export(*, export: Export) -> None:
    """Join the parts under the export's name; only then is there something to download."""
    parts = (export.position or {"parts": 0})["parts"]
    exporter, losses = exporters.get(export.format), None
    with storage.writing(export.storage_key) as file:
        target = cast(BinaryIO, file)
        if exporters.of_rows(exporter):
            exporter.join(_parts(export, parts), target, dict(export.columns))
        elif exporters.of_labels(exporter):
            losses = build_labels(export, exporter, lambda: _parts(export, parts), target)
    with transaction.atomic():
        done = timezone.now()
        changes = {"size": file.size, "sha256": file.sha256, "finished_at": done, "losses": losses, "error": ""}
        _renew(export, state=ExportState.DONE, **changes)
        forget_rows(export)
        _emit("export.done", export, sha256=file.sha256, rows=export.rows)
        transaction.on_commit(lambda: delete_parts(export=export), robust=True)
    export.state = ExportState.DONE


def _parts(export: Export, count: int) -> Iterator[BinaryIO]:
    for number in range(1, count + 1):
        yield storage.open_file(_part_key(export, number))
        _renew(export)


def delete_parts(*, export: Export) -> None:
    """The position is forgotten last, so that a crash in between leaves the parts to a sweeper."""
    count = (export.position or {"parts": 0})["parts"]
    storage.delete(*(_part_key(export, number) for number in range(1, count + 1)))
    Export.objects.filter(pk=export.pk).update(position=None)


@transaction.atomic
def fail_export(*, export: Export, error: str) -> None:
    _renew(export, state=ExportState.FAILED, error=error, finished_at=timezone.now())
    forget_rows(export)
    _emit("export.failed", export, error=error)


@transaction.atomic
def give_back(*, export: Export) -> None:
    """End the lease and ask for the next job."""
    let_go(export)
    _emit("export.continued", export)


def _part_key(export: Export, number: int) -> str:
    return f"{export.storage_key}.parts/{number:06}"


def _renew(export: Export, **changes: Any) -> None:
    renew(export, ExportState.RUNNING, **changes)


def _emit(kind: str, export: Export, *, actor_id: int | None = None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=export.project.organization_id,
        object_id=export.pk,
        project_id=export.project_id,
        actor_id=actor_id,
        **payload,
    )
