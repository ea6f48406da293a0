"""Coordinates of the small charts that pages draw as SVG. Knows numbers, not HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 600, 180, 44, 22, 8
MAX_NAMES = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """One point: a bar's rectangle, or a place on the line."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: float
    middle: float
    named: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    width: int
    height: int
    left: int
    marks: list[Mark]
    path: str
    lines: list[tuple[float, float]]
    """Horizontal rules: (y, value)."""


def draw(kind: str, points: Sequence[tuple[str, float]]) -> Drawn:
    """Lay out a "bar" or "line" chart from zero to a round number above the largest value."""
    if kind not in ("bar", "line"):
        raise ValueError(f"no chart of kind {kind!r}; known: bar, line")
    top = round_up(max((value for _, value in points), default=0))
    plot = HEIGHT - TOP - BOTTOM
    step = (WIDTH - LEFT) / max(1, len(points))
    bar = min(step * 0.72, 56)
    every = max(1, math.ceil(len(points) / MAX_NAMES))
    marks = []
    for index, (label, value) in enumerate(points):
        middle = LEFT + step * (index + 0.5)
        height = plot * max(0.0, value) / top
        marks.append(
            Mark(
                round(middle - bar / 2, 1), round(TOP + plot - height, 1), round(bar, 1), round(height, 1),
                label, value, round(middle, 1), index % every == 0,
            )
        )  # fmt: skip
    path = "M" + " L".join(f"{m.middle} {m.y}" for m in marks) if kind == "line" and marks else ""
    lines = [(round(TOP + plot * (1 - share), 1), top * share) for share in (0, 0.5, 1)]
    return Drawn(WIDTH, HEIGHT, LEFT, marks, path, lines)


def round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value - 1e-12))
