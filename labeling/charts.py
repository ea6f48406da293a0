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
    link: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    width: int
    height: int
    left: int
    marks: list[Mark]
    path: str
    lines: list[tuple[float, float]]
    """Horizontal rules: (y, value)."""


def draw(kind: str, points: Sequence[tuple[str, float] | tuple[str, float, str]]) -> Drawn:
    """Lay out a "bar" or "line" chart from zero to a round number above the largest value.

    A point is its label, its value, and where it leads if there is something behind it.
    """
    if kind not in ("bar", "line"):
        raise ValueError(f"no chart of kind {kind!r}; known: bar, line")
    top = round_up(max((point[1] for point in points), default=0))
    plot = HEIGHT - TOP - BOTTOM
    step = (WIDTH - LEFT) / max(1, len(points))
    bar = min(step * 0.72, 56)
    every = max(1, math.ceil(len(points) / MAX_NAMES))
    marks = []
    for index, point in enumerate(points):
        label, value = point[0], point[1]
        middle = LEFT + step * (index + 0.5)
        height = plot * max(0.0, value) / top
        marks.append(
            Mark(
                round(middle - bar / 2, 1), round(TOP + plot - height, 1), round(bar, 1), round(height, 1),
                label, value, round(middle, 1), index % every == 0, point[2] if len(point) > 2 else "",
            )
        )  # fmt: skip
    path = "M" + " L".join(f"{m.middle} {m.y}" for m in marks) if kind == "line" and marks else ""
    shares = (0, 1) if top == 1 and all(point[1] == int(point[1]) for point in points) else (0, 0.5, 1)  # no half thing
    lines = [(round(TOP + plot * (1 - share), 1), top * share) for share in shares]
    return Drawn(WIDTH, HEIGHT, LEFT, marks, path, lines)


def round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value - 1e-12))


CELL, HEAD, SIDE = 34, 70, 120
MOST_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """One square of a heat map: where it is, how dark from 0 to 10, what it says, and where it leads."""

    x: float
    y: float
    shade: int
    text: str
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    width: int
    height: int
    side: int
    head: int
    size: int
    rows: list[tuple[float, str]]
    """Names beside the rows: (y of the middle, name)."""
    columns: list[tuple[float, str]]
    """Names above the columns: (x of the middle, name)."""
    cells: list[Cell]


def heat_map(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[tuple[float | None, str, str, str]]]
) -> HeatMap:
    """Lay out squares; each value is (share from 0 to 1 or None for no square, text, title, link or "")."""
    cells = [
        Cell(SIDE + column * CELL, HEAD + row * CELL, round(10 * max(0.0, min(1.0, share))), text, title, link)
        for row, line in enumerate(values)
        for column, (share, text, title, link) in enumerate(line)
        if share is not None
    ]
    return HeatMap(
        SIDE + CELL * len(columns) + 2,
        HEAD + CELL * len(rows) + 2,
        SIDE,
        HEAD,
        CELL,
        [(HEAD + CELL * (row + 0.5), short(name)) for row, name in enumerate(rows)],
        [(SIDE + CELL * (column + 0.5), short(name)) for column, name in enumerate(columns)],
        cells,
    )


def short(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 1] + "…"


@dataclass(frozen=True, slots=True)
class Steps:
    """A step chart of shares: one path for each name, over equal steps."""

    width: int
    height: int
    left: int
    lines: list[tuple[float, float]]
    paths: list[tuple[str, str, int]]
    """(name, path, number of its colour from 1)."""
    ticks: list[tuple[float, str]]


def steps(names: Sequence[str], shares: Sequence[Sequence[float]], ticks: Sequence[str]) -> Steps:
    """``shares`` [step][name], each from 0 to 1; ``ticks`` name the steps."""
    plot, step = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT) / max(1, len(shares))
    paths = []
    for n, name in enumerate(names):
        path = ""
        for at, row in enumerate(shares):
            y = round(TOP + plot * (1 - row[n]), 1)
            path += f"{'L' if path else 'M'}{round(LEFT + step * at, 1)} {y} L{round(LEFT + step * (at + 1), 1)} {y} "
        paths.append((name, path.strip(), n % 10 + 1))
    lines = [(round(TOP + plot * (1 - share), 1), share) for share in (0, 0.5, 1)]
    return Steps(WIDTH, HEIGHT, LEFT, lines, paths, [(LEFT + step * (n + 0.5), tick) for n, tick in enumerate(ticks)])
