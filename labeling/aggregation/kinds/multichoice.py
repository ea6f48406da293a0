"""Any number of labels: ``cat;dog``, or a JSON list, which may be empty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labeling.aggregation.kinds import Given, Line
from labeling.aggregation.settling import Case
from labeling.types import registry

NAME = "multichoice"
HELP = "labels with ; between them, or a JSON list of labels"
IS_SHARE = True


def read(cell: str) -> list[str]:
    if not cell.lstrip().startswith("["):
        return sorted({label.strip() for label in cell.split(";") if label.strip()})
    found = json.loads(cell)
    if not isinstance(found, list) or not all(isinstance(label, str) and label for label in found):
        raise ValueError("must be a list of labels")
    return sorted(set(found))


def settle(given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
    """The label of a line is a JSON list; its posterior is of every label by itself."""
    labels = sorted({label for answers in given.values() for named in answers.values() for label in named})
    many = registry.get("multichoice")
    config = {"options": [{"value": label} for label in labels], "min": 0, "max": len(labels)}
    cases = [
        Case({who: {"options": named} for who, named in answers.items()}, truth=_truth(gold.get(item)))
        for item, answers in given.items()
    ]
    lines = []
    for item, found in zip(given, many.aggregate(cases, config, method=method), strict=True):
        assert found.answer is not None
        shares = {label: found.parts[label].posterior.get("yes", 0.0) for label in labels if label in found.parts}
        lines.append(Line(item, json.dumps(found.answer["options"], ensure_ascii=False), found.confidence, shares))
    return lines


def _truth(named: list[str] | None) -> dict[str, Any] | None:
    return None if named is None else {"options": named}


def distance(one: list[str], other: list[str]) -> float:
    """Jaccard's."""
    either = set(one) | set(other)
    return len(set(one) ^ set(other)) / len(either) if either else 0.0
