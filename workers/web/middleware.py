"""Which organization a page or session call is about."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from workers.selectors.membership import current_membership

CHOSEN = "organization_id"


class OrganizationMiddleware:
    """Sets `request.membership` (lazily; None for strangers): the chosen organization, or the person's first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = SimpleLazyObject(lambda: membership_of(request))  # type: ignore[attr-defined]  # ours
        return self.get_response(request)


def membership_of(request: HttpRequest):
    if not request.user.is_authenticated:
        return None
    return current_membership(user_id=request.user.pk, organization_id=request.session.get(CHOSEN))
