"""Who may work on what."""

from django.db.models import QuerySet

from workers.models import Group, User
from workers.selectors.membership import LABELS


def labelers_of(organization_id: int) -> QuerySet[User]:
    """Everybody of the organization who may label, by name."""
    return User.objects.filter(
        is_active=True,
        memberships__organization_id=organization_id,
        memberships__is_active=True,
        memberships__role__in=LABELS,
    ).order_by("name", "id")


def groups_of(organization_id: int) -> QuerySet[Group]:
    return Group.objects.filter(organization_id=organization_id).order_by("name")
