"""JSON of whatever a database gave back.

PostgreSQL keeps the number 3.4e38 as the whole number it is, and tells it in 39 digits; orjson writes at most 64 bits.
Such a number is written as the floating-point number that it was when it came.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import orjson

LEAST, MOST = -(2**63), 2**64 - 1


def written(data: Any, *, default: Callable[[Any], Any] | None = None, option: int | None = None) -> bytes:
    """The data as JSON; whole numbers beyond 64 bits as the floating-point numbers that they were."""
    try:
        return orjson.dumps(data, default=default, option=option)
    except TypeError:
        return orjson.dumps(_fitting(data), default=default, option=option)


def _fitting(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _fitting(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_fitting(value) for value in data]
    if is_dataclass(data):
        return {field.name: _fitting(getattr(data, field.name)) for field in fields(data)}
    return float(data) if isinstance(data, int) and not LEAST <= data <= MOST else data
