"""Who may open a page."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from workers.models import Membership
from workers.selectors.membership import LABELS, MANAGES, REVIEWS, SEES

RIGHTS = {"see": SEES, "manage": MANAGES, "label": LABELS, "review": REVIEWS, "admin": frozenset({"admin"})}
Page = Callable[..., HttpResponseBase]


def allows(membership: Membership, right: str) -> bool:
    return membership.role in RIGHTS[right]


def needs(right: str) -> Callable[[Page], Page]:
    """`@needs("manage")`: strangers go to sign-in, members without the right get 403."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            if not request.membership:  # type: ignore[attr-defined]  # set by OrganizationMiddleware
                return redirect("home")
            if not allows(request.membership, right):  # type: ignore[attr-defined]
                raise PermissionDenied("Your role does not allow this.")
            return page(request, *args, **kwargs)

        return checked

    return decorate


def sign_in_first(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path())
