"""The label schema of `spans`: labels with keys and attributes, and the relations between spans."""

from __future__ import annotations

from typing import Any

from labeling.errors import Problem
from labeling.types.attributes import clean_attributes
from labeling.types.classification import OPTION_FIELDS, RESERVED_KEYS, clean_option, give_keys, note_repeats
from labeling.types.strict import read_count, read_object, read_text

MOST_LABELS = 200
MOST_RELATIONS = 50
COLOURS = 10
OWN_KEYS = frozenset("jkr")
"""Next span, previous span, relation."""
CONFIG_FIELDS = ("question", "labels", "overlap", "relations")
RELATION_FIELDS = ("value", "label", "from", "to", "directed")


def clean_schema(raw: Any, problems: list[Problem]) -> dict[str, Any]:
    """The whole schema with every default filled in."""
    given = read_object(raw, CONFIG_FIELDS, problems)
    labels = _clean_labels(given.get("labels"), problems)
    return {
        "question": read_text(given.get("question"), problems, "question", longest=2000),
        "labels": labels,
        "overlap": _read_flag(given.get("overlap", True), problems, "overlap"),
        "relations": _clean_relations(given.get("relations", []), labels, problems),
    }


def _clean_labels(raw: Any, problems: list[Problem]) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_LABELS:
        problems.append(Problem("labels", f"must be a list of 1 to {MOST_LABELS} labels", "type"))
        return []
    labels: list[dict[str, Any]] = []
    for n, given in enumerate(raw):
        path = f"labels[{n}]"
        found = read_object(given, (*OPTION_FIELDS, "color", "attributes"), problems, path)
        label = clean_option(given, problems, path, reserved=RESERVED_KEYS | OWN_KEYS)
        colour = read_count(found.get("color", n % COLOURS + 1), problems, f"{path}.color", low=1, high=COLOURS)
        attributes = clean_attributes(found.get("attributes", []), problems, f"{path}.attributes")
        labels.append({**label, "color": colour, "attributes": attributes})
    note_repeats(labels, "value", problems, "labels")
    note_repeats(labels, "key", problems, "labels")
    give_keys(labels)
    return labels


def _clean_relations(raw: Any, labels: list[dict[str, Any]], problems: list[Problem]) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or len(raw) > MOST_RELATIONS:
        problems.append(Problem("relations", f"must be a list of at most {MOST_RELATIONS} relations", "type"))
        return []
    known = [label["value"] for label in labels]
    relations = []
    for n, given in enumerate(raw):
        path = f"relations[{n}]"
        found = read_object(given, RELATION_FIELDS, problems, path)
        value = read_text(found.get("value"), problems, f"{path}.value", longest=200)
        relations.append(
            {
                "value": value,
                "label": read_text(found.get("label", value or "?"), problems, f"{path}.label", longest=500),
                "from": _read_ends(found.get("from", []), known, problems, f"{path}.from"),
                "to": _read_ends(found.get("to", []), known, problems, f"{path}.to"),
                "directed": _read_flag(found.get("directed", True), problems, f"{path}.directed"),
            }
        )
    note_repeats(relations, "value", problems, "relations")
    return relations


def _read_ends(raw: Any, known: list[str], problems: list[Problem], path: str) -> list[str]:
    """Labels that may stand at one end, in schema order; none named means any."""
    if not isinstance(raw, list):
        problems.append(Problem(path, "must be a list of labels", "type"))
        return []
    for n, value in enumerate(raw):
        if value not in known:
            problems.append(
                Problem(f"{path}[{n}]", f"{str(value)[:80]!r} is not a label of this schema", "unknown_label")
            )
    return [value for value in known if value in raw]


def _read_flag(raw: Any, problems: list[Problem], path: str) -> bool:
    if not isinstance(raw, bool):
        problems.append(Problem(path, "must be true or false", "type"))
        return False
    return raw
