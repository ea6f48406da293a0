"""Attributes of an object or of a whole picture: their schema, and answers to them."""

from __future__ import annotations

import math
from typing import Any

from labeling.errors import Problem
from labeling.types.strict import join, read_object, read_text, storable_problem

KINDS = ("select", "multiselect", "boolean", "text", "number")
FIELDS = ("name", "label", "type", "choices", "required", "condition")


def clean_attributes(raw: Any, problems: list[Problem], path: str) -> list[dict[str, Any]]:
    """The schema of attributes. A condition may name only an attribute above it."""
    if not isinstance(raw, list) or len(raw) > 50:
        problems.append(Problem(path, "must be a list of at most 50 attributes", "type"))
        return []
    found: list[dict[str, Any]] = []
    for n, given in enumerate(raw):
        one = _clean_attribute(given, found, problems, f"{path}[{n}]")
        if any(one["name"] == other["name"] for other in found):
            problems.append(Problem(f"{path}[{n}].name", f"{one['name']!r} is named twice", "duplicate"))
        found.append(one)
    return found


def clean_values(raw: Any, schema: list[dict[str, Any]], problems: list[Problem], path: str) -> dict[str, Any]:
    """Answers in schema order; what is empty is left out, what a condition hides is refused."""
    given = read_object({} if raw is None else raw, [one["name"] for one in schema], problems, path)
    clean: dict[str, Any] = {}
    for one in schema:
        name, where = one["name"], join(path, one["name"])
        value = given.get(name)
        asked = applies(one, clean)
        if value is None or value == "" or value == []:
            if asked and one["required"]:
                problems.append(Problem(where, "is required", "required"))
        elif not asked:
            problems.append(Problem(where, "does not apply here: its condition is not met", "condition"))
        elif problem := _value_problem(value, one):
            problems.append(Problem(where, problem, "invalid"))
        else:
            chosen = one["type"] == "multiselect"
            clean[name] = [choice for choice in one["choices"] if choice in value] if chosen else value
    return clean


def applies(one: dict[str, Any], values: dict[str, Any]) -> bool:
    """Whether the attribute is asked for, given the answers to those above it."""
    condition = one["condition"]
    if not condition:
        return True
    value = values.get(condition["attribute"])
    return condition["is"] in value if isinstance(value, list) else bool(value == condition["is"])


def _clean_attribute(raw: Any, above: list[dict[str, Any]], problems: list[Problem], path: str) -> dict[str, Any]:
    given = read_object(raw, FIELDS, problems, path)
    name = read_text(given.get("name"), problems, f"{path}.name", longest=100)
    kind, choices = given.get("type", "select"), given.get("choices", [])
    if kind not in KINDS:
        problems.append(Problem(f"{path}.type", f"must be one of {', '.join(KINDS)}", "invalid"))
        kind = "text"
    if not isinstance(choices, list) or any(not isinstance(choice, str) or not choice for choice in choices):
        problems.append(Problem(f"{path}.choices", "must be a list of words", "type"))
        choices = []
    if (kind in ("select", "multiselect")) != bool(choices) or len(set(choices)) != len(choices):
        problems.append(Problem(f"{path}.choices", "select and multiselect need different choices", "invalid"))
    required = given.get("required", False)
    if not isinstance(required, bool):
        problems.append(Problem(f"{path}.required", "must be true or false", "type"))
        required = False
    condition = given.get("condition")
    if condition is not None:
        condition = read_object(condition, ("attribute", "is"), problems, f"{path}.condition")
        if condition.get("attribute") not in [one["name"] for one in above] or "is" not in condition:
            problems.append(Problem(f"{path}.condition", "must name an attribute above and what it is", "invalid"))
            condition = None
    label = read_text(given.get("label", name or "?"), problems, f"{path}.label", longest=500)
    return {
        "name": name, "label": label, "type": kind, "choices": choices, "required": required, "condition": condition,
    }  # fmt: skip


def _value_problem(value: Any, one: dict[str, Any]) -> str:
    kind = one["type"]
    if kind == "boolean":
        return "" if isinstance(value, bool) else "must be true or false"
    if kind == "number":
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return "" if number else "must be a number"
    if kind == "text":
        if not isinstance(value, str) or len(value) > 5000:
            return "must be a string of at most 5000 characters"
        return storable_problem(value)
    if kind == "select":
        return "" if isinstance(value, str) and value in one["choices"] else "is not one of the choices"
    if not isinstance(value, list) or any(not isinstance(each, str) or each not in one["choices"] for each in value):
        return "must list some of the choices"
    return "" if len(set(value)) == len(value) else "names a choice twice"
