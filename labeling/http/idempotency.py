"""`Idempotency-Key` on creating calls: a repeat after a lost reply gets that reply and changes nothing.

    @idempotent
    def post(self, request): ...

The key's row is reserved and committed first; then the view runs in one transaction together with storing its reply.
So a crash leaves either both or neither, and a reservation without a reply is free again after `ABANDONED`.
Only replies are kept, not raised errors: a refused call had no effect and may be tried again with the same key.
Not for calls that stream large bodies: they would hold the transaction open.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.http.json import ORJSONRenderer
from labeling.http.refusals import Conflict, TooLarge
from labeling.outbox.models import IdempotencyKey
from labeling.written import written

HEADER = "Idempotency-Key"
REMEMBERED = timedelta(hours=24)
ABANDONED = timedelta(seconds=120)  # longer than the web server lets a request run


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = f"This {HEADER} was used for another request."
    default_code = "idempotency_key_reused"


class UnderWay(Conflict):
    default_detail = f"A request with this {HEADER} is under way."
    default_code = "idempotency_key_under_way"
    wait = 1


def idempotent(view: Any = None, *, shown_once: tuple[str, ...] = (), any_key: bool = False) -> Any:
    """For a view's `post`. Fields in `shown_once` are secrets: they are not stored, and null in a repeated reply.

    With `any_key` a key may be any text, and a body as large as the view takes it.
    """

    def decorate(handler: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(handler)
        def wrapped(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            caller = getattr(request, "caller", None)
            if HEADER not in request.headers or caller is None:
                return handler(self, request, *args, **kwargs)
            given = request.headers[HEADER]
            key = hashlib.sha256(given.encode(errors="replace")).hexdigest() if any_key else valid_key(given)
            row, is_mine = reserve(
                organization_id=caller.organization.pk,
                actor=caller.name,
                key=key,
                request_hash=fingerprint(request, parsed=any_key),
                now=timezone.now(),
            )
            if not is_mine:
                return repeat(row)
            try:
                with transaction.atomic():
                    response = handler(self, request, *args, **kwargs)
                    store(row, response, shown_once)
            except BaseException:
                IdempotencyKey.objects.filter(pk=row.pk, created_at=row.created_at, status=None).delete()
                raise
            return response

        wrapped.is_idempotent = True  # type: ignore[attr-defined]  # read by labeling.http.schema
        return wrapped

    return decorate(view) if view else decorate


def valid_key(value: str) -> str:
    if not 0 < len(value) <= 255 or not value.isascii() or not value.isprintable():
        raise ValidationError({HEADER: f"must be 1 to 255 printable ASCII characters, not {len(value)}"})
    return value


def fingerprint(request: Request, *, parsed: bool = False) -> str:
    """Method, address, type and body: a key stands for exactly one request."""
    plain = request._request
    try:
        body = written(request.data) if parsed else plain.body
    except RequestDataTooBig as error:
        raise TooLarge(str(error)) from None
    head = f"{plain.method} {plain.get_full_path()}\n{plain.content_type}\n"
    return hashlib.sha256(head.encode() + body).hexdigest()


def reserve(
    *, organization_id: int, actor: str, key: str, request_hash: str, now: datetime
) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether this request is the one to do the work. KeyReused for another request's key."""
    named = {"organization_id": organization_id, "actor": actor, "key": key}
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(**named, request_hash=request_hash), True
    except IntegrityError:
        row = IdempotencyKey.objects.filter(**named).first()
    if row is None:  # the first call failed meanwhile and freed the key
        raise UnderWay
    age = now - row.created_at
    if age > REMEMBERED or (row.status is None and age > ABANDONED):
        mine = IdempotencyKey.objects.filter(pk=row.pk, created_at=row.created_at, status=row.status)
        if not mine.update(created_at=now, request_hash=request_hash, status=None, body=None):
            raise UnderWay
        row.created_at, row.status = now, None
        return row, True
    if row.request_hash != request_hash:
        raise KeyReused
    return row, False


def store(row: IdempotencyKey, response: Response, shown_once: tuple[str, ...]) -> None:
    """In the view's transaction. Rolls it back if the reservation was taken over meanwhile."""
    data = response.data
    if shown_once and isinstance(data, dict):
        data = {name: None if name in shown_once else value for name, value in data.items()}
    mine = IdempotencyKey.objects.filter(pk=row.pk, created_at=row.created_at, status=None)
    if not mine.update(status=response.status_code, body=ORJSONRenderer().render(data)):
        raise UnderWay


def repeat(row: IdempotencyKey) -> Response:
    if row.status is None or row.body is None:
        raise UnderWay
    body = bytes(row.body)
    return Response(orjson.loads(body) if body else None, status=row.status, headers={"Idempotent-Replayed": "true"})
