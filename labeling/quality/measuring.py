"""Whether an answer is right: near enough to the known one, by its type's own distance."""

from __future__ import annotations

from typing import Any, NamedTuple

from labeling.types.base import TaskType

EXACT = 0.0
NEAR = 0.3
"""For answers that nobody gives twice the same: places, shapes, texts. Half of two boxes' union is distance 1/2."""
ROUNDING = 1e-9


class Measured(NamedTuple):
    is_right: bool
    distance: float
    label: str
    """The known answer's class, where it has one: skills are told apart by it."""


def tolerance_of(task_type: TaskType, config: dict[str, Any]) -> float:
    """The greatest distance that still counts as right. Exact where answers are votes for classes."""
    if task_type.right_within is not None:
        return task_type.right_within
    return EXACT if task_type.ballot({}, config).classes else NEAR


def measure(
    task_type: TaskType,
    config: dict[str, Any],
    *,
    given: dict[str, Any],
    known: dict[str, Any],
    tolerance: float | None = None,
) -> Measured:
    """Both are clean answers under ``config``."""
    distance = task_type.distance(given, known, config)
    most = tolerance_of(task_type, config) if tolerance is None else tolerance
    return Measured(distance <= most + ROUNDING, distance, class_of(task_type, config, known))


def class_of(task_type: TaskType, config: dict[str, Any], answer: dict[str, Any]) -> str:
    """The class an answer votes for, where it votes for one alone; "" otherwise."""
    ballot = task_type.ballot({0: answer}, config)
    return ballot.votes[0].value if len(ballot.classes) == 1 and len(ballot.votes) == 1 else ""
