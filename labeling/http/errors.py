"""Every error of the API as problem details (RFC 9457), with the paths of the wrong fields."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from labeling import errors
from labeling.buckets import OwnStorageError
from labeling.types.registry import UnknownType

CONTENT_TYPE = "application/problem+json"
OURS: tuple[tuple[type[errors.GroundworkError], int, str], ...] = (
    (errors.InvalidAnswer, 422, "The answer is not valid"),
    (errors.InvalidConfig, 400, "The label schema is not valid"),
    (errors.InvalidInput, 400, "The request is not valid"),
    (errors.BadFile, 400, "The file cannot be read"),
    (errors.StaleState, 409, "The state has changed"),
    (errors.NotAllowed, 403, "Not allowed"),
    (UnknownType, 400, "Unknown task type"),
)


def problem(status_code: int, title: str, detail: str = "", problems: list[dict[str, str]] | None = None) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status_code, "detail": detail}
    if problems:
        body["problems"] = problems
    return Response(body, status=status_code, content_type=CONTENT_TYPE)


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: None (so a 500) only for what nobody foresaw."""
    for kind, code, title in OURS:
        if isinstance(error, kind):
            found = [{"path": p.path, "message": p.message, "code": p.code} for p in getattr(error, "problems", [])]
            detail = (
                str(error)
                if not found
                else "; ".join(f"{p['path']}: {p['message']}" if p["path"] else p["message"] for p in found)
            )
            return problem(code, title, detail, found)
    if isinstance(error, OwnStorageError):
        reply = problem(503, "The storage does not work", str(error))
        reply["Retry-After"] = "10"
        return reply
    if isinstance(error, (Http404, ObjectDoesNotExist)):
        return problem(404, "Not found", "There is no such object.")
    if isinstance(error, PermissionDenied):
        return problem(403, "Not allowed", str(error))
    if isinstance(error, OperationalError):
        reply = problem(503, "The database is busy", "Try again.")
        reply["Retry-After"] = "1"
        return reply
    if isinstance(error, exceptions.ValidationError):
        found = list(_flatten(error.get_full_details(), ""))
        return problem(400, "The request is not valid", "; ".join(f"{p['path']}: {p['message']}" for p in found), found)
    if isinstance(error, exceptions.APIException):
        title = str(error.default_detail).rstrip(".")
        if "{" in title:  # DRF fills it in for the detail only
            title = HTTPStatus(error.status_code).phrase
        reply = problem(error.status_code, title, str(error.detail))
        if header := getattr(error, "auth_header", None):
            reply["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            reply["Retry-After"] = str(max(1, round(wait)))
        return reply
    return None


def _flatten(details: Any, path: str) -> Iterator[dict[str, str]]:
    """DRF's nested details as a flat list; paths look like `options[0].value`."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"path": path, "message": str(details["message"]), "code": str(details["code"])}
    elif isinstance(details, dict):
        for key, inner in details.items():
            if key == "non_field_errors":
                yield from _flatten(inner, path)
            elif isinstance(key, int):
                yield from _flatten(inner, f"{path}[{key}]")
            else:
                yield from _flatten(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(details, list):
        for index, inner in enumerate(details):
            leaf = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from _flatten(inner, path if leaf else f"{path}[{index}]")
