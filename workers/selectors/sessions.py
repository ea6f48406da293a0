"""The sessions a person has open."""

from allauth.usersessions.models import UserSession

NEWEST = 50


def open_sessions(user_id: int) -> list[UserSession]:
    """Last seen first; the newest of them. Rows whose session is over, or from before a new password, are dropped."""
    rows = UserSession.objects.filter(user_id=user_id).order_by("-last_seen_at", "-pk")[:NEWEST]
    return [row for row in rows if not row.purge()]
