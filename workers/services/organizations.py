"""New organizations. Sign-up is closed: only an operator makes them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from workers.models import Organization, Role
from workers.services.invitations import invite


@transaction.atomic
def create(*, name: str, admin_email: str, now: datetime, slug: str = "") -> tuple[Organization, str]:
    """The organization and the token of its first admin's invitation: a one-time way in, shown once."""
    name = name.strip()
    if not 0 < len(name) <= 120:
        raise InvalidInput(Problem("name", f"must have 1 to 120 characters, not {len(name)}", "length"))
    organization = with_free_slug(name, slug)
    events.emit("organization.created", organization_id=organization.pk, object_id=organization.pk)
    return organization, invite_admin(organization=organization, email=admin_email, now=now)


def invite_admin(*, organization: Organization, email: str, now: datetime) -> str:
    """The token of an invitation by the operator."""
    return invite(organization=organization, email=email, role=Role.ADMIN, actor=None, actor_role=Role.ADMIN, now=now)[
        1
    ]


def with_free_slug(name: str, slug: str) -> Organization:
    """A slug that was asked for must be free; one made from the name gets a number if it is taken."""
    if slug and slug != slugify(slug)[:60]:
        raise InvalidInput(Problem("slug", f"{slug!r} is not made of small letters, digits and hyphens", "slug"))
    base = slug or slugify(name)[:50].strip("-") or "organization"
    for number in range(1, 1000):
        candidate = base if number == 1 else f"{base}-{number}"
        try:
            with transaction.atomic():
                return Organization.objects.create(name=name, slug=candidate)
        except IntegrityError:
            if slug:
                break
    raise InvalidInput(Problem("slug", f"{base!r} is taken", "unique"))
