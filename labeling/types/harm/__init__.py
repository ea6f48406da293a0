"""Which kinds of harm something does, and how severe each is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.classification import RESERVED_KEYS
from labeling.types.label_changes import Moved, flat
from labeling.types.nearest import closest
from labeling.types.parts import (
    clean_justification,
    note_repeats,
    read_choice,
    read_flag,
    read_list,
    read_note,
    read_question,
    read_reason,
)  # fmt: skip
from labeling.types.prompts import html_of, material_problems, response_problems
from labeling.types.strict import read_object, read_text

NONE = "none"
"""The class of a vote against a category, and the key's word for it: no severity may be called this."""
SAFE_KEY, NEXT, BACK = "n", "j", "k"
LETTERS = "qwertopdghlxcvbmy"
"""Handed out to categories without a key of their own; the workbench's and our own are not among them."""
MOST_CATEGORIES = 40


class Harm(TaskType):
    """The answer is ``{"categories": {category: severity}, "is_safe": false, "note": ""}``.

    Safe is what has no category; it is said, never left to silence.
    """

    name = "harm"
    title = "Harm categories with severity"
    family = "model"
    description = (
        "A prompt, a response, a conversation, a text or an image, checked against a list of harms, "
        "with a severity for each that applies: for safety training, red teaming and moderation."
    )
    inputs = frozenset({"text", "image", "data"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "categories", "severities", "note"), problems)
        listed = read_list(given.get("categories"), problems, "categories", least=1, most=MOST_CATEGORIES)
        categories = [_clean_category(each, problems, f"categories[{n}]") for n, each in enumerate(listed)]
        graded = read_list(given.get("severities", ["yes"]), problems, "severities", least=1, most=9)
        severities = [_clean_severity(each, problems, f"severities[{n}]") for n, each in enumerate(graded)]
        for field, named in (("categories", categories), ("severities", severities)):
            paths = [f"{field}[{n}].value" for n in range(len(named))]
            note_repeats([each["value"] for each in named], problems, paths)
        note_repeats([c["key"] for c in categories], problems, [f"categories[{n}].key" for n in range(len(categories))])
        _give_keys(categories)
        config = {
            "question": read_question(given.get("question"), problems),
            "categories": categories,
            "severities": severities,
            "note": clean_justification(given.get("note"), problems, "note"),
        }
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("categories", "is_safe", "note"), problems)
        if not isinstance(raw, dict):
            raise InvalidAnswer(problems)
        severities = [each["value"] for each in config["severities"]]
        values = [each["value"] for each in config["categories"]]
        named = read_object(given.get("categories", {}), values, problems, "categories")
        found = {
            value: read_choice(named[value], severities, problems, f"categories.{value}")
            for value in values
            if value in named
        }
        if "is_safe" not in given:
            problems.append(Problem("is_safe", "name a category, or say that it is safe", "required"))
        elif read_flag(given["is_safe"], problems, "is_safe") == bool(named) and not problems:
            message = "is true, but a category is named" if named else "is false, but no category is named"
            problems.append(Problem("is_safe", message, "invalid"))
        note = read_reason(given.get("note", ""), config["note"], problems, "note")
        if problems:
            raise InvalidAnswer(problems)
        return {"categories": found, "is_safe": not found, "note": note}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        if isinstance(item.get("prompt"), str | list) and item["prompt"] and "responses" not in item:
            return material_problems({**item, "text": "a prompt is enough"})
        return response_problems(item, least=1, most=20) if "responses" in item else material_problems(item)

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return html_of(item)

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        values = [each["value"] for each in config["categories"]]
        votes = [
            Vote(who, value, answer["categories"].get(value, NONE))
            for who, answer in answers.items()
            for value in values
        ]

        def rebuild(won: dict[str, str]) -> dict[str, Any]:
            found = {value: won[value] for value in values if won.get(value, NONE) != NONE}
            result = {"categories": found, "is_safe": not found}
            nearest = closest(answers.values(), result, lambda a, b: self.distance(a, b, config))
            return result | {"note": nearest["note"] if nearest else ""}

        names = (NONE, *(each["value"] for each in config["severities"]))
        return Ballot(votes, dict.fromkeys(values, names), rebuild, ordered=dict.fromkeys(values, len(names)))

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """The mean, over the categories that either names, of the steps between severities; "none" is one below."""
        steps = [NONE, *(each["value"] for each in config["severities"])]
        named = sorted(a["categories"].keys() | b["categories"].keys())
        apart = [
            abs(_step(steps, a["categories"].get(value)) - _step(steps, b["categories"].get(value))) for value in named
        ]
        return sum(apart) / (len(named) * (len(steps) - 1)) if named else 0.0

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        """Of categories that became one the graver severity counts. Nothing left is no sign that it is safe."""
        graded = flat(moved, lambda parts: parts == ["severities"])
        named = flat(moved, lambda parts: parts == ["categories"])
        grades = [each["value"] for each in config["severities"]]
        found: dict[str, str] = {}
        for category, severity in answer["categories"].items():
            to, how = named.get(category, category), graded.get(severity, severity)
            if to is None or how is None:
                continue
            found[to] = max(found.get(to, how), how, key=grades.index)
        if answer["categories"] and not found:
            return None
        return answer | {"categories": found, "is_safe": not found}

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        columns: dict[str, Kind] = {"is_safe": "bool"}
        return columns | {f"categories.{each['value']}": "str" for each in config["categories"]} | {"note": "str"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        row: dict[str, Scalar] = dict.fromkeys(self.export_columns(config))
        if answer:
            row |= {"is_safe": answer["is_safe"], "note": answer["note"]}
            row |= {f"categories.{value}": severity for value, severity in answer["categories"].items()}
        return row

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        keys = [KeyBinding(each["value"], each["key"], each["label"]) for each in config["categories"] if each["key"]]
        keys += [KeyBinding("severity.0", "0", "Not this one")]
        keys += [KeyBinding(f"severity.{n}", str(n), each["label"]) for n, each in enumerate(config["severities"], 1)]
        return [
            *keys,
            KeyBinding("safe", SAFE_KEY, "Nothing harmful"),
            KeyBinding("category.next", NEXT, "Next category"),
            KeyBinding("category.back", BACK, "Category before"),
        ]


def _step(steps: list[str], severity: str | None) -> int:
    return steps.index(severity) if severity in steps else 0


def _clean_category(raw: Any, problems: list[Problem], path: str) -> dict[str, str]:
    given = read_object(raw, ("value", "label", "description", "key"), problems, path)
    value = read_text(given.get("value"), problems, f"{path}.value", longest=200)
    key = given.get("key", "")
    if not isinstance(key, str) or key and not (len(key) == 1 and key.isascii() and key.isalpha()):
        problems.append(Problem(f"{path}.key", "must be one letter a-z", "invalid"))
        key = ""
    key = key.lower()
    if key in RESERVED_KEYS | {SAFE_KEY, NEXT, BACK}:
        problems.append(Problem(f"{path}.key", f"{key!r} has another meaning in the workbench", "reserved"))
    return {
        "value": value,
        "label": read_text(given.get("label", value or "?"), problems, f"{path}.label", longest=500),
        "description": read_note(given.get("description", ""), problems, f"{path}.description"),
        "key": key,
    }


def _clean_severity(raw: Any, problems: list[Problem], path: str) -> dict[str, str]:
    given = read_object({"value": raw} if isinstance(raw, str) else raw, ("value", "label"), problems, path)
    value = read_text(given.get("value"), problems, f"{path}.value", longest=200)
    if value == NONE:
        problems.append(Problem(f"{path}.value", f"{NONE!r} stands for a category that does not apply", "reserved"))
    return {
        "value": value,
        "label": read_text(given.get("label", value or "?"), problems, f"{path}.label", longest=500),
    }


def _give_keys(categories: list[dict[str, str]]) -> None:
    taken = {category["key"] for category in categories}
    free = iter([letter for letter in LETTERS if letter not in taken])
    for category in categories:
        category["key"] = category["key"] or next(free, "")
