"""Attributes of a marked thing: what a schema may ask about each of them, and reading the answers."""

from __future__ import annotations

from typing import Any

from labeling.errors import Problem
from labeling.types.strict import join, read_object, read_text

KINDS = ("select", "boolean", "text")
FIELDS = ("name", "label", "type", "options", "required")
MOST_ATTRIBUTES = 30
MOST_OPTIONS = 200
LONGEST_TEXT = 2000


def clean_attributes(raw: Any, problems: list[Problem], path: str) -> list[dict[str, Any]]:
    """The attributes of one label, defaults filled in; names are unique."""
    if not isinstance(raw, list):
        problems.append(Problem(path, "must be a list", "type"))
        return []
    if len(raw) > MOST_ATTRIBUTES:
        problems.append(Problem(path, f"has {len(raw)} entries; at most {MOST_ATTRIBUTES}", "too_many"))
    cleaned, names = [], set()
    for n, given in enumerate(raw[:MOST_ATTRIBUTES]):
        attribute = _clean_attribute(given, problems, f"{path}[{n}]")
        if attribute["name"] and attribute["name"] in names:
            problems.append(Problem(f"{path}[{n}].name", f"{attribute['name']!r} is named twice", "duplicate"))
        names.add(attribute["name"])
        cleaned.append(attribute)
    return cleaned


def read_attributes(raw: Any, wanted: list[dict[str, Any]], problems: list[Problem], path: str) -> dict[str, Any]:
    """The values given, in schema order; what was left empty is left out."""
    given = read_object(raw, [attribute["name"] for attribute in wanted], problems, path)
    found = {}
    for attribute in wanted:
        name = attribute["name"]
        value = given.get(name)
        place = join(path, name)
        if value is None or value == "":
            if attribute["required"]:
                problems.append(Problem(place, f"{attribute['label']}: must be given", "required"))
        elif problem := _value_problem(value, attribute, place):
            problems.append(problem)
        else:
            found[name] = value
    return found


def _value_problem(value: Any, attribute: dict[str, Any], path: str) -> Problem | None:
    if attribute["type"] == "boolean":
        return None if isinstance(value, bool) else Problem(path, "must be true or false", "type")
    if attribute["type"] == "text":
        found: list[Problem] = []
        read_text(value, found, path, longest=LONGEST_TEXT, strip=False)
        return found[0] if found else None
    if not isinstance(value, str):
        return Problem(path, "must be a string", "type")
    if value not in [option["value"] for option in attribute["options"]]:
        return Problem(path, f"{value[:80]!r} is not an option of this attribute", "unknown_option")
    return None


def _clean_attribute(raw: Any, problems: list[Problem], path: str) -> dict[str, Any]:
    given = read_object(raw, FIELDS, problems, path)
    name = read_text(given.get("name"), problems, f"{path}.name", longest=100) if isinstance(raw, dict) else ""
    label = read_text(given.get("label", name or "?"), problems, f"{path}.label", longest=500)
    kind = given.get("type", "select")
    if kind not in KINDS:
        problems.append(Problem(f"{path}.type", f"must be one of: {', '.join(KINDS)}", "choice"))
        kind = "text"
    required = given.get("required", False)
    if not isinstance(required, bool):
        problems.append(Problem(f"{path}.required", "must be true or false", "type"))
        required = False
    options = given.get("options", [])
    if kind != "select" and options != []:
        problems.append(Problem(f"{path}.options", "only an attribute of type select has options", "invalid"))
        options = []
    cleaned = _clean_options(options, problems, f"{path}.options") if kind == "select" else []
    return {"name": name, "label": label, "type": kind, "options": cleaned, "required": required}


def _clean_options(raw: Any, problems: list[Problem], path: str) -> list[dict[str, str]]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_OPTIONS:
        problems.append(Problem(path, f"must be a list of 1 to {MOST_OPTIONS} options", "type"))
        return []
    cleaned, values = [], set()
    for n, given in enumerate(raw):
        option = read_object(
            {"value": given} if isinstance(given, str) else given, ("value", "label"), problems, f"{path}[{n}]"
        )
        value = read_text(option.get("value"), problems, f"{path}[{n}].value", longest=200)
        label = read_text(option.get("label", value or "?"), problems, f"{path}[{n}].label", longest=500)
        if value and value in values:
            problems.append(Problem(f"{path}[{n}].value", f"{value!r} is named twice", "duplicate"))
        values.add(value)
        cleaned.append({"value": value, "label": label})
    return cleaned
