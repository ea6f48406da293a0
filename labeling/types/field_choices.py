"""The choices of a form's field. Those of a category may be nested: a group is a heading, its innermost are chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.errors import Problem
from labeling.types.parts import note_repeats, read_list, read_note
from labeling.types.strict import read_object, read_text

MOST_CHOICES = 200
"""On one level."""
MOST_LEAVES = 1000
DEEPEST = 5

Choice = dict[str, Any]


def clean_choices(raw: Any, problems: list[Problem], path: str, *, nested: bool, least: int) -> list[Choice]:
    """Value, label and hint of each; ``subchoices`` too where they may be nested. Values are unique in the field."""
    choices = _clean_level(raw, problems, path, nested=nested, least=least, depth=1)
    seen = list(_walk(choices, path))
    note_repeats([choice["value"] for choice, _ in seen], problems, [f"{where}.value" for _, where in seen])
    if len(leaves(choices)) > MOST_LEAVES:
        problems.append(Problem(path, f"has more than {MOST_LEAVES} choices", "too_many"))
    return choices


def leaves(choices: list[Choice]) -> list[str]:
    """The values that an answer may name, in the order of the schema."""
    return [choice["value"] for choice, _ in _walk(choices, "") if not choice.get("subchoices")]


def leaves_of(choices: list[Choice], value: Any) -> list[str] | None:
    """Those of the group called so; None where there is no such group."""
    for choice, _ in _walk(choices, ""):
        if choice["value"] == value and choice.get("subchoices"):
            return leaves(choice["subchoices"])
    return None


def _walk(choices: list[Choice], path: str) -> Iterator[tuple[Choice, str]]:
    for n, choice in enumerate(choices):
        yield choice, f"{path}[{n}]"
        yield from _walk(choice.get("subchoices", []), f"{path}[{n}].subchoices")


def _clean_level(raw: Any, problems: list[Problem], path: str, *, nested: bool, least: int, depth: int) -> list[Choice]:
    if depth > DEEPEST:
        problems.append(Problem(path, f"is nested deeper than {DEEPEST} levels", "too_deep"))
        return []
    choices = []
    fields = ("value", "label", "hint", *(["subchoices"] if nested else []))
    for n, each in enumerate(read_list(raw, problems, path, least=least, most=MOST_CHOICES)):
        given = {"value": each} if isinstance(each, str) else each
        given = read_object(given, fields, problems, f"{path}[{n}]")
        value = read_text(given.get("value"), problems, f"{path}[{n}].value", longest=200)
        label = read_text(given.get("label", value or "?"), problems, f"{path}[{n}].label", longest=500)
        hint = read_note(given.get("hint", ""), problems, f"{path}[{n}].hint")
        choice: Choice = {"value": value, "label": label, "hint": hint}
        if nested and given.get("subchoices"):
            inner = f"{path}[{n}].subchoices"
            choice["subchoices"] = _clean_level(
                given["subchoices"], problems, inner, nested=True, least=1, depth=depth + 1
            )
        choices.append(choice)
    return choices
