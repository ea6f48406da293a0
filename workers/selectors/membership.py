"""Who belongs where, and what a role may do."""

from django.db.models import QuerySet

from workers.models import Membership, Organization, Role

MANAGES = frozenset({Role.ADMIN, Role.MANAGER})
SEES = frozenset({Role.ADMIN, Role.MANAGER, Role.MEMBER})
REVIEWS = frozenset({Role.ADMIN, Role.MANAGER, Role.REVIEWER})
LABELS = frozenset(Role.values) - {Role.MEMBER}


def current_membership(*, user_id: int, organization_id: int | None) -> Membership | None:
    """The membership in that organization, or the person's first one; None when there is none."""
    mine = Membership.objects.select_related("organization").filter(user_id=user_id, is_active=True)
    if organization_id is not None:
        chosen = mine.filter(organization_id=organization_id).first()
        if chosen:
            return chosen
    return mine.order_by("id").first()


def organizations_of(user_id: int) -> QuerySet[Organization]:
    return Organization.objects.filter(memberships__user_id=user_id, memberships__is_active=True).order_by("name")


def memberships_of(user_id: int) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(user_id=user_id, is_active=True)
        .select_related("organization")
        .order_by("organization__name", "id")
    )
