"""The label schema of `spans`: labels with keys and attributes, and the relations between spans."""

from __future__ import annotations

from typing import Any

from labeling.errors import Problem
from labeling.types.attributes import clean_attributes
from labeling.types.classification import OPTION_FIELDS, RESERVED_KEYS, clean_option, give_keys, note_repeats
from labeling.types.parts import read_flag
from labeling.types.relations import clean_relations
from labeling.types.strict import read_count, read_object, read_text

MOST_LABELS = 200
COLOURS = 10
OWN_KEYS = frozenset("jkr")
"""Next span, previous span, relation."""
CONFIG_FIELDS = ("question", "labels", "overlap", "relations")


def clean_schema(raw: Any, problems: list[Problem]) -> dict[str, Any]:
    """The whole schema with every default filled in."""
    given = read_object(raw, CONFIG_FIELDS, problems)
    labels = _clean_labels(given.get("labels"), problems)
    return {
        "question": read_text(given.get("question"), problems, "question", longest=2000),
        "labels": labels,
        "overlap": read_flag(given.get("overlap", True), problems, "overlap"),
        "relations": clean_relations(
            given.get("relations", []), [label["value"] for label in labels], problems, "relations"
        ),
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
