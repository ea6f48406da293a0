"""Length rules of a text that an annotator writes."""

from __future__ import annotations

from typing import Any

from labeling.errors import Problem
from labeling.types.parts import LONGEST_TEXT
from labeling.types.strict import read_count, read_text

RULES = ("min_chars", "max_chars", "min_words", "max_words")


def clean_lengths(given: dict[str, Any], problems: list[Problem]) -> dict[str, int]:
    """The four limits; words are what stands between spaces, so 0 words is no limit where nobody writes spaces."""
    usual = {"min_chars": 1, "max_chars": LONGEST_TEXT, "min_words": 0, "max_words": LONGEST_TEXT}
    rules = {}
    for name in RULES:
        low = 1 if name.startswith("max") else 0
        rules[name] = read_count(given.get(name, usual[name]), problems, name, low=low, high=LONGEST_TEXT)
    for unit in ("chars", "words"):
        low, high = rules[f"min_{unit}"], rules[f"max_{unit}"]
        if low > high:
            problems.append(Problem(f"min_{unit}", f"is {low}, more than max_{unit}, {high}", "range"))
    return rules


def read_written(raw: Any, rules: dict[str, Any], problems: list[Problem], path: str) -> str:
    """The text under its rules, with one sign at the end of a line and nothing around it."""
    text = read_text(raw, problems, path, longest=LONGEST_TEXT, empty_allowed=True)
    if not isinstance(raw, str):
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for unit, count in (("characters", len(text)), ("words", len(text.split()))):
        low, high = (rules[f"{end}_{'chars' if unit == 'characters' else unit}"] for end in ("min", "max"))
        if count < low:
            problems.append(Problem(path, f"has {count} {unit}; at least {low}", "too_short"))
        elif count > high:
            problems.append(Problem(path, f"has {count} {unit}; at most {high}", "too_long"))
    return text
