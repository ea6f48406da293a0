"""Teammates and their roles."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem, StaleState
from tasks.scale import shapes
from tasks.scale.http import ScaleView
from workers.models import Invitation, Membership
from workers.selectors import access
from workers.services import invitations, memberships

ROLES = ("labeler", "member", "manager", "admin")
MOST_EMAILS = 200


class Teams(ScaleView):
    def get(self, request: Request) -> Response:
        return Response(teammates(self))


class Invite(ScaleView):
    rights = {"POST": "manage"}

    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Members stay what they are; everybody else gets an invitation by mail. All of them, or nobody."""
        live_only(self)
        emails, role = read_emails(self.body), read_role(self.body)
        for email in emails:
            with suppress(StaleState):  # a member already
                invite(self, email, role)
        return Response(teammates(self))


class SetRole(ScaleView):
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Who is only invited gets another invitation in place of theirs."""
        live_only(self)
        role, emails = read_role(self.body), read_emails(self.body)
        invited = {email for email in emails if waiting(self).filter(email__iexact=email).exists()}
        found = members_of(self, [email for email in emails if email not in invited])
        for membership in found:
            memberships.change_role(membership=membership, role=role, actor=None, actor_role=self.caller.rank)
        for email in emails:
            if email in invited:
                invite(self, email, role)
        return Response(teammates(self))


def invite(view: ScaleView, email: str, role: str) -> None:
    invitations.invite(
        organization=view.caller.organization,
        email=email,
        role=role,
        actor=None,
        actor_role=view.caller.rank,
        now=timezone.now(),
    )


def waiting(view: ScaleView) -> QuerySet[Invitation]:
    """Invitations to an address; a link for many has none."""
    return access.invitations(view.caller.organization).exclude(email="").order_by("pk")


def live_only(view: ScaleView) -> None:
    if view.caller.mode != "live":
        raise InvalidInput(Problem("", "people are not test data: a test key cannot change them", "mode"))


def read_emails(body: dict[str, Any], name: str = "emails") -> list[str]:
    emails = body.get(name)
    if not isinstance(emails, list) or len(emails) > MOST_EMAILS or not all(isinstance(e, str) for e in emails):
        raise InvalidInput(Problem(name, f"{name} must be a list of at most {MOST_EMAILS} e-mail addresses", "type"))
    return list(dict.fromkeys(email.strip().lower() for email in emails))


def read_role(body: dict[str, Any]) -> str:
    role = body.get("team_role")
    if role not in ROLES:
        raise InvalidInput(Problem("team_role", f"team_role must be one of {', '.join(ROLES)}", "choice"))
    return str(role)


def members_of(view: ScaleView, emails: list[str]) -> list[Membership]:
    """The members with these addresses; one that nobody has is told of."""
    by_email = {membership.user.email.lower(): membership for membership in access.members(view.caller.organization)}
    unknown = [email for email in emails if email not in by_email]
    if unknown:
        is_invited = waiting(view).filter(email__iexact=unknown[0]).exists()
        message = "has not accepted the invitation yet" if is_invited else "is no member's address"
        raise InvalidInput(Problem("emails", f"emails: {unknown[0]} {message}", "missing"))
    return [by_email[email] for email in emails]


def teammates(view: ScaleView) -> list[dict[str, Any]]:
    organization = view.caller.organization
    rows: list[dict[str, Any]] = []
    for membership in access.members(organization).filter(is_active=True).order_by("pk"):
        first, _, last = membership.user.name.partition(" ")
        rows.append(
            {
                "email": membership.user.email,
                "role": membership.role,
                "company": organization.name,
                "firstName": first,
                "lastName": last,
                "isStudioLabeler": membership.role in ("labeler", "reviewer"),
            }
        )
    for invitation in waiting(view):
        expiry = shapes.time(invitation.expires_at)
        rows.append(
            {"email": invitation.email, "role": invitation.role, "company": organization.name, "expiry": expiry}
        )
    return rows
