"""Two ways in: `Authorization: Bearer KEY`, or the page's session with CSRF. Both set `request.caller`."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from labeling.outbox.events import calling_key
from workers.api.caller import caller_of_key, caller_of_member
from workers.models import ApiKey
from workers.selectors import access
from workers.tokens import hashed


def authenticate_key(request: Request, secret: str) -> tuple[Any, ApiKey]:
    """The key with this secret calls; AuthenticationFailed when there is none that works.

    A key dies with its maker's access: whoever leaves may have kept the secret.
    """
    now = timezone.now()
    key = (
        ApiKey.objects.select_related("organization", "created_by")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), hash=hashed(secret), revoked_at=None)
        .filter(access.MAKER_HAS_ACCESS)
        .first()
    )
    if key is None:
        raise AuthenticationFailed("This API key is unknown, expired or revoked, or its maker has no access any more.")
    if key.last_used_at is None or key.last_used_at < now - timedelta(minutes=5):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    calling_key.set(key.pk)
    request._request.caller = caller_of_key(key)  # type: ignore[attr-defined]  # ours
    return AnonymousUser(), key


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return authenticate_key(request, secret.strip())

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class PageAuthentication(SessionAuthentication):
    """A signed-in person; writing calls need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found is not None and (membership := request._request.membership):  # type: ignore[attr-defined]  # middleware
            request._request.caller = caller_of_member(membership, found[0])  # type: ignore[attr-defined]
        return found

    def enforce_csrf(self, request: Request) -> None:
        """On Django's request: DRF's would parse the body to look for a token, and a view that reads it then cannot."""
        super().enforce_csrf(request._request)  # type: ignore[arg-type]  # it reads what both have

    def authenticate_header(self, request: Request) -> str:
        """So that a missing sign-in is a 401 and not a 403."""
        return 'Session realm="api"'


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class PageScheme(OpenApiAuthenticationExtension):
    target_class = PageAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
