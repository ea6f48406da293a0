"""A person's own account."""

from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from workers import preferences
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


@transaction.atomic
def change_preferences(*, user: User, changes: Any) -> dict[str, dict[str, Any]]:
    """Change what is given and keep the rest. Two tabs may save at once: the row is locked meanwhile."""
    locked = User.objects.select_for_update().only("preferences").get(pk=user.pk)
    user.preferences = preferences.changed(locked.preferences, changes)
    User.objects.filter(pk=user.pk).update(preferences=user.preferences)
    return preferences.complete(user.preferences)


@transaction.atomic
def change_language(*, user: User, language: str) -> None:
    """ "" = the server's."""
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language
    events.emit("user.changed", organization_id=None, object_id=user.pk, actor_id=user.pk)
