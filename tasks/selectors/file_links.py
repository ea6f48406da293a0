"""Signed links to files, each made for somebody: the audit trail tells whose link was used, and a link ends with the
access of the person or key it was made for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from labeling import links
from workers.models import ApiKey, Membership, User
from workers.selectors import access


@dataclass(frozen=True)
class Holder:
    user_id: int | None = None
    key_id: int | None = None

    @property
    def name(self) -> str:
        return f"key:{self.key_id}" if self.key_id else f"user:{self.user_id}"


def holder_of_user(user: User) -> str:
    return Holder(user_id=user.pk).name


def token_for(salt: str, pk: int, holder: str) -> str:
    """`holder`: "user:7" or "key:12", as `Caller.name` is."""
    return f"{holder}.{links.sign(salt, f'{pk}.{holder}', seconds=settings.EXPORT_LINK_SECONDS)}"


def holder_of(salt: str, pk: int, token: str) -> Holder | None:
    """For whom this link was made; None when it is forged or over."""
    name, _dot, signed = token.partition(".")
    if links.check(salt, f"{pk}.{name}", signed) is None:
        return None
    kind, _colon, number = name.partition(":")
    return Holder(key_id=int(number)) if kind == "key" else Holder(user_id=int(number))


def has_access(holder: Holder, *, organization_id: int, roles: Collection[str], now: datetime) -> bool:
    """Whether who the link was made for could still make it."""
    if holder.key_id:
        working = Q(expires_at=None) | Q(expires_at__gt=now)
        keys = ApiKey.objects.filter(working, access.MAKER_HAS_ACCESS, revoked_at=None)
        return keys.filter(pk=holder.key_id, organization_id=organization_id).exists()
    people = Membership.objects.filter(user_id=holder.user_id or 0, is_active=True, user__is_active=True)
    return people.filter(organization_id=organization_id, role__in=roles).exists()
