"""Write events; let the relay know that there are some."""

from contextvars import ContextVar
from typing import Any

from django.db import transaction

from labeling.outbox import bell
from labeling.outbox.models import Event
from labeling.outbox.trail import belongs

calling_key: ContextVar[int | None] = ContextVar("calling_key", default=None)  # set while an API key's call is served


def emit(
    kind: str,
    *,
    organization_id: int | None,
    object_id: int | None = None,
    project_id: int | None = None,
    actor_id: int | None = None,
    **payload: Any,
) -> None:
    """Record a change in the caller's transaction.

    Bulk changes emit one event per chunk and put the ids' range into the payload.
    """
    Event.objects.create(
        organization_id=organization_id,
        kind=kind,
        object_id=object_id,
        project_id=project_id,
        actor_id=actor_id,
        key_id=calling_key.get(),
        trail=belongs(kind),
        payload=payload,
    )
    ring_after_commit()


def emit_many(events: list[Event]) -> None:
    """Record several changes with one INSERT. One that names a key was that key's doing, whoever calls."""
    for event in events:
        event.key_id, event.trail = event.key_id or calling_key.get(), belongs(event.kind)
    Event.objects.bulk_create(events)
    if events:
        ring_after_commit()


def ring_after_commit() -> None:
    transaction.on_commit(bell.ring, robust=True)
