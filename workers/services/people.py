"""A person's own account."""

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from workers.models import User


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, theme: str) -> User:
    user.name = name.strip()
    if not user.name:
        raise InvalidInput(Problem("name", "must not be blank", "blank"))
    user.language, user.theme = language, theme
    user.save(update_fields=["name", "language", "theme"])
    events.emit("user.changed", organization_id=None, object_id=user.pk, actor_id=user.pk)
    return user
