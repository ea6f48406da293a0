"""Comparing forms field by field: which fields are votes, and how far two answers to one field are apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from labeling.types import edit_distance
from labeling.types.field_conditions import is_shown
from labeling.types.field_values import Field, milliseconds, values_of

Filled = Mapping[str, list[Any]]

UNANSWERED = "-"
"""The class of a vote that leaves a field empty, or of a field that was not shown; never a value: see ``_named``."""
YES, NO = "yes", "no"


def is_single(field: Field) -> bool:
    """Whether it is a field set of one entry: nothing but fields under one heading."""
    return bool(field["type"] == "field_set" and field["max_responses_required"] == 1)


def parts_of(field: Field) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and classes of each vote on the field; none where it is not a matter of votes."""
    name, kind = field["field_id"], field["type"]
    if is_single(field):
        for each in field["fields"]:
            yield from parts_of(each)
    elif kind == "boolean":
        yield name, (YES, NO, UNANSWERED)
    elif kind == "linear_scale":
        yield name, (*(str(step) for step in range(field["min"], field["max"] + 1)), UNANSWERED)
    elif kind == "select" or kind == "category" and field["max_choices"] == 1:
        yield name, (*(_named(value) for value in values_of(field)), UNANSWERED)
    elif kind == "category":
        for value in values_of(field):
            yield f"{name}.{value}", (YES, NO, UNANSWERED)


def votes_of(field: Field, values: list[Any] | None) -> Iterator[tuple[str, str]]:
    """Part and class of what one person answered."""
    if is_single(field):
        for each in field["fields"]:
            yield from votes_of(each, values[0].get(each["field_id"]) if values else None)
        return
    for part, _names in parts_of(field):
        if values is None:
            yield part, UNANSWERED
        elif field["type"] == "boolean":
            yield part, YES if values[0] else NO
        elif field["type"] == "linear_scale":
            yield part, str(values[0])
        elif part == field["field_id"]:
            yield part, _named(values[0])
        else:
            yield part, YES if part.removeprefix(f"{field['field_id']}.") in values else NO


def elected(field: Field, won: dict[str, str]) -> list[Any] | None:
    """The values that won, or None where the field stays empty."""
    winners = [won.get(part, UNANSWERED) for part, _names in parts_of(field)]
    if field["type"] == "category" and field["max_choices"] > 1:
        return [value for value, winner in zip(values_of(field), winners, strict=True) if winner == YES] or None
    if winners[0] == UNANSWERED:
        return None
    if field["type"] == "boolean":
        return [winners[0] == YES]
    return [int(winners[0])] if field["type"] == "linear_scale" else [winners[0].removeprefix("=")]


def together(fields: list[Field], won: dict[str, str], nearest: Filled, above: Filled) -> dict[str, list[Any]]:
    """What was elected, the rest from the ``nearest`` answer; nothing that the elected fields hide."""
    found: dict[str, list[Any]] = {}
    for field in fields:
        name = field["field_id"]
        known = {**above, **found}
        values = nearest.get(name)
        if is_single(field):
            values = _entry(field, won, values, known)
        elif any(parts_of(field)):
            values = elected(field, won)
        if values is not None and is_shown(field, known):
            found[name] = values
    return found


def _entry(field: Field, won: dict[str, str], nearest: list[Any] | None, above: Filled) -> list[Any] | None:
    entry = together(field["fields"], won, nearest[0] if nearest else {}, above)
    return [entry] if entry else None


def forms_apart(fields: list[Field], a: Filled, b: Filled) -> float:
    """The mean over the fields that either has filled in."""
    filled = [field for field in fields if field["field_id"] in a or field["field_id"] in b]
    steps = [apart(each, a.get(each["field_id"]), b.get(each["field_id"])) for each in filled]
    return sum(steps) / len(steps) if steps else 0.0


def apart(field: Field, a: list[Any] | None, b: list[Any] | None) -> float:
    """0 the same, 1 nothing in common or answered by only one of the two."""
    if a == b:
        return 0.0
    if a is None or b is None:
        return 1.0
    return APART.get(field["type"], lambda field, a, b: 1.0)(field, a, b)


def _named(value: str) -> str:
    """A choice as a class: "-" could be the name of one."""
    return f"={value}" if value.startswith(("=", UNANSWERED)) else value


def _numbers(field: Field, a: list[Any], b: list[Any]) -> float:
    low, high = field["min"], field["max"]
    width = high - low if low is not None and high is not None else max(abs(a[0]), abs(b[0]))
    return min(1.0, abs(a[0] - b[0]) / width) if width else 0.0


def _ranges(field: Field, a: list[Any], b: list[Any]) -> float:
    """1 - intersection over union, of whole steps."""
    shared = max(0, min(a[1], b[1]) - max(a[0], b[0]) + 1)
    return 1 - shared / ((a[1] - a[0] + 1) + (b[1] - b[0] + 1) - shared)


def _times(field: Field, a: list[Any], b: list[Any]) -> float:
    """1 - intersection over union, of time."""
    (a0, a1), (b0, b1) = ([milliseconds(each) for each in ends] for ends in (a, b))
    shared = max(0, min(a1, b1) - max(a0, b0))
    whole = (a1 - a0) + (b1 - b0) - shared
    return 1 - shared / whole if whole else 1.0


def _entries(field: Field, a: list[Any], b: list[Any]) -> float:
    """1 - F of the best pairs of entries: their order is not what was asked."""
    alike = np.array([[1 - forms_apart(field["fields"], one, other) for other in b] for one in a])
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(alike, maximize=True)
    matched = sorted(alike[rows, columns].tolist())  # summed in one order whoever comes first
    return round(max(0.0, 1 - 2 * sum(matched) / (len(a) + len(b))), 12)


def _sets(field: Field, a: list[Any], b: list[Any]) -> float:
    return len(set(a) ^ set(b)) / len(set(a) | set(b))


def _orders(field: Field, a: list[Any], b: list[Any]) -> float:
    """The share of pairs that stand the other way round (Kendall)."""
    place = {value: n for n, value in enumerate(b)}
    pairs = [(one, other) for n, one in enumerate(a) for other in a[n + 1 :] if one in place and other in place]
    return sum(place[one] > place[other] for one, other in pairs) / len(pairs) if pairs else 1.0


APART: dict[str, Callable[[Field, list[Any], list[Any]], float]] = {
    "text": lambda field, a, b: edit_distance.normalized(a[0], b[0]),
    "number": _numbers,
    "linear_scale": _numbers,
    "range": _ranges,
    "time_range": _times,
    "field_set": _entries,
    "category": _sets,
    "ranking_order": _orders,
}
