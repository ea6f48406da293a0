"""Entries of the audit trail as the API and the files tell them: flat, and read a chunk at a time."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from django.db.models import QuerySet

from labeling.exporters.csv_rows import line
from labeling.outbox.models import Event
from tasks.selectors import trail

COLUMNS = (
    "id",
    "at",
    "kind",
    "actor",
    "actor_name",
    "key",
    "key_name",
    "thing",
    "number",
    "name",
    "project",
    "details",
)
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


def records(events: Iterable[Event], *, organization_id: int) -> Iterator[dict[str, Any]]:
    """`events` is a page or a chunk: the names are fetched for all of them together."""
    chunk = list(events)
    names = trail.names_of(chunk, organization_id=organization_id)
    for event in chunk:
        thing = event.kind.partition(".")[0]
        values = (
            event.pk, event.created_at.astimezone(UTC).isoformat(), event.kind, event.actor_id,
            str(event.actor) if event.actor else None, event.key_id, names.get(("api_key", event.key_id or 0)),
            thing, event.object_id, names.get((thing, event.object_id or 0)), event.project_id, event.payload,
        )  # fmt: skip
        yield dict(zip(COLUMNS, values, strict=True))


def lines(found: QuerySet[Event], format: str, *, organization_id: int) -> Iterator[bytes]:
    """The file of all of them, newest first; it needs the memory of one chunk."""
    rows = (row for chunk in trail.all_of(found) for row in records(chunk, organization_id=organization_id))
    return _csv(rows) if format == "csv" else _jsonl(rows)


def _csv(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield line(COLUMNS)
    for row in rows:
        details = json.dumps(row["details"], ensure_ascii=False)
        yield line("" if value is None else str(value) for value in (row | {"details": details}).values())


def _jsonl(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
