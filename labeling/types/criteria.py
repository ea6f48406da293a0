"""Criteria that a thing is rated by: a scale of whole numbers, or named options in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.errors import Problem
from labeling.types.parts import clean_justification, note_repeats, read_flag, read_list, read_name, read_note
from labeling.types.strict import join, read_count, read_object, read_text

MOST_CRITERIA = 50
MOST_POINTS = 11
NOT_RATED = "none"
"""The class of a vote that leaves an optional criterion out; so no option may be called this."""
FIELDS = ("name", "label", "description", "scale", "options", "weight", "required", "justification")

Criterion = dict[str, Any]
Point = int | str


def clean_criteria(raw: Any, problems: list[Problem], path: str, *, least: int = 1) -> list[Criterion]:
    """Every criterion with its defaults; each has a ``scale`` or ``options``, never both."""
    listed = read_list(raw, problems, path, least=least, most=MOST_CRITERIA)
    criteria = [_clean_criterion(each, problems, f"{path}[{n}]") for n, each in enumerate(listed)]
    note_repeats([each["name"] for each in criteria], problems, [f"{path}[{n}].name" for n in range(len(criteria))])
    return criteria


def points(criterion: Criterion) -> list[Point]:
    """The values one may choose, lowest first."""
    if criterion["options"] is not None:
        return [option["value"] for option in criterion["options"]]
    return list(range(criterion["scale"]["min"], criterion["scale"]["max"] + 1))


def classes(criterion: Criterion) -> tuple[str, ...]:
    """The classes of a vote on it."""
    named = tuple(str(point) for point in points(criterion))
    return named if criterion["required"] else (*named, NOT_RATED)


def vote(criterion: Criterion, value: Point | None) -> str:
    return NOT_RATED if value is None else str(value)


def elected(criterion: Criterion, winner: str | None) -> Point | None:
    """The value behind a class that won."""
    return next((point for point in points(criterion) if str(point) == winner), None)


def clean_ratings(
    raw: Any, criteria: list[Criterion], problems: list[Problem], path: str, *, partly: bool = False
) -> dict[str, Point]:
    """``{name: value}`` in schema order. ``partly`` lets required ones be missing."""
    given = read_object(raw, [each["name"] for each in criteria], problems, path)
    ratings: dict[str, Point] = {}
    for criterion in criteria:
        name, place = criterion["name"], join(path, criterion["name"])
        if name not in given:
            if criterion["required"] and not partly and isinstance(raw, dict):
                problems.append(Problem(place, "is not rated yet", "required"))
        elif not _is_point(given[name], criterion):
            shown = ", ".join(str(point) for point in points(criterion))
            problems.append(Problem(place, f"must be one of: {shown}", "unknown_option"))
        else:
            ratings[name] = given[name]
    return ratings


def apart(criterion: Criterion, a: Point | None, b: Point | None) -> float:
    """0 the same, 1 the ends of the scale, or rated by only one of the two."""
    if a == b:
        return 0.0
    scale = points(criterion)
    if a is None or b is None or a not in scale or b not in scale:
        return 1.0
    return abs(scale.index(a) - scale.index(b)) / (len(scale) - 1)


def ratings_apart(criteria: list[Criterion], a: Mapping[str, Point], b: Mapping[str, Point]) -> list[float]:
    """The distance on every criterion that either has rated."""
    rated = [each for each in criteria if each["name"] in a or each["name"] in b]
    return [apart(each, a.get(each["name"]), b.get(each["name"])) for each in rated]


def score(criteria: list[Criterion], ratings: Mapping[str, Point]) -> float | None:
    """The weighted mean of what was rated on scales, from 0 (all lowest) to 1 (all highest)."""
    total = weight = 0.0
    for criterion in criteria:
        value, scale = ratings.get(criterion["name"]), points(criterion)
        if value in scale:
            total += criterion["weight"] * scale.index(value) / (len(scale) - 1)
            weight += criterion["weight"]
    return round(total / weight, 6) if weight else None


def most_points(criteria: list[Criterion]) -> int:
    return max((len(points(each)) for each in criteria), default=0)


def _is_point(value: Any, criterion: Criterion) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and value in points(criterion)


def _clean_criterion(raw: Any, problems: list[Problem], path: str) -> Criterion:
    given = read_object(raw, FIELDS, problems, path)
    name = read_name(given.get("name"), problems, f"{path}.name")
    required = read_flag(given.get("required", True), problems, f"{path}.required")
    scale, options = given.get("scale"), given.get("options")
    if scale is not None and options is not None:
        problems.append(Problem(path, "has a scale and options; give one of them", "invalid"))
        options = None
    if options is not None:
        options = _clean_options(options, problems, f"{path}.options", none_allowed=required)
    else:
        scale = _clean_scale({} if scale is None else scale, problems, f"{path}.scale")
    return {
        "name": name,
        "label": read_text(given.get("label", name or "?"), problems, f"{path}.label", longest=500),
        "description": read_note(given.get("description", ""), problems, f"{path}.description"),
        "scale": scale,
        "options": options,
        "weight": _clean_weight(given.get("weight", 1), problems, f"{path}.weight"),
        "required": required,
        "justification": clean_justification(given.get("justification"), problems, f"{path}.justification"),
    }


def _clean_scale(raw: Any, problems: list[Problem], path: str) -> dict[str, Any]:
    given = read_object(raw, ("min", "max", "labels"), problems, path)
    low = read_count(given.get("min", 1), problems, f"{path}.min", low=-10, high=100)
    high = read_count(given.get("max", 5), problems, f"{path}.max", low=-10, high=100)
    if not 2 <= high - low + 1 <= MOST_POINTS:
        problems.append(Problem(path, f"has {high - low + 1} points; must be 2 to {MOST_POINTS}", "range"))
        high = low + 1
    allowed = [str(point) for point in range(low, high + 1)]
    labels = read_object(given.get("labels", {}), allowed, problems, f"{path}.labels")
    named = {
        point: read_text(labels[point], problems, f"{path}.labels.{point}", longest=200)
        for point in allowed
        if point in labels
    }
    return {"min": low, "max": high, "labels": named}


def _clean_options(raw: Any, problems: list[Problem], path: str, *, none_allowed: bool) -> list[dict[str, str]]:
    options = []
    listed = read_list(raw, problems, path, least=2, most=20)
    for n, each in enumerate(listed):
        given = read_object(each, ("value", "label", "description"), problems, f"{path}[{n}]")
        value = read_text(given.get("value"), problems, f"{path}[{n}].value", longest=200)
        if value == NOT_RATED and not none_allowed:
            message = f"{NOT_RATED!r} stands for a criterion left out; call the option something else"
            problems.append(Problem(f"{path}[{n}].value", message, "reserved"))
        label = read_text(given.get("label", value or "?"), problems, f"{path}[{n}].label", longest=500)
        description = read_note(given.get("description", ""), problems, f"{path}[{n}].description")
        options.append({"value": value, "label": label, "description": description})
    note_repeats([each["value"] for each in options], problems, [f"{path}[{n}].value" for n in range(len(options))])
    return options if len(options) >= 2 else [{"value": "?", "label": "?", "description": ""}] * 2


def _clean_weight(raw: Any, problems: list[Problem], path: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 < raw <= 1000:
        problems.append(Problem(path, "must be a number above 0, at most 1000", "range"))
        return 1.0
    return float(raw)
