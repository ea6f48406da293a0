"""Teammates and their roles."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem, StaleState
from tasks.scale import shapes
from tasks.scale.http import ScaleView
from workers.models import Membership
from workers.selectors import access
from workers.services import invitations, memberships

ROLES = ("labeler", "member", "manager", "admin")
MOST_EMAILS = 200


class Teams(ScaleView):
    def get(self, request: Request) -> Response:
        return Response(teammates(self))


class Invite(ScaleView):
    rights = {"POST": "manage"}

    def post(self, request: Request) -> Response:
        """Members stay what they are; everybody else gets an invitation by mail."""
        live_only(self)
        emails, role = read_emails(self.body), read_role(self.body)
        for email in emails:
            try:
                invitations.invite(
                    organization=self.caller.organization,
                    email=email,
                    role=role,
                    actor=None,
                    actor_role=self.caller.rank,
                    now=timezone.now(),
                )
            except StaleState:
                continue  # a member already
        return Response(teammates(self))


class SetRole(ScaleView):
    def post(self, request: Request) -> Response:
        live_only(self)
        role, found = read_role(self.body), members_of(self, read_emails(self.body))
        for membership in found:
            memberships.change_role(membership=membership, role=role, actor=None, actor_role=self.caller.rank)
        return Response(teammates(self))


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
        raise InvalidInput(Problem("emails", f"nobody here has the address {unknown[0]}", "missing"))
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
    for invitation in access.invitations(organization).order_by("pk"):
        expiry = shapes.time(invitation.expires_at)
        rows.append(
            {"email": invitation.email, "role": invitation.role, "company": organization.name, "expiry": expiry}
        )
    return rows
