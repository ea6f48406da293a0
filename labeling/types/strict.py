"""Strict reading of untrusted documents: every problem is collected with its path, nothing is guessed."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from labeling.errors import Problem


def read_object(raw: Any, known: Collection[str], problems: list[Problem], path: str = "") -> dict[str, Any]:
    """The object itself, its unknown fields noted as problems; an empty one if ``raw`` is no object."""
    if not isinstance(raw, dict):
        problems.append(Problem(path, "must be an object", "type"))
        return {}
    for field in raw:
        if field not in known:
            allowed = ", ".join(sorted(known))
            problems.append(Problem(join(path, str(field)), f"unknown field; known: {allowed}", "unknown_field"))
    return raw


def read_text(
    raw: Any, problems: list[Problem], path: str, *, longest: int, empty_allowed: bool = False, strip: bool = True
) -> str:
    """A string of at most ``longest`` characters that a database can store (no NUL, no lone surrogates)."""
    if not isinstance(raw, str):
        problems.append(Problem(path, "must be a string", "type"))
        return ""
    if unstorable := storable_problem(raw):
        problems.append(Problem(path, unstorable, "characters"))
        return ""
    text = raw.strip() if strip else raw
    if not text and not empty_allowed:
        problems.append(Problem(path, "must not be empty", "required"))
    if len(text) > longest:
        problems.append(Problem(path, f"has {len(text)} characters; at most {longest}", "too_long"))
    return text


def read_count(raw: Any, problems: list[Problem], path: str, *, low: int, high: int) -> int:
    """A whole number in a range. True is not a number here."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        problems.append(Problem(path, "must be a whole number", "type"))
        return low
    if not low <= raw <= high:
        problems.append(Problem(path, f"is {raw}; must be from {low} to {high}", "range"))
        return low
    return raw


def is_number(raw: Any) -> bool:
    """A finite number of a size that a float can hold. True is not a number here."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return False
    try:
        return math.isfinite(raw)
    except OverflowError:
        return False


def storable_problem(text: str) -> str:
    """Why PostgreSQL would refuse this text, or an empty string."""
    if "\x00" in text:
        return "contains a NUL character"
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return "contains half of a surrogate pair"
    return ""


def join(path: str, field: str) -> str:
    """``a.b``, or only ``b`` at the top."""
    return f"{path}.{field}" if path else field
