"""A taxonomy: options nested in options. Reading one, and going through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.errors import Problem
from labeling.types.strict import read_object, read_text

DEEPEST = 8
MOST_NODES = 5000
FIELDS = ("value", "label", "description", "choices")

Path = tuple[str, ...]


def clean_options(raw: Any, problems: list[Problem], path: str = "options") -> list[dict[str, Any]]:
    """The whole taxonomy with defaults filled in. Values are unique among siblings."""
    left = [MOST_NODES]
    options = _clean_level(raw, problems, path, 1, left)
    if left[0] < 0:
        problems.append(Problem(path, f"has more than {MOST_NODES} entries", "too_many"))
    return options


def walk(options: list[dict[str, Any]], above: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every node with its path, parents before children, in schema order."""
    for option in options:
        path = (*above, option["value"])
        yield path, option
        yield from walk(option["choices"], path)


def choosable(config: dict[str, Any]) -> list[Path]:
    """The paths an answer may name."""
    return [path for path, node in walk(config["options"]) if not (config["leaves_only"] and node["choices"])]


def written(path: Path) -> str:
    """A path as one class name; a slash inside a value is escaped, so that no two paths are written alike."""
    return " / ".join(value.replace("\\", "\\\\").replace("/", "\\/") for value in path)


def _clean_level(raw: Any, problems: list[Problem], path: str, depth: int, left: list[int]) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or (depth == 1 and not raw):
        problems.append(Problem(path, "must be a list of at least one option", "type"))
        return []
    if raw and depth > DEEPEST:
        problems.append(Problem(path, f"is nested deeper than {DEEPEST} levels", "too_deep"))
        return []
    cleaned: list[dict[str, Any]] = []
    values: set[str] = set()
    for n, given in enumerate(raw):
        left[0] -= 1
        if left[0] < 0:
            break
        place = f"{path}[{n}]"
        option = read_object(given, FIELDS, problems, place)
        value = read_text(option.get("value"), problems, f"{place}.value", longest=200)
        if value and value in values:
            problems.append(Problem(f"{place}.value", f"{value!r} is named twice on this level", "duplicate"))
        values.add(value)
        label = read_text(option.get("label", value or "?"), problems, f"{place}.label", longest=500)
        note = read_text(
            option.get("description", ""), problems, f"{place}.description", longest=2000, empty_allowed=True
        )
        choices = _clean_level(option.get("choices", []), problems, f"{place}.choices", depth + 1, left)
        cleaned.append({"value": value, "label": label, "description": note, "choices": choices})
    return cleaned
