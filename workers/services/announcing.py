"""What happens to a person's account is told to each organization they belong to."""

from typing import Any

from labeling.outbox import events
from labeling.outbox.models import Event
from workers.models import Membership, User


def announce(kind: str, user: User | None, *, actor: User | None, **payload: Any) -> None:
    """One event in each organization; of a stranger (None) one that belongs to none: both take the same time."""
    mine = Membership.objects.filter(user_id=user.pk if user else 0, is_active=True)
    organizations: list[int | None] = list(mine.order_by("pk").values_list("organization_id", flat=True))
    events.emit_many(
        [
            Event(
                kind=kind,
                organization_id=organization_id,
                object_id=user.pk if user else None,
                actor_id=actor.pk if actor else None,
                payload=payload,
            )
            for organization_id in organizations or [None]
        ]
    )
