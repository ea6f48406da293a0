"""Whole numbers that JSON can write and nothing behind us can hold: they would come back rounded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

LONG = re.compile(rb"\d{19,}")
LEAST, MOST = -(2**63), 2**64 - 1


TOO_LONG = "is a whole number of over 64 bits: write it as a text"


def long_number(content: bytes) -> str | None:
    """Where the first number of over 64 bits stands in a right JSON value; None where there is none."""
    if not LONG.search(content):
        return None
    try:
        return next(_long(json.loads(content), ""), None)
    except RecursionError:
        return None  # nested too deep: told of in its own words


def _long(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, int) and not LEAST <= value <= MOST:
        yield path[:200]
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _long(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _long(inner, f"{path}[{n}]")
