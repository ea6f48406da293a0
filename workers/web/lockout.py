"""What django-axes asks us: whose sign-in it counts, and what a locked-out person sees."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SECONDS = int(settings.AXES_COOLOFF_TIME * 3600)


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The address in one spelling, so that another case is not another ten tries."""
    given = credentials or request.POST
    return str(given.get("username") or "").strip().lower()


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
    *args: Any,
    **kwargs: Any,
) -> HttpResponse:
    """The API view has answered already, in problem details; a page gets a page. Both are 429."""
    if request.path.startswith("/api/") and original_response is not None:
        return original_response
    response = render(request, "accounts/locked_out.html", {"minutes": SECONDS // 60}, status=429)
    response["Retry-After"] = str(SECONDS)
    return response
