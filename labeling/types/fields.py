"""The fields of a form: their schema, what each takes, when each is shown."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from labeling.errors import Problem
from labeling.types.parts import LONGEST_TEXT, note_repeats, read_flag, read_list, read_name, read_note
from labeling.types.strict import read_count, read_object, read_text

CHOOSING = ("category", "select", "ranking_order")
SCALED = ("linear_scale", "range")
TYPES = ("text", "number", "boolean", "date", "datetime", *CHOOSING, *SCALED)
NOT = "not"
"""Turns a condition round; so no field may be called this."""
DATE, DATETIME = "2026-01-31", "2026-01-31T09:30"
MOMENTS = {"date": r"\d{4}-\d\d-\d\d", "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d"}
COMMON = ("type", "field_id", "title", "description", "hint", "required", "conditions")
OWN: dict[str, tuple[str, ...]] = {
    "text": ("min_length", "max_length"),
    "number": ("min", "max", "is_integer"),
    "category": ("choices", "min_choices", "max_choices"),
    "select": ("choices",),
    "ranking_order": ("choices",),
    "linear_scale": ("min", "max", "min_label", "max_label"),
    "range": ("min", "max"),
}
MOST_FIELDS = 100
MOST_CHOICES = 200
FARTHEST = 1e15
"""Numbers beyond this lose whole units in a browser."""

Field = dict[str, Any]


def clean_fields(raw: Any, problems: list[Problem], path: str = "fields") -> list[Field]:
    """Every field with its defaults. A condition may name fields that come before it only, so it is never circular."""
    fields: list[Field] = []
    for n, each in enumerate(read_list(raw, problems, path, least=1, most=MOST_FIELDS)):
        fields.append(_clean_field(each, problems, f"{path}[{n}]", fields))
    ids = [each["field_id"] for each in fields]
    note_repeats(ids, problems, [f"{path}[{n}].field_id" for n in range(len(ids))])
    return fields


def values_of(field: Field) -> list[str]:
    return [choice["value"] for choice in field["choices"]]


def is_shown(field: Field, given: Mapping[str, list[Any]]) -> bool:
    """Whether its conditions hold: any of the alternatives, each of which wants every field it names."""
    return not field["conditions"] or any(_holds(each, given) for each in field["conditions"])


def named_in(field: Field) -> set[str]:
    """The fields that its conditions look at."""
    looked_at = [each for alternative in field["conditions"] for each in (alternative, alternative.get(NOT, {}))]
    return {name for each in looked_at for name in each if name != NOT}


def read_values(raw: Any, field: Field, problems: list[Problem], path: str) -> list[Any]:
    """The list of values of one field, in canonical form."""
    kind = field["type"]
    most = len(field["choices"]) if kind in CHOOSING else 2
    values = read_list(raw, problems, path, least=1, most=most)
    if kind == "category":
        low, high = field["min_choices"], field["max_choices"]
        if values and not low <= len(values) <= high:
            problems.append(Problem(path, f"has {len(values)} choices; must be {low} to {high}", "range"))
    elif values and len(values) != (wanted := {"range": 2, "ranking_order": most}.get(kind, 1)):
        problems.append(Problem(path, f"has {len(values)} values; must be {wanted}", "range"))
    read = [READERS[kind](value, field, problems, f"{path}[{n}]") for n, value in enumerate(values)]
    if kind in CHOOSING:
        note_repeats(read, problems, [f"{path}[{n}]" for n in range(len(read))])
    if kind == "category" and not problems:
        return [value for value in values_of(field) if value in read]
    if kind == "range" and len(read) == 2 and not problems and read[0] > read[1]:
        problems.append(Problem(path, f"begins at {read[0]}, after its end, {read[1]}", "range"))
    return read


def _holds(alternative: dict[str, Any], given: Mapping[str, list[Any]]) -> bool:
    for name, wanted in alternative.items():
        if name == NOT:
            if _holds(wanted, given):
                return False
        elif not any(value in wanted for value in given.get(name, ())):
            return False
    return True


def _clean_field(raw: Any, problems: list[Problem], path: str, before: list[Field]) -> Field:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind not in TYPES:
        problems.append(Problem(f"{path}.type", f"must be one of: {', '.join(TYPES)}", "unknown_option"))
        kind = "text"
    given = read_object(raw, (*COMMON, *OWN.get(kind, ())), problems, path)
    name = read_name(given.get("field_id"), problems, f"{path}.field_id")
    if name == NOT:
        message = f"{NOT!r} turns a condition round; call the field something else"
        problems.append(Problem(f"{path}.field_id", message, "reserved"))
    field: Field = {
        "type": kind,
        "field_id": name,
        "title": read_text(given.get("title", name or "?"), problems, f"{path}.title", longest=500),
        "description": read_note(given.get("description", ""), problems, f"{path}.description"),
        "hint": read_note(given.get("hint", ""), problems, f"{path}.hint"),
        "required": read_flag(given.get("required", True), problems, f"{path}.required"),
        "conditions": _clean_conditions(given.get("conditions", []), problems, f"{path}.conditions", before),
    }
    if kind in CHOOSING:
        field["choices"] = _clean_choices(given.get("choices"), problems, f"{path}.choices")
        if kind == "category":
            count = max(1, len(field["choices"]))
            for end in ("min_choices", "max_choices"):
                field[end] = read_count(given.get(end, 1), problems, f"{path}.{end}", low=1, high=count)
            if field["min_choices"] > field["max_choices"]:
                problems.append(Problem(f"{path}.min_choices", "is more than max_choices", "range"))
    elif kind == "text":
        low = read_count(given.get("min_length", 0), problems, f"{path}.min_length", low=0, high=LONGEST_TEXT)
        high = given.get("max_length", LONGEST_TEXT)
        high = read_count(high, problems, f"{path}.max_length", low=max(1, low), high=LONGEST_TEXT)
        field |= {"min_length": low, "max_length": high}
    elif kind == "number":
        field |= _clean_bounds(given, problems, path)
        field["is_integer"] = read_flag(given.get("is_integer", False), problems, f"{path}.is_integer")
    elif kind in SCALED:
        low = read_count(given.get("min", 1), problems, f"{path}.min", low=-1000, high=1_000_000)
        high = read_count(given.get("max", low + 4), problems, f"{path}.max", low=-1000, high=1_000_000)
        most = 10 if kind == "linear_scale" else 1_000_000
        if not low < high <= low + most:
            problems.append(Problem(f"{path}.max", f"must be {low + 1} to {low + most}", "range"))
        field |= {"min": low, "max": high}
        if kind == "linear_scale":
            for end in ("min_label", "max_label"):
                field[end] = read_note(given.get(end, ""), problems, f"{path}.{end}")
    return field


def _clean_bounds(given: dict[str, Any], problems: list[Problem], path: str) -> dict[str, float | None]:
    bounds = {
        end: None if given.get(end) is None else _finite(given[end], problems, f"{path}.{end}")
        for end in ("min", "max")
    }
    low, high = bounds["min"], bounds["max"]
    if low is not None and high is not None and low > high:
        problems.append(Problem(f"{path}.min", f"is {low}, more than max, {high}", "range"))
    return bounds


def _clean_choices(raw: Any, problems: list[Problem], path: str) -> list[dict[str, str]]:
    choices = []
    for n, each in enumerate(read_list(raw, problems, path, least=2, most=MOST_CHOICES)):
        given = {"value": each} if isinstance(each, str) else each
        given = read_object(given, ("value", "label", "hint"), problems, f"{path}[{n}]")
        value = read_text(given.get("value"), problems, f"{path}[{n}].value", longest=200)
        label = read_text(given.get("label", value or "?"), problems, f"{path}[{n}].label", longest=500)
        hint = read_note(given.get("hint", ""), problems, f"{path}[{n}].hint")
        choices.append({"value": value, "label": label, "hint": hint})
    note_repeats([each["value"] for each in choices], problems, [f"{path}[{n}].value" for n in range(len(choices))])
    return choices


def _clean_conditions(raw: Any, problems: list[Problem], path: str, before: list[Field]) -> list[dict[str, Any]]:
    """A list of alternatives; a lone object is the only one."""
    if isinstance(raw, dict):
        return [_clean_alternative(raw, problems, path, before)]
    listed = read_list(raw, problems, path, least=0, most=50)
    return [_clean_alternative(each, problems, f"{path}[{n}]", before) for n, each in enumerate(listed)]


def _clean_alternative(
    raw: Any, problems: list[Problem], path: str, before: list[Field], *, negated: bool = False
) -> dict[str, Any]:
    known = {field["field_id"]: field for field in before if field["type"] not in ("text", "range")}
    given = read_object(raw, (*known, *([] if negated else [NOT])), problems, path)
    if isinstance(raw, dict) and not raw:
        problems.append(Problem(path, "names no field", "required"))
    clean: dict[str, Any] = {}
    for name, wanted in given.items():
        if name == NOT and not negated:
            clean[name] = _clean_alternative(wanted, problems, f"{path}.not", before, negated=True)
        elif name in known:
            listed = wanted if isinstance(wanted, list) else [wanted]
            values = read_list(listed, problems, f"{path}.{name}", least=1, most=MOST_CHOICES)
            for n, value in enumerate(values):
                READERS[known[name]["type"]](value, known[name], problems, f"{path}.{name}[{n}]")
            clean[name] = values
    return clean


def _read_text(raw: Any, field: Field, problems: list[Problem], path: str) -> str:
    text = read_text(raw, problems, path, longest=field["max_length"])
    if text and len(text) < field["min_length"]:
        problems.append(Problem(path, f"has {len(text)} characters; at least {field['min_length']}", "too_short"))
    return text


def _finite(raw: Any, problems: list[Problem], path: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        problems.append(Problem(path, "must be a number", "type"))
        return 0
    if not math.isfinite(raw) or abs(raw) > FARTHEST:
        problems.append(Problem(path, f"must be from {-FARTHEST:.0f} to {FARTHEST:.0f}", "range"))
        return 0
    return int(raw) if raw == int(raw) else raw


def _read_number(raw: Any, field: Field, problems: list[Problem], path: str) -> float:
    number = _finite(raw, problems, path)
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
    **dict.fromkeys(CHOOSING, _read_choice),
    **dict.fromkeys(SCALED, _read_step),
}
