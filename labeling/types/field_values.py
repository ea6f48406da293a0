"""Reading the values of one field of a form, each kind in its one form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from labeling.errors import Problem
from labeling.types.field_choices import leaves
from labeling.types.parts import note_repeats, read_flag, read_list
from labeling.types.strict import is_number, read_count, read_text

CHOOSING = ("category", "select", "ranking_order")
SCALED = ("linear_scale", "range")
STRETCHES = ("range", "time_range")
DATE, DATETIME = "2026-01-31", "2026-01-31T09:30"
MOMENTS = {"date": r"\d{4}-\d\d-\d\d", "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d"}
TIME = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?", re.ASCII)
FARTHEST = 1e15
"""Numbers beyond this lose whole units in a browser."""

Field = dict[str, Any]


def values_of(field: Field) -> list[str]:
    return leaves(field["choices"])


def read_values(raw: Any, field: Field, problems: list[Problem], path: str) -> list[Any]:
    """The list of values of one field, in canonical form."""
    kind = field["type"]
    most = len(values_of(field)) if kind in CHOOSING else 2
    values = read_list(raw, problems, path, least=1, most=most)
    if kind == "category":
        low, high = field["min_choices"], field["max_choices"]
        if values and not low <= len(values) <= high:
            problems.append(Problem(path, f"has {len(values)} choices; must be {low} to {high}", "range"))
    elif values and len(values) != (wanted := most if kind == "ranking_order" else 2 if kind in STRETCHES else 1):
        problems.append(Problem(path, f"has {len(values)} values; must be {wanted}", "range"))
    read = [read_value(value, field, problems, f"{path}[{n}]") for n, value in enumerate(values)]
    if kind in CHOOSING:
        note_repeats(read, problems, [f"{path}[{n}]" for n in range(len(read))])
    if kind == "category" and not problems:
        return [value for value in values_of(field) if value in read]
    if kind in STRETCHES and len(read) == 2 and not problems and _place(read[0]) > _place(read[1]):
        problems.append(Problem(path, f"begins at {read[0]}, after its end, {read[1]}", "range"))
    return read


def read_value(raw: Any, field: Field, problems: list[Problem], path: str) -> Any:
    return READERS[field["type"]](raw, field, problems, path)


def milliseconds(time: str) -> int:
    """From the beginning to ``HH:MM:SS``, with a fraction behind it or not."""
    found = TIME.fullmatch(time)
    if not found:
        raise ValueError(f"{time!r} is not HH:MM:SS")
    hours, minutes, seconds, fraction = found.groups()
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int((fraction or "0").ljust(3, "0"))


def finite(raw: Any, problems: list[Problem], path: str) -> float:
    """A number; whole ones as such."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        problems.append(Problem(path, "must be a number", "type"))
        return 0
    if not is_number(raw) or abs(raw) > FARTHEST:
        problems.append(Problem(path, f"must be from {-FARTHEST:.0f} to {FARTHEST:.0f}", "range"))
        return 0
    return int(raw) if raw == int(raw) else raw


def _place(value: Any) -> float:
    return milliseconds(value) if isinstance(value, str) else value


def _read_text(raw: Any, field: Field, problems: list[Problem], path: str) -> str:
    text = read_text(raw, problems, path, longest=field["max_length"])
    if text and len(text) < field["min_length"]:
        problems.append(Problem(path, f"has {len(text)} characters; at least {field['min_length']}", "too_short"))
    return text


def _read_number(raw: Any, field: Field, problems: list[Problem], path: str) -> float:
    number = finite(raw, problems, path)
    if field["is_integer"] and number != int(number):
        problems.append(Problem(path, "must be a whole number", "type"))
    for end, is_out in (("min", lambda limit: number < limit), ("max", lambda limit: number > limit)):
        if field[end] is not None and is_out(field[end]):
            problems.append(Problem(path, f"is {number}; {end}imum {field[end]}", "range"))
    return number


def _read_boolean(raw: Any, field: Field, problems: list[Problem], path: str) -> bool:
    return read_flag(raw, problems, path)


def _read_moment(raw: Any, field: Field, problems: list[Problem], path: str) -> str:
    """YYYY-MM-DD, with THH:MM behind it for a datetime: the wall clock of whatever the form is about."""
    if isinstance(raw, str) and re.fullmatch(MOMENTS[field["type"]], raw, re.ASCII) and _exists(raw):
        return raw
    example = DATE if field["type"] == "date" else DATETIME
    problems.append(Problem(path, f"must be a {field['type']} such as {example}", "type"))
    return ""


def _exists(moment: str) -> bool:
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return False
    return True


def _read_time(raw: Any, field: Field, problems: list[Problem], path: str) -> str:
    """Hours, minutes and seconds of a recording, or of a day; a fraction loses its idle zeros."""
    if not isinstance(raw, str) or not TIME.fullmatch(raw):
        problems.append(Problem(path, "must be a time such as 00:01:30", "type"))
        return "00:00:00"
    time = raw.rstrip("0").rstrip(".") if "." in raw else raw
    for end, sign in (("min", 1), ("max", -1)):
        if field[end] is not None and sign * milliseconds(time) < sign * milliseconds(field[end]):
            problems.append(Problem(path, f"is {time}; {end}imum {field[end]}", "range"))
    return time


def _read_choice(raw: Any, field: Field, problems: list[Problem], path: str) -> str:
    if not isinstance(raw, str):
        problems.append(Problem(path, "must be a string", "type"))
        return ""
    if raw not in values_of(field):
        problems.append(Problem(path, f"{raw[:80]!r} is not a choice of this field", "unknown_option"))
    return raw


def _read_step(raw: Any, field: Field, problems: list[Problem], path: str) -> int:
    return read_count(raw, problems, path, low=field["min"], high=field["max"])


READERS: dict[str, Callable[[Any, Field, list[Problem], str], Any]] = {
    "text": _read_text,
    "number": _read_number,
    "boolean": _read_boolean,
    "date": _read_moment,
    "datetime": _read_moment,
    "time_range": _read_time,
    **dict.fromkeys(CHOOSING, _read_choice),
    **dict.fromkeys(SCALED, _read_step),
}
