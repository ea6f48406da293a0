"""The fields of a form: their schema, and reading what was filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from labeling.errors import Problem
from labeling.types.field_choices import clean_choices
from labeling.types.field_conditions import NOT, clean_conditions, is_shown, named_in
from labeling.types.field_values import (
    CHOOSING,
    SCALED,
    Field,
    finite,
    milliseconds,
    read_value,
    read_values,
    values_of,
)
from labeling.types.parts import LONGEST_TEXT, note_repeats, read_flag, read_list, read_name, read_note
from labeling.types.strict import read_count, read_object, read_text

TYPES = ("text", "number", "boolean", "date", "datetime", "time_range", *CHOOSING, *SCALED)
COMMON = ("type", "field_id", "title", "description", "hint", "required", "conditions")
ENTRIES = ("min_responses_required", "max_responses_required")
OWN: dict[str, tuple[str, ...]] = {
    "text": ("min_length", "max_length"),
    "number": ("min", "max", "is_integer"),
    "time_range": ("min", "max"),
    "category": ("choices", "min_choices", "max_choices"),
    "select": ("choices",),
    "ranking_order": ("choices",),
    "linear_scale": ("min", "max", "min_label", "max_label"),
    "range": ("min", "max"),
    "field_set": ("fields", "inline", *ENTRIES),
}
MOST_FIELDS = 100
MOST_ENTRIES = 50

Given = Mapping[str, list[Any]]


def clean_fields(raw: Any, problems: list[Problem], path: str = "fields") -> list[Field]:
    """Every field with its defaults. Names are unique in the whole form, those inside of field sets too."""
    fields = _clean_list(raw, problems, path, [], inside=False)
    named = [(field["field_id"], where) for field, where in _walk(fields, path)]
    note_repeats([name for name, _ in named], problems, [f"{where}.field_id" for _, where in named])
    return fields


def read_fields(
    raw: Any,
    fields: list[Field],
    problems: list[Problem],
    path: str,
    *,
    above: Given | None = None,
    unsure: Set[str] = frozenset(),
) -> dict[str, list[Any]]:
    """What was filled in, by field. ``above`` is what an entry of a field set knows of the rest of the form.

    Whether a field should be filled in cannot be said where its conditions look at one that is wrong (``unsure``).
    """
    given = read_object(raw, [field["field_id"] for field in fields], problems, path)
    if not isinstance(raw, dict):
        return {}
    found: dict[str, list[Any]] = {}
    wrong = set(unsure)
    for field in fields:
        name, place = field["field_id"], f"{path}.{field['field_id']}"
        known = {**(above or {}), **found}
        is_sure = wrong.isdisjoint(named_in(field))
        shown = is_shown(field, known)
        if name not in given:
            if is_sure and shown and field["required"]:
                problems.append(Problem(place, "is not filled in", "required"))
        elif is_sure and not shown:
            problems.append(Problem(place, "is hidden by its conditions; leave it out", "hidden"))
        else:
            faults: list[Problem] = []
            if field["type"] == "field_set":
                found[name] = _read_entries(given[name], field, faults, place, known, wrong)
            else:
                found[name] = read_values(given[name], field, faults, place)
            problems += faults
            if faults:
                wrong.add(name)
    return found


def _read_entries(
    raw: Any, field: Field, problems: list[Problem], path: str, above: Given, unsure: Set[str]
) -> list[dict[str, list[Any]]]:
    low, high = (field[end] for end in ENTRIES)
    entries = []
    for n, each in enumerate(read_list(raw, problems, path, least=low, most=high)):
        before = len(problems)
        entry = read_fields(each, field["fields"], problems, f"{path}[{n}]", above=above, unsure=unsure)
        if not entry and len(problems) == before:
            problems.append(Problem(f"{path}[{n}]", "nothing is filled in; leave it out", "required"))
        entries.append(entry)
    return entries


def _walk(fields: list[Field], path: str) -> Iterator[tuple[Field, str]]:
    for n, field in enumerate(fields):
        yield field, f"{path}[{n}]"
        yield from _walk(field.get("fields", []), f"{path}[{n}].fields")


def _clean_list(raw: Any, problems: list[Problem], path: str, above: list[Field], *, inside: bool) -> list[Field]:
    """A condition may name fields that come before it only, so it is never circular."""
    fields: list[Field] = []
    for n, each in enumerate(read_list(raw, problems, path, least=1, most=MOST_FIELDS)):
        fields.append(_clean_field(each, problems, f"{path}[{n}]", [*above, *fields], inside=inside))
    return fields


def _clean_field(raw: Any, problems: list[Problem], path: str, before: list[Field], *, inside: bool) -> Field:
    kind = str(raw.get("type")) if isinstance(raw, dict) else ""
    allowed = TYPES if inside else (*TYPES, "field_set")
    if kind not in allowed:
        problems.append(Problem(f"{path}.type", f"must be one of: {', '.join(allowed)}", "unknown_option"))
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
        "conditions": clean_conditions(given.get("conditions", []), problems, f"{path}.conditions", before),
    }
    if kind == "field_set":
        return field | _clean_set(given, problems, path, before)
    return field | _clean_own(kind, given, problems, path)


def _clean_set(given: dict[str, Any], problems: list[Problem], path: str, before: list[Field]) -> Field:
    low, high = ENTRIES
    least = read_count(given.get(low, 1), problems, f"{path}.{low}", low=1, high=MOST_ENTRIES)
    return {
        "fields": _clean_list(given.get("fields"), problems, f"{path}.fields", before, inside=True),
        "inline": read_flag(given.get("inline", False), problems, f"{path}.inline"),
        low: least,
        high: read_count(given.get(high, least), problems, f"{path}.{high}", low=least, high=MOST_ENTRIES),
    }


def _clean_own(kind: str, given: dict[str, Any], problems: list[Problem], path: str) -> Field:
    """What only fields of this kind have."""
    if kind in CHOOSING:
        return _clean_choosing(kind, given, problems, path)
    if kind == "text":
        low = read_count(given.get("min_length", 0), problems, f"{path}.min_length", low=0, high=LONGEST_TEXT)
        high = given.get("max_length", LONGEST_TEXT)
        high = read_count(high, problems, f"{path}.max_length", low=max(1, low), high=LONGEST_TEXT)
        return {"min_length": low, "max_length": high}
    if kind == "number":
        is_integer = read_flag(given.get("is_integer", False), problems, f"{path}.is_integer")
        return {**_clean_bounds(kind, given, problems, path), "is_integer": is_integer}
    if kind == "time_range":
        return _clean_bounds(kind, given, problems, path)
    if kind in SCALED:
        return _clean_scale(kind, given, problems, path)
    return {}


def _clean_choosing(kind: str, given: dict[str, Any], problems: list[Problem], path: str) -> Field:
    nested = kind == "category"
    least = 2 if kind == "ranking_order" else 1  # a single choice is something to confirm
    choices = clean_choices(given.get("choices"), problems, f"{path}.choices", nested=nested, least=least)
    field: Field = {"choices": choices}
    if nested:
        count = max(1, len(values_of(field)))
        for end in ("min_choices", "max_choices"):
            field[end] = read_count(given.get(end, 1), problems, f"{path}.{end}", low=1, high=count)
        if field["min_choices"] > field["max_choices"]:
            problems.append(Problem(f"{path}.min_choices", "is more than max_choices", "range"))
    return field


def _clean_scale(kind: str, given: dict[str, Any], problems: list[Problem], path: str) -> Field:
    low = read_count(given.get("min", 1), problems, f"{path}.min", low=-1000, high=1_000_000)
    high = read_count(given.get("max", low + 4), problems, f"{path}.max", low=-1000, high=1_000_000)
    most = 10 if kind == "linear_scale" else 1_000_000
    if not low < high <= low + most:
        problems.append(Problem(f"{path}.max", f"must be {low + 1} to {low + most}", "range"))
    field: Field = {"min": low, "max": high}
    if kind == "linear_scale":
        for end in ("min_label", "max_label"):
            field[end] = read_note(given.get(end, ""), problems, f"{path}.{end}")
    return field


def _clean_bounds(kind: str, given: dict[str, Any], problems: list[Problem], path: str) -> Field:
    """``min`` and ``max`` of numbers or times, either of which may be left open."""
    bounds: Field = {"min": None, "max": None}
    before = len(problems)
    for end in ("min", "max"):
        if given.get(end) is None:
            continue
        if kind == "number":
            bounds[end] = finite(given[end], problems, f"{path}.{end}")
        else:
            bounds[end] = read_value(given[end], {"type": kind, "min": None, "max": None}, problems, f"{path}.{end}")
    low, high = bounds["min"], bounds["max"]
    if low is not None and high is not None and len(problems) == before:
        place = milliseconds if kind == "time_range" else float
        if place(low) > place(high):
            problems.append(Problem(f"{path}.min", f"is {low}, more than max, {high}", "range"))
    return bounds
