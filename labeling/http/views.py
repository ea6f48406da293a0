"""Error replies outside DRF: problem details under /api/, plain JSON under /v1/ and /v2/, a page elsewhere."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from labeling.http.errors import CONTENT_TYPE
from labeling.types.registry import UnknownType

TITLES = {400: "Bad request", 403: "Not allowed", 404: "Not found", 500: "Server error"}


def _reply(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": ""}
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    if request.path.startswith(("/v1/", "/v2/")):
        return JsonResponse({"status_code": status, "error": TITLES[status]}, status=status)
    return render(request, f"errors/{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _reply(request, 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _reply(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _reply(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if isinstance(error, UnknownType) and not request.path.startswith(("/api/", "/v1/", "/v2/")):
        return render(request, "errors/type_missing.html", {"name": error.name}, status=503)
    return _reply(request, 500)
