"""People who came with an archive."""

from django.db.models import Exists, OuterRef, QuerySet

from workers.models import Membership, Organization, Placeholder


def kept_names() -> dict[tuple[int, int], str]:
    """The pseudonyms that people had before they came with an archive, by organization and account."""
    rows = Placeholder.objects.values_list("organization_id", "user_id", "pseudonym")
    return {(organization_id, user_id): name for organization_id, user_id, name in rows.iterator()}


def real_members(organization: Organization) -> QuerySet[Membership]:
    """Active ones who have not taken anybody's place."""
    taken = Placeholder.objects.filter(organization=organization, user=OuterRef("user"))
    members = Membership.objects.filter(organization=organization, is_active=True, user__is_active=True)
    return members.exclude(Exists(taken)).select_related("user").order_by("user__name", "pk")
