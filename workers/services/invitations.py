"""Invitations: single-use links that make their holder a member in the role the inviter chose."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.db.models.fields import DateTimeField

from labeling.errors import InvalidInput, NotAllowed, Problem, StaleState
from labeling.outbox import events
from workers.links import invitation_link
from workers.mail import send_after_commit
from workers.models import Group, Invitation, Membership, Organization, Role, User
from workers.selectors import access
from workers.services import groups
from workers.tokens import hashed, new_token

MANAGER_MAY_INVITE = frozenset({Role.MEMBER, Role.REVIEWER, Role.LABELER})
MOST_PLACES = 100  # of one link
USED_UP = "This invitation was used, revoked or has expired."


@transaction.atomic
def invite(
    *,
    organization: Organization,
    email: str,
    role: str,
    actor: User | None,
    actor_role: str,
    now: datetime,
    group: Group | None = None,
) -> tuple[Invitation, str]:
    """The invitation and its token, which is shown once. An earlier open one to the same address stops working.

    `actor_role` is the inviter's: a manager may not make managers or admins. StaleState if the person is a member.
    """
    check_role(role, actor_role)
    email = clean_email(email)
    member = Membership.objects.filter(organization=organization, user__email__iexact=email).first()
    if member:
        state = "a member" if member.is_active else "a deactivated member: reactivate them instead"
        raise StaleState(f"{email} is already {state}.")
    access.invitations(organization).filter(email__iexact=email).update(revoked_at=now)
    return _create(actor, now, organization=organization, email=email, role=role, group=group)


@transaction.atomic
def invite_by_link(
    *, organization: Organization, places: int, actor: User | None, now: datetime, group: Group | None = None
) -> tuple[Invitation, str]:
    """A link for that many labelers whose addresses nobody knows yet. Whoever has it may use it."""
    if not 1 <= places <= MOST_PLACES:
        raise InvalidInput(Problem("places", f"must be between 1 and {MOST_PLACES}, not {places}", "range"))
    return _create(actor, now, organization=organization, role=Role.LABELER, places=places, group=group)


def _create(actor: User | None, now: datetime, **fields: Any) -> tuple[Invitation, str]:
    token = new_token()
    invitation = Invitation.objects.create(
        token_hash=hashed(token),
        invited_by=actor,
        created_at=now,
        expires_at=now + timedelta(hours=settings.INVITATION_HOURS),
        **fields,
    )
    _announce("invitation.created", invitation, actor)
    _mail(invitation, token)
    return invitation, token


@transaction.atomic
def resend(*, invitation: Invitation, actor: User | None, actor_role: str, now: datetime) -> str:
    """A new token, and new time, for an invitation nobody accepted; the old link stops working."""
    check_role(invitation.role, actor_role)
    token = new_token()
    expires_at = now + timedelta(hours=settings.INVITATION_HOURS)
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not waiting.update(token_hash=hashed(token), expires_at=expires_at):
        raise StaleState(USED_UP)
    invitation.expires_at = expires_at
    _announce("invitation.resent", invitation, actor)
    _mail(invitation, token)
    return token


@transaction.atomic
def revoke(*, invitation: Invitation, actor: User | None, actor_role: str, now: datetime) -> None:
    check_role(invitation.role, actor_role)
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        raise StaleState(USED_UP)
    _announce("invitation.revoked", invitation, actor)


@transaction.atomic
def accept(*, invitation: Invitation, user: User, now: datetime) -> Membership:
    """The signed-in person becomes a member. Two who want the last place: the filtered UPDATE lets one win.

    The link is the proof, not the address: people sign in with an address of their own choice. A member whom it
    brings into a group takes a place, too.
    """
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    at = Case(When(places=F("taken") + 1, then=Value(now)), default=None, output_field=DateTimeField())
    if not waiting.filter(taken__lt=F("places")).update(taken=F("taken") + 1, accepted_at=at, accepted_by=user):
        raise StaleState(USED_UP)
    known = Membership.objects.filter(organization_id=invitation.organization_id, user=user).first()
    joins = invitation.group is not None and groups.join(group=invitation.group, user=user)
    if known and known.is_active and joins:
        return known
    if known:
        raise StaleState("You already are a member of this organization.")
    membership = Membership.objects.create(
        organization_id=invitation.organization_id, user=user, role=invitation.role, created_at=now
    )
    events.emit(
        "membership.created",
        organization_id=invitation.organization_id,
        object_id=membership.pk,
        actor_id=user.pk,
        role=membership.role,
        invitation=invitation.pk,
    )
    return membership


@transaction.atomic
def accept_as_new_person(
    *, invitation: Invitation, name: str, password: str, now: datetime, email: str = ""
) -> Membership:
    """Make the account of the invited address, and accept. StaleState if that address has an account already.

    `email` is for an invitation without an address; of any other it is not looked at.
    """
    address = User.objects.normalize_email(invitation.email) or clean_email(email)
    user = User(email=address, name=name.strip(), created_at=now)
    problems = [] if user.name else [Problem("name", "must not be blank", "blank")]
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems += [Problem("password", message, "password") for message in error.messages]
    if problems:
        raise InvalidInput(problems)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise StaleState("This address has an account already: sign in, then open the invitation again.") from None
    return accept(invitation=invitation, user=user, now=now)


def clean_email(email: str) -> str:
    email = User.objects.normalize_email(email.strip())
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInput(Problem("email", f"{email!r} is not an e-mail address", "email")) from None
    return email


def check_role(role: str, actor_role: str) -> None:
    if role not in Role.values:
        raise InvalidInput(Problem("role", f"must be one of {', '.join(Role.values)}, not {role!r}", "choice"))
    if actor_role != Role.ADMIN and role not in MANAGER_MAY_INVITE:
        raise NotAllowed(f"Only an admin may give the role {role}.")


def _announce(kind: str, invitation: Invitation, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=invitation.organization_id,
        object_id=invitation.pk,
        actor_id=actor.pk if actor else None,
        role=invitation.role,
    )


def _mail(invitation: Invitation, token: str) -> None:
    if not invitation.email:
        return
    send_after_commit(
        to=invitation.email,
        template="invitation",
        organization=invitation.organization.name,
        role=Role(invitation.role).label,
        link=invitation_link(token),
        expires_at=invitation.expires_at,
    )
