"""Members, groups, keys and invitations of one organization. Another organization's are not found."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from workers.models import ApiKey, Group, Invitation, Membership, Organization, User
from workers.tokens import hashed

_MAKER = Membership.objects.filter(
    organization_id=OuterRef("organization_id"), user_id=OuterRef("created_by_id"), is_active=True, user__is_active=True
)
MAKER_HAS_ACCESS = Q(created_by=None) | Q(Exists(_MAKER))  # keys made by a command are the operator's


def members(organization: Organization) -> QuerySet[Membership]:
    return Membership.objects.filter(organization=organization).select_related("user")


def groups(organization: Organization) -> QuerySet[Group]:
    by_name = Prefetch("users", queryset=User.objects.order_by("name", "pk"))
    return Group.objects.filter(organization=organization).prefetch_related(by_name)


def keys(organization: Organization) -> QuerySet[ApiKey]:
    mine = ApiKey.objects.filter(organization=organization, revoked_at=None)
    return mine.annotate(maker_has_access=MAKER_HAS_ACCESS).select_related("created_by")


def invitations(organization: Organization) -> QuerySet[Invitation]:
    """Waiting ones; expired ones stay listed until they are sent again or revoked."""
    return Invitation.objects.filter(organization=organization, accepted_at=None, revoked_at=None).select_related(
        "invited_by"
    )


def invitation_of(token: str, *, now: datetime) -> Invitation:
    """The invitation this link can still accept; DoesNotExist for used, revoked, expired and made-up ones alike."""
    return Invitation.objects.select_related("organization", "group").get(
        token_hash=hashed(token), accepted_at=None, revoked_at=None, expires_at__gt=now
    )
