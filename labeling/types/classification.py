"""What ``choice`` and ``multichoice`` share: a question and its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.errors import Problem
from labeling.types.base import KeyBinding
from labeling.types.strict import read_object, read_text

MOST_OPTIONS = 200
OPTION_FIELDS = ("value", "label", "description", "key")
DIGITS = "1234567890"
AUTOMATIC_KEYS = (*DIGITS, *(f"Shift+{digit}" for digit in DIGITS))
RESERVED_KEYS = frozenset("afisuz")
"""Accept, flag, guideline, skip, unveil and undo: the workbench's own."""


def clean_question(raw: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """``question`` and ``options`` with every default filled in; options without a key get the next free one."""
    question = read_text(raw.get("question"), problems, "question", longest=2000)
    listed = raw.get("options")
    if not isinstance(listed, list):
        problems.append(Problem("options", "must be a list", "type"))
        return {"question": question, "options": []}
    if not 2 <= len(listed) <= MOST_OPTIONS:
        problems.append(Problem("options", f"has {len(listed)} options; must be 2 to {MOST_OPTIONS}", "range"))
        listed = listed[:MOST_OPTIONS]
    options = []
    for n, option in enumerate(listed):
        read_object(option, OPTION_FIELDS, problems, f"options[{n}]")
        options.append(clean_option(option, problems, f"options[{n}]"))
    note_repeats(options, "value", problems)
    note_repeats(options, "key", problems)
    give_keys(options)
    return {"question": question, "options": options}


def values(config: dict[str, Any]) -> tuple[str, ...]:
    """The classes in schema order."""
    return tuple(option["value"] for option in config["options"])


def bindings(config: dict[str, Any]) -> list[KeyBinding]:
    """One key for each option that has one."""
    return [
        KeyBinding(option["value"], option["key"], option["label"]) for option in config["options"] if option["key"]
    ]


def option_problem(raw: Any, config: dict[str, Any], path: str) -> Problem | None:
    """Why this is not one of the options, or None."""
    if not isinstance(raw, str):
        return Problem(path, "must be a string", "type")
    if raw not in values(config):
        return Problem(path, f"{raw[:80]!r} is not an option of this schema", "unknown_option")
    return None


def clean_option(
    raw: Any, problems: list[Problem], path: str, *, reserved: frozenset[str] = RESERVED_KEYS
) -> dict[str, str]:
    """Value, label, description and key of an option; fields beside these are the caller's to check."""
    option = raw if isinstance(raw, dict) else {}
    value = read_text(option.get("value"), problems, f"{path}.value", longest=200) if option or raw == {} else ""
    label = read_text(option.get("label", value or "?"), problems, f"{path}.label", longest=500)
    description = option.get("description", "")
    description = read_text(description, problems, f"{path}.description", longest=2000, empty_allowed=True)
    return {
        "value": value,
        "label": label,
        "description": description,
        "key": clean_key(option, problems, path, reserved),
    }


def clean_key(option: dict[str, Any], problems: list[Problem], path: str, reserved: frozenset[str]) -> str:
    key = option.get("key", "")
    if not isinstance(key, str):
        problems.append(Problem(f"{path}.key", "must be a string", "type"))
        return ""
    if len(key) == 1:
        key = key.lower()
    if key in reserved:
        problems.append(Problem(f"{path}.key", f"{key!r} is a key of the workbench or the widget itself", "reserved"))
    elif key and key not in AUTOMATIC_KEYS and not (len(key) == 1 and "a" <= key <= "z"):
        problems.append(Problem(f"{path}.key", "must be one letter a-z, a digit, or Shift+digit", "invalid"))
    return key


def note_repeats(
    options: Sequence[Mapping[str, Any]], field: str, problems: list[Problem], path: str = "options"
) -> None:
    """A problem for every later option with the same value or key."""
    first: dict[str, int] = {}
    for n, option in enumerate(options):
        value = option[field]
        if value and first.setdefault(value, n) != n:
            message = f"{value!r} is already the {field} of {path}[{first[value]}]"
            problems.append(Problem(f"{path}[{n}].{field}", message, "duplicate"))


def give_keys(options: Sequence[dict[str, Any]]) -> None:
    """The next free digit for every option that names no key."""
    taken = {option["key"] for option in options}
    free = iter([key for key in AUTOMATIC_KEYS if key not in taken])
    for option in options:
        option["key"] = option["key"] or next(free, "")
