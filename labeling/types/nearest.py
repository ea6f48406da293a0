"""What was not voted on comes from one person's answer: the one that the votes come closest to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def closest(
    answers: Iterable[dict[str, Any]],
    elected: dict[str, Any],
    distance: Callable[[dict[str, Any], dict[str, Any]], float],
) -> dict[str, Any] | None:
    """The answer nearest to what was elected, the first of several; None without answers."""
    return min(answers, key=lambda answer: distance(answer, elected), default=None)
