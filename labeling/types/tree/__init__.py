"""Classification in a taxonomy: one path through nested options, or several."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.classification import DIGITS
from labeling.types.label_changes import Moved, read_place, written_place
from labeling.types.strict import read_object, read_text
from labeling.types.taxonomy import Path, choosable, clean_options, written

YES, NO = "yes", "no"
FLAGS = ("multiple", "leaves_only")
KEYS = (
    ("tree.down", "ArrowDown", "Next entry"),
    ("tree.up", "ArrowUp", "Previous entry"),
    ("tree.pagedown", "PageDown", "Ten entries down"),
    ("tree.pageup", "PageUp", "Ten entries up"),
    ("tree.open", "ArrowRight", "Open, or go in"),
    ("tree.close", "ArrowLeft", "Close, or go out"),
    ("tree.first", "Home", "First entry"),
    ("tree.last", "End", "Last entry"),
    ("tree.out", "Backspace", "Up one level"),
    ("tree.filter", "/", "Find an entry"),
)


class Tree(TaskType):
    """The answer is ``{"paths": [[value, value, …]]}``: exactly one path, or any number in schema order."""

    name = "tree"
    title = "Classification in a taxonomy"
    family = "text"
    description = "One or several places in a tree of topics, products or codes, down to eight levels."
    inputs = frozenset({"text", "image"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "options", *FLAGS), problems)
        config = {
            "question": read_text(given.get("question"), problems, "question", longest=2000),
            "options": clean_options(given.get("options"), problems),
        }
        for flag in FLAGS:
            config[flag] = given.get(flag, False)
            if not isinstance(config[flag], bool):
                problems.append(Problem(flag, "must be true or false", "type"))
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("paths",), problems).get("paths")
        named = _read_paths(given, config, problems) if isinstance(raw, dict) else {}
        if problems:
            raise InvalidAnswer(problems)
        return {"paths": [list(path) for path in choosable(config) if path in named]}

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        """One path is a class of one question. Of several each is a question of yes or no.

        Among thousands of entries only those are voted on that somebody named, and the top ones: that nobody thought
        of the others tells little, and would be most of the votes.
        """
        paths = choosable(config)
        names = {tuple(path): written(path) for path in paths}
        if not config["multiple"]:
            by_name = {name: path for path, name in names.items()}
            votes = [Vote(who, "item", names[tuple(answer["paths"][0])]) for who, answer in answers.items()]
            classes = {"item": tuple(names.values())}
            return Ballot(votes, classes, rebuild=lambda won: {"paths": [list(by_name[won["item"]])]})
        chosen = {who: {tuple(path) for path in answer["paths"]} for who, answer in answers.items()}
        asked = set().union(*chosen.values(), [path for path in paths if len(path) == 1] or paths[:1])
        votes = [
            Vote(who, names[path], YES if path in paths_of else NO)
            for who, paths_of in chosen.items()
            for path in paths
            if path in asked
        ]
        return Ballot(
            votes,
            dict.fromkeys(names.values(), (YES, NO)),
            rebuild=lambda won: {"paths": [list(path) for path in paths if won.get(names[path]) == YES]},
            alike=True,
        )

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """1 − F1 over the entries chosen and all that they lie in: a sibling is nearer than another branch."""
        one, other = _with_parents(a), _with_parents(b)
        both = len(one) + len(other)
        return 1 - 2 * len(one & other) / both if both else 0.0

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        """An entry is where its whole path leads now."""
        found = [_path_now(path, moved) for path in answer["paths"]]
        kept = [path for n, path in enumerate(found) if path and path not in found[:n]]
        return {"paths": kept} if kept or not found else None

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {"paths": "json"} if config["multiple"] else {"path": "str", "paths": "json"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        if answer is None:
            return dict.fromkeys(self.export_columns(config))
        row: dict[str, Scalar] = {} if config["multiple"] else {"path": written(tuple(answer["paths"][0]))}
        return row | {"paths": json.dumps(answer["paths"], ensure_ascii=False)}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        digits = [KeyBinding(f"tree.{digit}", digit, f"Entry {n} of this level") for n, digit in enumerate(DIGITS, 1)]
        return digits + [KeyBinding(*each) for each in KEYS]


def _path_now(path: list[str], moved: Moved) -> list[str] | None:
    place = place_of(path)
    here = moved.get(place, {})
    if path[-1] not in here:
        return path
    to = here[path[-1]]
    return [*read_place(to[0])[1::2], to[1]] if to else None


def place_of(path: list[str]) -> str:
    """The list of labels that the last part of a path is from."""
    return written_place(["options", *[part for name in path[:-1] for part in (name, "choices")]])


def _read_paths(raw: Any, config: dict[str, Any], problems: list[Problem]) -> set[Path]:
    allowed = set(choosable(config))
    if not isinstance(raw, list):
        problems.append(Problem("paths", "must be a list of paths", "type"))
        return set()
    if len(raw) > len(allowed):
        problems.append(Problem("paths", f"has {len(raw)} entries; the taxonomy has {len(allowed)}", "too_many"))
        return set()
    found: set[Path] = set()
    for n, given in enumerate(raw):
        place = f"paths[{n}]"
        if not isinstance(given, list) or not all(isinstance(value, str) for value in given):
            problems.append(Problem(place, "must be a list of strings", "type"))
        elif tuple(given) not in allowed:
            problems.append(Problem(place, _why_not(tuple(given), config), "unknown_option"))
        elif tuple(given) in found:
            problems.append(Problem(place, f"{written(tuple(given))[:200]!r} is named twice", "duplicate"))
        else:
            found.add(tuple(given))
    if not config["multiple"] and len(raw) != 1:
        problems.append(Problem("paths", "choose exactly one entry", "count"))
    return found


def _why_not(path: Path, config: dict[str, Any]) -> str:
    """Tell a branch that may not be chosen from a name that is not there."""
    level = config["options"]
    for depth, value in enumerate(path):
        node = next((each for each in level if each["value"] == value), None)
        if node is None:
            return f"{value[:80]!r} is no entry of level {depth + 1} there"
        level = node["choices"]
    return "is a branch; choose one of its entries" if path else "must not be empty"


def _with_parents(answer: dict[str, Any]) -> set[Path]:
    return {tuple(path[:length]) for path in answer["paths"] for length in range(1, len(path) + 1)}
