"""What all calls of this API share: the key as user name, 200 for success, its error body."""

import base64
import binascii
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import Http404, QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import errors
from labeling.buckets import OwnStorageError
from labeling.http.idempotency import KeyReused
from labeling.http.json import ORJSONParser, values_of
from tasks.models import Batch, Order, OrderProject, Project
from tasks.scale.form_bodies import FormBody
from tasks.scale.kinds import CORES, NotEnabled, told
from tasks.scale.projects import Duplicate, Unknown
from tasks.states import ProjectState
from workers.api.authentication import KeyAuthentication, authenticate_key
from workers.api.caller import Caller
from workers.api.permissions import InOrganization
from workers.api.throttles import KeyThrottle

LARGEST_BODY = 25 * 1024 * 1024  # suggested answers can be large
BAD_REQUEST, NOT_FOUND, CONFLICT, SERVER_ERROR = 400, 404, 409, 500


class BasicKey(BaseAuthentication):
    """`Authorization: Basic`, the key as user name and nothing as password."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name = base64.b64decode(encoded, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            raise exceptions.AuthenticationFailed("The Authorization header cannot be read.") from None
        return authenticate_key(request, name)

    def authenticate_header(self, request: Request) -> str:
        """Without it a wrong key would be a 403."""
        return 'Basic realm="api"'


class LargeJSON(ORJSONParser):
    """The same, for larger bodies: hypotheses. No text of an order may hold a character that databases refuse."""

    limit = LARGEST_BODY

    def loads(self, body: bytes) -> Any:
        found = super().loads(body)
        if b"\\u0000" in body and has_nul(found):
            raise exceptions.ParseError("a text in the body holds the character U+0000, which cannot be kept")
        return found


def has_nul(data: Any) -> bool:
    if isinstance(data, str):
        return "\x00" in data
    names = data if isinstance(data, dict) else ()
    return any(map(has_nul, names)) or any(map(has_nul, values_of(data)))


class ScaleView(APIView):
    authentication_classes = [BasicKey, KeyAuthentication]
    permission_classes = [InOrganization]
    throttle_classes = [KeyThrottle]
    parser_classes = [LargeJSON, FormBody]
    schema = None  # its document is the official client, not our OpenAPI

    def initial(self, request: Request, *args: Any, **where: Any) -> None:
        super().initial(request, *args, **where)
        if has_nul(where):
            raise Unknown("there is no such object")
        for name, values in request.query_params.lists():
            if has_nul([name, *values]):
                raise errors.InvalidInput(errors.Problem(name, f"{name} holds the character U+0000", "type"))

    def get_exception_handler(self) -> Any:
        return error_reply

    @property
    def caller(self) -> Caller:
        found: Caller = self.request.caller  # type: ignore[attr-defined]  # set by authentication
        return found

    @property
    def body(self) -> dict[str, Any]:
        """The body's object; an empty body is an empty one."""
        data = self.request.data
        if not isinstance(data, dict):
            raise errors.InvalidInput(errors.Problem("", "the body must be a JSON object", "type"))
        return data

    def mine(self, model: Any) -> Any:
        """Rows of the caller's organization and mode: nobody else's exist."""
        return model.objects.filter(organization=self.caller.organization, mode=self.caller.mode)

    def project(self, name: Any) -> OrderProject:
        found: OrderProject | None = self.mine(OrderProject).filter(name=name, is_hidden=False).first()
        if found is None:
            raise self.no_project(name)
        return found

    def no_project(self, name: Any) -> Unknown:
        """Whoever sees a project of that name on our pages is told why tasks cannot be ordered in it."""
        ours = self.mine(Project).filter(name=name).first()
        if ours is None:
            return Unknown(f"there is no project {name!r}")
        if ours.type not in CORES:
            return Unknown(f"project {name!r} was made on the pages: order tasks in one made by POST /v1/projects")
        if ours.state == ProjectState.DRAFT:
            return Unknown(f"project {name!r} is a draft: launch it, and chat tasks can be ordered in it")
        return Unknown(f"project {name!r} was made on the pages: its chat tasks are ordered under version 2")

    def batch(self, name: Any, *, ordered: bool = True) -> Batch:
        """One that tasks are ordered in; or any, for those who put batches in order."""
        rows = self.mine(Batch).select_related("project", "work").filter(name=name)
        found: Batch | None = (rows.filter(project__isnull=False) if ordered else rows).first()
        if found is None:
            raise Unknown(f"there is no batch {name!r}")
        return found

    def order(self, public_id: str) -> Order:
        return loaded(self.mine(Order).filter(public_id=public_id))


def loaded(orders: Any) -> Order:
    found: Order | None = with_all(orders).first()
    if found is None:
        raise Unknown("there is no such task")
    return found


def with_all(orders: Any) -> Any:
    """With what a task's reply needs, and what changing it does."""
    return orders.select_related("project", "batch__project", "task__project").prefetch_related("tags")


def error_reply(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every error is one JSON object, for the client reads nothing else."""
    status, text = _told(error, context)
    reply = Response({"status_code": status, "error": text}, status=status)
    if isinstance(error, exceptions.APIException):
        if header := getattr(error, "auth_header", None):
            reply["WWW-Authenticate"] = header
        if pause := getattr(error, "wait", None):
            reply["Retry-After"] = str(max(1, round(pause)))
    if isinstance(error, (OperationalError, OwnStorageError)):
        reply["Retry-After"] = "1"
    return reply


def _told(error: Exception, context: dict[str, Any]) -> tuple[int, str]:
    if isinstance(error, Unknown):
        return NOT_FOUND, str(error)
    if isinstance(error, NotEnabled):
        return 402, told(error)
    if isinstance(error, Duplicate):
        return _conflict(context), told(error)
    if isinstance(error, errors.HasProblems):
        return BAD_REQUEST, told(error)
    if isinstance(error, errors.NotAllowed):
        return 403, str(error)
    if isinstance(error, OwnStorageError):
        return 503, str(error)
    if isinstance(error, errors.GroundworkError):
        return BAD_REQUEST, str(error)
    if isinstance(error, (Http404, ObjectDoesNotExist)):
        return NOT_FOUND, "there is no such object"
    if isinstance(error, OperationalError):
        return 503, "the database is busy; try again"
    if isinstance(error, exceptions.ValidationError):
        return BAD_REQUEST, str(error.detail)
    if isinstance(error, KeyReused):
        return CONFLICT, "this idempotency key is in use for a different request"
    if isinstance(error, exceptions.APIException):
        return error.status_code, str(error.detail)
    raise error


def _conflict(context: dict[str, Any]) -> int:
    """The official client breaks on a 409 to a call whose body is no object."""
    request = context["request"]
    return CONFLICT if isinstance(request.data, dict) and request.data else BAD_REQUEST


def moment(raw: str, name: str) -> datetime:
    """A date, or a time with or without zone: without one it is UTC."""
    try:
        found = parse_datetime(raw.replace(" ", "+")) or parse_datetime(raw)
        if found is None and (day := parse_date(raw)):
            found = datetime(day.year, day.month, day.day)
    except ValueError:
        found = None
    try:
        if found is not None:
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        pass  # midnight of the first day, east of Greenwich: no time of ours either
    raise errors.InvalidInput(errors.Problem(name, f"{name}: {raw!r} is not a time", "type"))


def only_known(query: QueryDict, names: Collection[str]) -> None:
    """A filter that we do not have must not look kept: what comes back would be taken for what was asked for."""
    for name in query:
        if name not in names:
            raise errors.InvalidInput(errors.Problem(name, f"unknown parameter {name}", "unknown"))


def one_of(raw: str, name: str, words: Iterable[str]) -> str:
    allowed = sorted(words)
    if raw not in allowed:
        message = f"{name} must be one of {', '.join(allowed)}, not {raw[:100]!r}"
        raise errors.InvalidInput(errors.Problem(name, message, "choice"))
    return raw


def flag(raw: str | None) -> bool:
    """As Python or JavaScript writes it."""
    return (raw or "").lower() in ("true", "1")


def number(raw: str | None, name: str, *, usual: int, least: int, most: int) -> int:
    if raw is None or raw == "":
        return usual
    if not (raw.isascii() and raw.isdecimal() and least <= int(raw[:12]) <= most):
        raise errors.InvalidInput(errors.Problem(name, f"{name} must be from {least} to {most}", "range"))
    return int(raw)
