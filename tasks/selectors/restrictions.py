"""Read restrictions: the organization's, a project's, and one's own."""

from django.db.models import QuerySet
from django.http import Http404

from tasks.selectors.eligibility import Annotator
from workers.models import Organization, Restriction


def restrictions_of(organization: Organization, *, project_id: int | None = None) -> QuerySet[Restriction]:
    rows = Restriction.objects.filter(organization=organization).select_related("user", "created_by", "organization")
    return rows.filter(project_id=project_id) if project_id is not None else rows


def restriction_of(organization: Organization, restriction_id: int) -> Restriction:
    found = restrictions_of(organization).filter(pk=restriction_id).first()
    if found is None:
        raise Http404
    return found


def own_restrictions(who: Annotator) -> QuerySet[Restriction]:
    rows = Restriction.objects.filter(user_id=who.user_id, organization_id=who.organization_id)
    return rows.order_by("-pk")


def own_restriction(who: Annotator, restriction_id: int) -> Restriction:
    found = own_restrictions(who).filter(pk=restriction_id).select_related("user", "organization").first()
    if found is None:
        raise Http404
    return found
