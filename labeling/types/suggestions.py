"""What an annotator made of a suggested answer: kept as it was, changed, or thrown away."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from labeling.types.base import TaskType

Outcome = Literal["accepted", "changed", "rejected"]
OUTCOMES: tuple[Outcome, ...] = ("accepted", "changed", "rejected")
MOST_PAIRS = 10_000
"""Pairs of objects that are compared one by one; beyond that, those that differ count as removed and added."""
LONGEST_COMPARED = 20_000
"""Characters of an answer up to which it is asked how far it is from the suggestion; a longer one was changed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """``counts`` (kept, changed, added, removed) is for types whose answers are lists of objects, else None."""

    outcome: Outcome
    counts: dict[str, int] | None = None


def compare(task_type: TaskType, suggestion: dict[str, Any], answer: dict[str, Any], config: dict[str, Any]) -> Kept:
    """Both are clean answers under this config. Nothing but the two values counts: not how often it was changed."""
    suggested, given = task_type.objects(suggestion), task_type.objects(answer)
    if suggested is None or given is None:
        return Kept(_outcome_of_whole(task_type, suggestion, answer, config))
    counts = count_objects(task_type, suggested, given, config)
    if suggestion == answer:
        return Kept("accepted", counts)
    is_gone = bool(suggested) and not counts["kept"] and not counts["changed"]
    return Kept("rejected" if is_gone else "changed", counts)


def _outcome_of_whole(
    task_type: TaskType, suggestion: dict[str, Any], answer: dict[str, Any], config: dict[str, Any]
) -> Outcome:
    if suggestion == answer:
        return "accepted"
    if max(len(_key(suggestion)), len(_key(answer))) > LONGEST_COMPARED:
        return "changed"
    return "rejected" if task_type.distance(suggestion, answer, config) >= 1 else "changed"


def count_objects(
    task_type: TaskType, suggested: list[Any], given: list[Any], config: dict[str, Any]
) -> dict[str, int]:
    """Equal objects are kept, wherever they stand; of the others those that are alike at all are one, changed."""
    there = Counter(_key(each) for each in given)
    left = []
    for each in suggested:
        if there[_key(each)]:
            there[_key(each)] -= 1
        else:
            left.append(each)
    fresh = []
    for each in reversed(given):
        if there[_key(each)]:
            there[_key(each)] -= 1
            fresh.append(each)
    changed = _pairs(task_type, left, fresh, config)
    return {
        "kept": len(suggested) - len(left),
        "changed": changed,
        "added": len(fresh) - changed,
        "removed": len(left) - changed,
    }


def _pairs(task_type: TaskType, left: list[Any], fresh: list[Any], config: dict[str, Any]) -> int:
    """How many can be paired, the most alike first."""
    if len(left) * len(fresh) > MOST_PAIRS:
        return 0
    alike = [
        (likeness, one, other)
        for one, suggested in enumerate(left)
        for other, given in enumerate(fresh)
        if (likeness := task_type.object_likeness(suggested, given, config)) > 0
    ]
    used_left: set[int] = set()
    used_fresh: set[int] = set()
    for _likeness, one, other in sorted(alike, key=lambda each: -each[0]):
        if one not in used_left and other not in used_fresh:
            used_left.add(one)
            used_fresh.add(other)
    return len(used_left)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
