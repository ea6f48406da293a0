"""Write events; let the relay know that there are some."""

from typing import Any

from django.db import transaction

from labeling.outbox import bell
from labeling.outbox.models import Event


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
        payload=payload,
    )
    ring_after_commit()


def emit_many(events: list[Event]) -> None:
    """Record several changes with one INSERT."""
    Event.objects.bulk_create(events)
    if events:
        ring_after_commit()


def ring_after_commit() -> None:
    transaction.on_commit(bell.ring, robust=True)
