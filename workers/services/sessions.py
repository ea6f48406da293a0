"""Who is signed in where. A session that is ended here is gone: its cookie opens nothing with the next request.

The rows are those of allauth.usersessions; we write them, so that no request writes one that need not.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from labeling.errors import NotAllowed, StaleState
from workers.devices import names_of, shortened
from workers.models import Membership, Role, User
from workers.selectors.closing import belongs_elsewhere
from workers.services.announcing import announce

SEEN_EVERY = timedelta(minutes=5)
LONGEST = 200  # of what a browser calls itself


def begin(*, user: User, session_key: str, user_agent: str, address: str, now: datetime) -> int:
    """The id of the new row."""
    made = UserSession.objects.create(
        user=user, session_key=session_key, user_agent=user_agent[:LONGEST], ip=shortened(address),
        created_at=now, last_seen_at=now,
    )  # fmt: skip
    return int(made.pk)


def seen(*, pk: int, now: datetime) -> None:
    UserSession.objects.filter(pk=pk, last_seen_at__lt=now - SEEN_EVERY).update(last_seen_at=now)


def move(*, session_key: str, to: str) -> None:
    """The session goes on under another key."""
    UserSession.objects.filter(session_key=session_key).update(session_key=to)


@transaction.atomic
def sign_out(*, user: User, session_key: str | None) -> None:
    UserSession.objects.filter(user=user, session_key=session_key or "").delete()
    announce("user.signed_out", user, actor=user)


@transaction.atomic
def end_one(*, session: UserSession) -> None:
    _end([session], session.user, actor=session.user, why="own")


@transaction.atomic
def end_all(*, user: User, actor: User | None, why: str, but: str | None = None) -> int:
    """All of the person's but the one with that key. Returns how many there were. `why` is told in the audit trail."""
    found = list(UserSession.objects.filter(user=user).exclude(session_key=but).order_by("pk"))
    _end(found, user, actor=actor, why=why)
    return len(found)


def end_for(*, membership: Membership, actor: User | None, actor_role: str) -> int:
    """An admin signs a member out everywhere; not one who belongs elsewhere, whose sessions are not theirs alone."""
    if actor_role != Role.ADMIN:
        raise NotAllowed("Only an admin may sign a member out.")
    if actor and membership.user_id == actor.pk:
        raise NotAllowed("End your own sessions on the page of your account.")
    if belongs_elsewhere(membership):
        raise StaleState("This person belongs to another organization, too: they end their sessions themselves.")
    return end_all(user=membership.user, actor=actor, why="admin")


def forget_ended() -> int:
    """Rows of sessions that are over; returns how many."""
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    count, _rows = UserSession.objects.filter(~Exists(living)).delete()
    return count


def _end(found: Iterable[UserSession], user: User, *, actor: User | None, why: str) -> None:
    found = list(found)
    for each in found:
        each.end()
    if not found:
        return
    device = {"device": ", ".join(filter(None, names_of(found[0].user_agent)))} if len(found) == 1 else {}
    announce("user.sessions_ended", user, actor=actor, count=len(found), why=why, **device)
