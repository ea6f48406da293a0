"""From the parts of a snapshot to the document of an exporter of labels, with the report of what it could not say."""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from typing import BinaryIO, cast

from labeling import exporters, storage
from labeling.exporters.snapshot import About, LabelExporter, Losses, Record, Snapshot, read_records
from tasks.models import Export
from tasks.selectors.exports import losses_key
from tasks.selectors.in_place import is_in_place
from tasks.services.export_facts import facts_of
from tasks.services.in_place import open_key
from tasks.services.snapshots import config_of


def build_labels(
    export: Export, exporter: LabelExporter, parts: Callable[[], Iterable[BinaryIO]], file: BinaryIO
) -> dict[str, object] | None:
    """Write the document; the report is kept beside it. Returns the report's summary, None where nothing was lost.

    ``parts`` gives the parts anew for each pass, and tells all the while that somebody is at work.
    """
    with tempfile.TemporaryFile() as report:
        losses = Losses(cast(BinaryIO, report))
        snapshot = Snapshot(
            about=_about(export),
            records=lambda: read_records(parts()),
            losses=losses,
            open_image=_open_image if export.include_files else None,
        )
        exporters.build(exporter, snapshot, file)
        if not losses.total:
            return None
        report.seek(0)
        with storage.writing(losses_key(export)) as kept:
            shutil.copyfileobj(report, kept, storage.BLOCK)
        return losses.summary()


def _about(export: Export) -> About:
    return About(
        name=export.project.name,
        type=export.project.type,
        config=config_of(export),
        as_of=export.as_of.isoformat() if export.as_of else "",
        with_answers=export.include_answers,
        suggested=export.project.suggestion_field,
        facts=facts_of(export),
    )


def _open_image(record: Record) -> BinaryIO:
    assert record.image is not None
    key = record.image.key
    return open_key(key) if is_in_place(key) else storage.open_file(key)
