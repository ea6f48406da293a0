"""Who can sign in to the demo."""

import os
import secrets
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from labeling.outbox import events
from tasks.replay.access import DEMO_NAME, DEMO_SLUG
from workers.models import Membership, Organization, Role, User

PEOPLE = (
    ("admin", "Alex Admin", Role.ADMIN),
    ("manager", "Morgan Manager", Role.MANAGER),
    ("reviewer", "Robin Reviewer", Role.REVIEWER),
    ("ann", "Ann Labeler", Role.LABELER),
    ("bob", "Bob Labeler", Role.LABELER),
    ("cem", "Cem Labeler", Role.LABELER),
)
DOMAIN = "demo.example"
FILE = "demo-logins.txt"


def make_people(var: Path) -> Organization:
    """The demo's organization and its people; their log-ins are in VAR/demo-logins.txt, for this folder only.

    The file is written before the people are committed: nobody has a password that is written nowhere.
    """
    passwords = {name: "-".join(secrets.token_hex(2) for _ in range(4)) for name, _, _ in PEOPLE}
    with transaction.atomic():
        organization, _ = Organization.objects.get_or_create(slug=DEMO_SLUG, defaults={"name": DEMO_NAME})
        known = set(
            User.objects.filter(email__in=[address(name) for name in passwords]).values_list("email", flat=True)
        )
        if all(address(name) in known for name in passwords) and (var / FILE).exists():
            return organization
        for name, full_name, role in PEOPLE:
            _make(organization, address(name), full_name, role, passwords[name])
        _write_logins(var, passwords)
    return organization


def address(name: str) -> str:
    return f"{name}@{DOMAIN}"


def _make(organization: Organization, email: str, full_name: str, role: Role, password: str) -> None:
    user = User.objects.filter(email=email).first() or User(email=email, name=full_name)
    user.set_password(password)
    user.save()
    membership, is_new = Membership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": role, "created_at": timezone.now()}
    )
    if is_new:
        events.emit(
            "membership.created", organization_id=organization.pk, object_id=membership.pk, actor_id=user.pk, role=role
        )


def _write_logins(var: Path, passwords: dict[str, str]) -> None:
    lines = [f"{role.label:<9} {address(name):<24} {passwords[name]}" for name, _, role in PEOPLE]
    path, fresh = var / FILE, var / f".{FILE}.{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(["Demo log-ins (random, for this data folder only):", *lines]) + "\n")
    fresh.replace(path)
