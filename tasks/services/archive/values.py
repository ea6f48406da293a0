"""Values of a record as the database takes them, or what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias
from uuid import UUID

from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

Check: TypeAlias = Callable[[Any], Any]


class BadValue(ValueError):
    """What is wrong, without the place."""


def checker(one: Field[Any, Any]) -> Check:
    """For one field, made once and called for every record. It knows no other rows."""
    check = _checker(one)
    allowed = {choice for choice, _ in one.flatchoices}

    def whole(value: Any) -> Any:
        if value is None:
            if not one.null:
                raise BadValue("must not be null")
            return None
        if allowed and value not in allowed and not (value == "" and one.blank):
            raise BadValue(f"{str(value)[:60]!r} is none of {', '.join(map(str, sorted(allowed)))}")
        return check(value)

    return whole


def default_of(one: Field[Any, Any]) -> Any:
    """For a field that the release which made the archive did not have."""
    if one.default is not NOT_PROVIDED:
        return one.get_default()
    if one.null:
        return None
    if one.blank and isinstance(one, models.CharField | models.TextField):
        return ""
    raise BadValue("is missing")


def _checker(one: Field[Any, Any]) -> Check:
    kind = one.get_internal_type()
    if isinstance(one, models.JSONField):
        return lambda value: value
    if isinstance(one, models.BooleanField):
        return _a(bool, "true or false")
    if isinstance(one, models.UUIDField):
        return _uuid
    if isinstance(one, models.DateTimeField):
        return _moment
    if isinstance(one, models.DecimalField):
        return _decimal(one)
    if isinstance(one, models.FloatField):
        return _float
    if isinstance(one, models.IntegerField):
        return _integer(*BaseDatabaseOperations.integer_field_ranges[kind])  # the same on every database
    if isinstance(one, models.CharField | models.TextField):
        return _text(one.max_length)
    raise TypeError(f"{one} is of a kind that archives cannot hold yet")


def _a(kind: type, words: str) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, kind):
            raise BadValue(f"must be {words}")
        return value

    return check


def _text(longest: int | None) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, str):
            raise BadValue("must be text")
        if longest is not None and len(value) > longest:
            raise BadValue(f"has {len(value)} characters; at most {longest}")
        return value

    return check


def _integer(low: int | None, high: int | None) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadValue("must be a whole number")
        if (low is not None and value < low) or (high is not None and value > high):
            raise BadValue(f"{value} is out of range")
        return value

    return check


def _float(value: Any) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadValue("must be a number")
    return float(value)


def _decimal(one: models.DecimalField[Any, Any]) -> Check:
    def check(value: Any) -> Any:
        try:
            found = Decimal(value if isinstance(value, str) else "none")
        except InvalidOperation:
            raise BadValue("must be a decimal number, as text") from None
        whole = one.max_digits - one.decimal_places if one.max_digits and one.decimal_places else 0
        if not found.is_finite() or abs(found) >= 10**whole:
            raise BadValue(f"{value} is out of range")
        return found

    return check


def _moment(value: Any) -> Any:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValue("must be a time, as 2026-11-23T09:00:00+00:00") from None
    if found.tzinfo is None:
        raise BadValue("must be a time with its zone")
    return found


def _uuid(value: Any) -> Any:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise BadValue("must be a UUID") from None
