"""Attributes of a marked thing (a span, a shape, a whole picture): what a schema asks about it, and the answers.

In its clean form one is ``{"name", "label", "type", "options": [{"value", "label"}], "required", "condition"}``. A
number may also have ``min``, ``max`` and ``is_integer``. A condition is ``{"attribute", "is"}``, or ``{"any": lists of
such}``: all conditions of one of the lists must be met.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.errors import Problem
from labeling.types.parts import note_repeats, read_flag, read_list
from labeling.types.strict import is_number, join, read_object, read_text

CHOOSING = ("select", "multiselect")
KINDS = (*CHOOSING, "boolean", "text", "number")
LIMITS = ("min", "max", "is_integer")
"""Of numbers. A schema in which nobody set any has none of them."""
FIELDS = ("name", "label", "type", "options", "choices", "required", "condition", *LIMITS)
MOST_CONDITIONS = 100
MOST_ATTRIBUTES = 50
MOST_OPTIONS = 1000
LONGEST_TEXT = 5000
EXACT = 1e15
"""Whole numbers up to here are the same in a browser."""

Attribute = dict[str, Any]


def clean_attributes(raw: Any, problems: list[Problem], path: str) -> list[Attribute]:
    """Every attribute with its defaults. A condition may name only an attribute above it, so it is never circular."""
    found: list[Attribute] = []
    for n, given in enumerate(read_list(raw, problems, path, least=0, most=MOST_ATTRIBUTES)):
        found.append(_clean_attribute(given, found, problems, f"{path}[{n}]"))
    note_repeats([one["name"] for one in found], problems, [f"{path}[{n}].name" for n in range(len(found))])
    return found


def read_attributes(raw: Any, wanted: list[Attribute], problems: list[Problem], path: str) -> dict[str, Any]:
    """The values given, in schema order; what is empty is left out, what a condition hides is refused."""
    given = read_object({} if raw is None else raw, [one["name"] for one in wanted], problems, path)
    found: dict[str, Any] = {}
    wrong: set[str] = set()  # whether what depends on these is asked for cannot be said
    for one in wanted:
        name, place, value = one["name"], join(path, one["name"]), given.get(one["name"])
        is_sure = wrong.isdisjoint(each["attribute"] for part in parts_of(one.get("condition")) for each in part)
        asked = applies(one, found)
        if value is None or value == "" or value == []:
            if is_sure and asked and one["required"]:
                problems.append(Problem(place, f"{one['label']}: must be given", "required"))
        elif is_sure and not asked:
            problems.append(Problem(place, "does not apply here: its condition is not met", "condition"))
        elif problem := value_problem(value, one, place):
            problems.append(problem)
            wrong.add(name)
        else:
            found[name] = _canonical(value, one)
    return found


def applies(one: Attribute, values: Mapping[str, Any]) -> bool:
    """Whether the attribute is asked for, given the answers to those above it."""
    condition = one.get("condition")  # a schema of spans stored before they had conditions has no such field
    return not condition or any(all(_is_met(each, values) for each in part) for part in parts_of(condition))


def parts_of(condition: dict[str, Any] | None) -> list[list[dict[str, Any]]]:
    """The lists of conditions, of which one must be met as a whole."""
    if not condition:
        return []
    found: list[list[dict[str, Any]]] = condition.get("any", [[condition]])
    return found


def _is_met(condition: dict[str, Any], values: Mapping[str, Any]) -> bool:
    value = values.get(condition["attribute"])
    return condition["is"] in value if isinstance(value, list) else bool(value == condition["is"])


def option_values(one: Attribute) -> list[str]:
    """What a list of options offers; schemas of shapes once were stored with bare ``choices``."""
    return [option["value"] for option in one["options"]] if "options" in one else list(one["choices"])


def value_problem(value: Any, one: Attribute, path: str) -> Problem | None:
    """Why this is no value of the attribute, or None."""
    kind = one["type"]
    if kind == "boolean":
        return None if isinstance(value, bool) else Problem(path, "must be true or false", "type")
    if kind == "number":
        return _number_problem(value, one, path)
    if kind == "text":
        found: list[Problem] = []
        read_text(value, found, path, longest=LONGEST_TEXT, strip=False)
        return found[0] if found else None
    if kind == "select":
        return _option_problem(value, one, path)
    if not isinstance(value, list):
        return Problem(path, "must be a list of options", "type")
    wrong = (_option_problem(each, one, f"{path}[{n}]") for n, each in enumerate(value))
    if first := next((problem for problem in wrong if problem), None):
        return first
    return None if len(set(value)) == len(value) else Problem(path, "names an option twice", "duplicate")


def _number_problem(value: Any, one: Attribute, path: str) -> Problem | None:
    if not is_number(value):
        return Problem(path, "must be a number", "type")
    if one.get("is_integer") and value != int(value):
        return Problem(path, f"is {value}; must be a whole number", "integer")
    low, high = one.get("min"), one.get("max")
    if low is not None and value < low:
        return Problem(path, f"is {value}; must be at least {low:g}", "range")
    if high is not None and value > high:
        return Problem(path, f"is {value}; must be at most {high:g}", "range")
    return None


def _option_problem(value: Any, one: Attribute, path: str) -> Problem | None:
    if not isinstance(value, str):
        return Problem(path, "must be a string", "type")
    if value not in option_values(one):
        return Problem(path, f"{value[:80]!r} is not an option of this attribute", "unknown_option")
    return None


def _canonical(value: Any, one: Attribute) -> Any:
    if one["type"] == "multiselect":
        return [option for option in option_values(one) if option in value]
    if one["type"] == "number":
        return int(value) if abs(value) <= EXACT and value == int(value) else float(value)
    return value


def _clean_attribute(raw: Any, above: list[Attribute], problems: list[Problem], path: str) -> Attribute:
    given = read_object(raw, FIELDS, problems, path)
    name = read_text(given.get("name"), problems, f"{path}.name", longest=100) if isinstance(raw, dict) else ""
    kind = given.get("type", "select")
    if kind not in KINDS:
        problems.append(Problem(f"{path}.type", f"must be one of: {', '.join(KINDS)}", "choice"))
        kind = "text"
    return {
        "name": name,
        "label": read_text(given.get("label", name or "?"), problems, f"{path}.label", longest=500),
        "type": kind,
        "options": _clean_options(given, kind, problems, path),
        "required": read_flag(given.get("required", False), problems, f"{path}.required"),
        "condition": _clean_condition(given.get("condition"), above, problems, f"{path}.condition"),
        **_clean_limits(given, kind, problems, path),
    }


def _clean_limits(given: dict[str, Any], kind: str, problems: list[Problem], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in LIMITS:
        value = given.get(name)
        if value is None:
            continue
        if kind != "number":
            problems.append(Problem(f"{path}.{name}", f"only an attribute of type number has {name}", "invalid"))
        elif name == "is_integer":
            found |= {name: True} if read_flag(value, problems, f"{path}.{name}") else {}
        elif is_number(value):
            found[name] = value
        else:
            problems.append(Problem(f"{path}.{name}", "must be a number", "type"))
    if "min" in found and "max" in found and found["min"] > found["max"]:
        problems.append(Problem(f"{path}.max", "must not be less than min", "range"))
    return found


def _clean_options(given: dict[str, Any], kind: str, problems: list[Problem], path: str) -> list[dict[str, str]]:
    """``options``, or ``choices`` as Scale calls them: words, or values with labels."""
    field = "choices" if "options" not in given and "choices" in given else "options"
    raw, path = given.get(field, []), f"{path}.{field}"
    if given.get("choices", []) != [] and field == "options":
        problems.append(Problem(path, "choices are the same as options: give one of them", "invalid"))
    if kind not in CHOOSING:
        if raw != []:
            message = f"only an attribute of type select or multiselect has {field}"
            problems.append(Problem(path, message, "invalid"))
        return []
    cleaned = []
    for n, each in enumerate(read_list(raw, problems, path, least=1, most=MOST_OPTIONS)):
        option = {"value": each} if isinstance(each, str) else each
        option = read_object(option, ("value", "label"), problems, f"{path}[{n}]")
        value = read_text(option.get("value"), problems, f"{path}[{n}].value", longest=200)
        label = read_text(option.get("label", value or "?"), problems, f"{path}[{n}].label", longest=500)
        cleaned.append({"value": value, "label": label})
    note_repeats([each["value"] for each in cleaned], problems, [f"{path}[{n}].value" for n in range(len(cleaned))])
    return cleaned


def _clean_condition(raw: Any, above: list[Attribute], problems: list[Problem], path: str) -> dict[str, Any] | None:
    """Asked for where an attribute above is, or lists, a value; or where all of one of several lists of such is so."""
    if raw is None:
        return None
    if not isinstance(raw, dict) or "any" not in raw:
        return _clean_one_condition(raw, above, problems, path)
    given = read_object(raw, ("any",), problems, path)
    lists = read_list(given["any"], problems, f"{path}.any", least=1, most=MOST_CONDITIONS)
    found = []
    for n, part in enumerate(lists):
        where = f"{path}.any[{n}]"
        listed = read_list(part, problems, where, least=1, most=MOST_CONDITIONS)
        cleaned = [_clean_one_condition(each, above, problems, f"{where}[{m}]") for m, each in enumerate(listed)]
        found.append([each for each in cleaned if each])
    return {"any": found}


def _clean_one_condition(raw: Any, above: list[Attribute], problems: list[Problem], path: str) -> dict[str, Any] | None:
    given = read_object(raw, ("attribute", "is"), problems, path)
    named = next((one for one in above if one["name"] == given.get("attribute")), None)
    if named is None:
        if isinstance(raw, dict):
            problems.append(Problem(f"{path}.attribute", "must name an attribute above this one", "unknown_attribute"))
        return None
    wanted = given.get("is")
    one = named | {"type": "select"} if named["type"] == "multiselect" else named
    if wanted == "":
        problems.append(Problem(f"{path}.is", "an empty value is never given", "required"))
    elif problem := value_problem(wanted, one, f"{path}.is"):
        problems.append(problem)
    return {"attribute": named["name"], "is": wanted}
