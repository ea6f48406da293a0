"""Small pieces that the configs and answers of several types are made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from labeling.errors import Problem
from labeling.types.base import KeyBinding
from labeling.types.strict import join, read_count, read_object, read_text

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
LONGEST_QUESTION = 2000
LONGEST_TEXT = 100_000
"""Characters that one person may write in one field."""
DIGITS = "1234567890"


def read_flag(raw: Any, problems: list[Problem], path: str) -> bool:
    """True or false, and nothing that looks like it."""
    if not isinstance(raw, bool):
        problems.append(Problem(path, "must be true or false", "type"))
        return False
    return raw


def read_list(raw: Any, problems: list[Problem], path: str, *, least: int, most: int) -> list[Any]:
    """A list of so many entries; an over-long one is cut, so that a hostile one costs nothing."""
    if not isinstance(raw, list):
        problems.append(Problem(path, "must be a list", "type"))
        return []
    if not least <= len(raw) <= most:
        problems.append(Problem(path, f"has {len(raw)} entries; must be {least} to {most}", "range"))
    return raw[:most]


def read_choice(raw: Any, allowed: Collection[str], problems: list[Problem], path: str) -> str:
    """One of a few words."""
    if not isinstance(raw, str):
        problems.append(Problem(path, "must be a string", "type"))
        return ""
    if raw not in allowed:
        problems.append(Problem(path, f"{raw[:80]!r} is none of {', '.join(allowed)}", "unknown_option"))
    return raw


def read_name(raw: Any, problems: list[Problem], path: str) -> str:
    """A name that may stand in a path and in the head of a column."""
    if not isinstance(raw, str):
        problems.append(Problem(path, "must be a string", "type"))
        return ""
    if not NAME.fullmatch(raw):
        problems.append(Problem(path, "must be 1 to 64 letters a-z, digits, - or _, beginning with no sign", "invalid"))
    return raw


def read_question(raw: Any, problems: list[Problem], path: str = "question") -> str:
    return read_text(raw, problems, path, longest=LONGEST_QUESTION)


def read_note(raw: Any, problems: list[Problem], path: str) -> str:
    """A description: may be left empty."""
    return read_text(raw, problems, path, longest=LONGEST_QUESTION, empty_allowed=True)


def note_repeats(values: Iterable[Any], problems: list[Problem], paths: Iterable[str]) -> None:
    """Every value that came before is a problem at its path."""
    seen: set[Any] = set()
    for value, path in zip(values, paths, strict=True):
        if value and value in seen:
            problems.append(Problem(path, f"{value!r} is named twice", "duplicate"))
        seen.add(value)


def clean_justification(raw: Any, problems: list[Problem], path: str = "justification") -> dict[str, Any] | None:
    """Whether a reason is asked for, and how much of one; None asks for none."""
    if raw is None:
        return None
    given = read_object(raw, ("required", "min_chars"), problems, path)
    return {
        "required": read_flag(given.get("required", False), problems, join(path, "required")),
        "min_chars": read_count(given.get("min_chars", 0), problems, join(path, "min_chars"), low=0, high=5000),
    }


def read_reason(raw: Any, rule: dict[str, Any] | None, problems: list[Problem], path: str) -> str:
    """A justification under its rule. One that was not asked for must be empty."""
    text = read_text(raw, problems, path, longest=LONGEST_TEXT, empty_allowed=True)
    if rule is None:
        if text:
            problems.append(Problem(path, "this schema asks for none", "unknown_field"))
    elif not text:
        if rule["required"]:
            problems.append(Problem(path, "must not be empty", "required"))
    elif len(text) < rule["min_chars"]:
        problems.append(Problem(path, f"has {len(text)} characters; at least {rule['min_chars']}", "too_short"))
    return text


def pointing_keys(points: int, *, several: bool) -> list[KeyBinding]:
    """Keys of a widget made of questions (engine/questions.js): they act on the current question."""
    names = [*DIGITS, *(f"Shift+{digit}" for digit in DIGITS)][:points]
    keys = [KeyBinding(f"point.{n}", key, f"Answer {n} of the question") for n, key in enumerate(names, 1)]
    keys += [
        KeyBinding("point.left", "ArrowLeft", "The answer to the left"),
        KeyBinding("point.right", "ArrowRight", "The answer to the right"),
    ]
    if several:
        keys += [KeyBinding("question.next", "j", "Next question"), KeyBinding("question.back", "k", "Question before")]
    return keys
