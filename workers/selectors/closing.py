"""What closing an account will do, to be told before."""

from django.db.models import Exists, OuterRef, QuerySet

from workers.models import ApiKey, Membership, Role


def left_without_admin(user_id: int) -> QuerySet[Membership]:
    """The person's memberships as the only active admin of an organization."""
    others = Membership.objects.filter(
        organization_id=OuterRef("organization_id"), role=Role.ADMIN, is_active=True, user__is_active=True
    ).exclude(user_id=user_id)
    mine = Membership.objects.filter(user_id=user_id, is_active=True, role=Role.ADMIN).filter(~Exists(others))
    return mine.select_related("organization").order_by("organization__name", "pk")


def heirs_for(membership: Membership) -> QuerySet[Membership]:
    """Who could be admin in this one's place."""
    there = Membership.objects.filter(
        organization_id=membership.organization_id, is_active=True, user__is_active=True
    ).exclude(user_id=membership.user_id)
    return there.select_related("user").order_by("user__name", "pk")


def keys_made_by(user_id: int) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(created_by=user_id, revoked_at=None).order_by("pk")


def belongs_elsewhere(membership: Membership) -> bool:
    others = Membership.objects.filter(user_id=membership.user_id, is_active=True)
    return others.exclude(organization_id=membership.organization_id).exists()
