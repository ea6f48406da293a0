"""Change what members may do. An organization always keeps one active admin."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, NotAllowed, Problem, StaleState
from labeling.outbox import events
from workers.models import Membership, Organization, Role, User
from workers.selectors.closing import belongs_elsewhere
from workers.services import sessions
from workers.services.invitations import MANAGER_MAY_INVITE

MOST_ANSWERS = 100_000
MOST_MINUTES = 24 * 60


@transaction.atomic
def change_role(*, membership: Membership, role: str, actor: User | None, actor_role: str) -> Membership:
    """A manager moves people between member, reviewer and labeler; everything else takes an admin."""
    if role not in Role.values:
        raise InvalidInput(Problem("role", f"must be one of {', '.join(Role.values)}, not {role!r}", "choice"))
    fresh = _locked(membership)
    _check_rank(actor_role, fresh.role, role)
    if fresh.role == role:
        return fresh
    if fresh.role == Role.ADMIN:
        _keep_an_admin(fresh)
    before, fresh.role = fresh.role, role
    fresh.save(update_fields=["role"])
    _announce("membership.role_changed", fresh, actor, before=before, role=role)
    return fresh


@transaction.atomic
def set_limits(
    *, membership: Membership, limits: Mapping[str, int | None], actor: User | None, actor_role: str
) -> Membership:
    """The most that is given to the person a day: `most_answers`, `most_minutes` of active work; None: no limit.

    It holds from their next task on: offers beyond it are taken back; what they have on their desk they may finish.
    """
    for name, most in (("most_answers", MOST_ANSWERS), ("most_minutes", MOST_MINUTES)):
        value = limits.get(name)
        if value is not None and not 1 <= value <= most:
            raise InvalidInput(Problem(name, f"must be from 1 to {most}, not {value}", "range"))
    fresh = _locked(membership)
    _check_rank(actor_role, fresh.role)
    changed = {name: value for name, value in limits.items() if getattr(fresh, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=[*changed])
        _announce("membership.limits_changed", fresh, actor, **changed)
    return fresh


@transaction.atomic
def deactivate(*, membership: Membership, actor: User | None, actor_role: str) -> Membership:
    """At once: each request looks its membership up anew, so open sessions see nothing of the organization.

    Who belongs nowhere else is signed out everywhere, too.
    """
    fresh = _locked(membership)
    _check_rank(actor_role, fresh.role)
    if not fresh.is_active:
        return fresh
    if fresh.role == Role.ADMIN:
        _keep_an_admin(fresh)
    if not belongs_elsewhere(fresh):
        sessions.end_all(user=fresh.user, actor=actor, why="removed")
    fresh.is_active = False
    fresh.save(update_fields=["is_active"])
    _announce("membership.deactivated", fresh, actor)
    return fresh


@transaction.atomic
def reactivate(*, membership: Membership, actor: User | None, actor_role: str) -> Membership:
    fresh = _locked(membership)
    _check_rank(actor_role, fresh.role)
    if not fresh.user.is_active:
        raise StaleState("This account is closed: its person needs a new invitation.")
    if not fresh.is_active:
        fresh.is_active = True
        fresh.save(update_fields=["is_active"])
        _announce("membership.reactivated", fresh, actor)
    return fresh


def _locked(membership: Membership) -> Membership:
    """The row as it is now. Locks the organization's, so that two admins cannot remove each other at the same time."""
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    return Membership.objects.select_related("user", "organization").get(pk=membership.pk)


def _check_rank(actor_role: str, *roles: str) -> None:
    if actor_role != Role.ADMIN and not MANAGER_MAY_INVITE.issuperset(roles):
        raise NotAllowed("Only an admin may change managers and admins.")


def _keep_an_admin(leaving: Membership) -> None:
    others = Membership.objects.filter(
        organization_id=leaving.organization_id, role=Role.ADMIN, is_active=True, user__is_active=True
    ).exclude(pk=leaving.pk)
    if not others.exists():
        raise StaleState("This is the organization's last admin. Make somebody else an admin first.")


def _announce(kind: str, membership: Membership, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=membership.organization_id,
        object_id=membership.pk,
        actor_id=actor.pk if actor else None,
        user=membership.user_id,
        **payload,
    )
