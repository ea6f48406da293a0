"""From the columns of one line to a row: what is the text, what is the key, what may be stored."""

from __future__ import annotations

import math
from typing import Any

from labeling.errors import GroundworkError
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, content_key
from labeling.importers.json_numbers import TOO_LONG, long_number
from labeling.types.strict import storable_problem

LONGEST_KEY = 200
USUAL_TEXT = "text"
"""The column whose absence is no fault: prompts, responses and conversations come in columns of their own."""
DISPLACED_TEXT = "other_text"
"""Where a column called "text" goes when another one was chosen as the text."""


class FieldRefused(GroundworkError):
    """One field of a line cannot be taken."""

    def __init__(self, field: str, reason: str, code: str = "value") -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason
        self.code = code


def row_of(
    columns: dict[str, Any],
    *,
    line: int,
    position_after: Position,
    options: ImportOptions,
    raw: bytes = b"",
    key: str = "",
) -> Row | LineProblem:
    """The row, or the first problem with it.

    ``raw`` is the JSON that the columns were read from; ``key`` the item's, where it is none of its columns.
    """
    try:
        if (place := long_number(raw)) is not None:
            raise FieldRefused(place, TOO_LONG)
        check_value(columns, "", options.max_depth)
        data = _with_text(columns, options.text_field, options.id_field)
        key = key or _key(columns.get(options.id_field), options.id_field) or content_key(data)
    except FieldRefused as refused:
        return LineProblem(line, position_after, refused.field, refused.reason, refused.code)
    return Row(line, position_after, key, data)


def check_value(value: Any, field: str, depth: int) -> None:
    """Refuse what a database or JSON cannot hold: NUL, half surrogates, NaN, infinity, too deep nesting."""
    if isinstance(value, str):
        if problem := storable_problem(value):
            raise FieldRefused(field, problem)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise FieldRefused(field, f"{value} is not a number that JSON can hold")
    elif isinstance(value, dict):
        _check_depth(field, depth)
        for name, inner in value.items():
            if problem := storable_problem(name):
                raise FieldRefused(field, f"a field name {problem}")
            check_value(inner, f"{field}.{name}" if field else name, depth - 1)
    elif isinstance(value, list):
        _check_depth(field, depth)
        for n, inner in enumerate(value):
            check_value(inner, f"{field}[{n}]", depth - 1)


def _check_depth(field: str, depth: int) -> None:
    if depth <= 0:
        raise FieldRefused(field[:200], "is nested too deep", "too_deep")


def _with_text(columns: dict[str, Any], text_field: str, id_field: str) -> dict[str, Any]:
    """A text that was asked for by name must be there; otherwise any field with something in it makes an item."""
    if text_field not in columns:
        if text_field == USUAL_TEXT and _has_content(columns, id_field):
            return columns
        raise FieldRefused(text_field, "is missing", "missing")
    text = columns[text_field]
    if not isinstance(text, str):
        raise FieldRefused(text_field, f"must be a string, is {_json_kind(text)}", "type")
    if not text.strip():
        raise FieldRefused(text_field, "is empty", "empty")
    if text_field == USUAL_TEXT:
        return columns
    data = {name: value for name, value in columns.items() if name not in (text_field, USUAL_TEXT)}
    if USUAL_TEXT in columns:
        data[DISPLACED_TEXT] = columns[USUAL_TEXT]
    return {USUAL_TEXT: text, **data}


def _has_content(columns: dict[str, Any], id_field: str) -> bool:
    """Whether there is anything to show besides the key."""
    others = (value for name, value in columns.items() if name != id_field)
    return any(value.strip() if isinstance(value, str) else value not in (None, [], {}) for value in others)


def _key(value: Any, id_field: str) -> str:
    """The row's own key, or an empty string if it has none."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FieldRefused(id_field, f"must be a string or a whole number, is {_json_kind(value)}", "type")
    key = str(value).strip()
    if len(key) > LONGEST_KEY:
        raise FieldRefused(id_field, f"has {len(key)} characters; at most {LONGEST_KEY}", "too_long")
    return key


def _json_kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    kinds = {
        int: "a number",
        float: "a number with a fraction or over 64 bits",
        list: "a list",
        dict: "an object",
        str: "a string",
    }
    return kinds.get(type(value), type(value).__name__)
