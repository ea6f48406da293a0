"""Which organization a page or session call is about, and that who needs a second factor sets one up first."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from labeling.outbox.events import calling_key
from workers.selectors.membership import current_membership
from workers.selectors.second_factors import has_second_factor, must_have_one
from workers.services import sessions
from workers.web.signing_in import ROW

log = logging.getLogger(__name__)
CHOSEN = "organization_id"
OPEN_TO_ALL = {  # while a second factor is missing: setting one up, one's own account, and leaving
    "security", "confirm-again", "totp-new", "passkey-new", "factor-remove", "factor-rename", "recovery-codes",
    "account", "account-close", "password-change", "sessions", "session-end", "sessions-end-others", "language",
    "switch-organization", "sign-out", "help", "help-page", "javascript-catalog", "sample-picture", "media",
    "api-session", "api-preferences",
}  # fmt: skip
NEEDED = "Your organization asks for a second factor. Set one up on the page of your account."


class OrganizationMiddleware:
    """Sets `request.membership` (lazily; None for strangers): the chosen organization, or the person's first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = SimpleLazyObject(lambda: membership_of(request))  # type: ignore[attr-defined]  # ours
        before = calling_key.set(None)  # the authentication of a key sets it
        try:
            return self.get_response(request)
        finally:
            calling_key.reset(before)


def membership_of(request: HttpRequest):
    if not request.user.is_authenticated:
        return None
    return current_membership(user_id=request.user.pk, organization_id=request.session.get(CHOSEN))


class SeenMiddleware:
    """When a session was last used: a write every five minutes and process, and no query in between.

    After the page, which has read the session already; and what goes wrong here spoils no page.
    """

    MOST = 20_000  # sessions remembered by a process; forgetting costs a write

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.told: dict[int, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        row = request.session.get(ROW) if request.session.accessed else None
        if row and time.monotonic() > self.told.get(row, 0) + sessions.SEEN_EVERY.total_seconds():
            if len(self.told) >= self.MOST:
                self.told.clear()
            self.told[row] = time.monotonic()
            try:
                sessions.seen(pk=row, now=timezone.now())
            except DatabaseError as error:
                log.warning("Not written down that session %s was used: %s", row, error)
        return response


class SecondFactorMiddleware:
    """Keys are not asked: they are no person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in OPEN_TO_ALL or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        membership = request.membership  # type: ignore[attr-defined]  # set above
        if not membership or not must_have_one(membership) or has_second_factor(membership.user_id):
            return None
        if request.path.startswith("/api/v1/"):
            body = {"type": "about:blank", "title": "Not allowed", "status": 403, "detail": NEEDED}
            return JsonResponse(body, status=403, content_type="application/problem+json")
        return redirect("security")
