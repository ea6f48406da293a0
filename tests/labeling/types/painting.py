"""Masks pixel by pixel, the slow and plain way: what the page's run lengths are compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]
Point = tuple[float, float]


def middles(width: int, height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, x = np.mgrid[0:height, 0:width] + 0.5
    return x, y


def stroke(points: Sequence[Point], size: float, width: int, height: int) -> Bits:
    """Pixels whose middles are within half the brush's size of the line."""
    x, y = middles(width, height)
    found = np.zeros((height, width), dtype=bool)
    for (x1, y1), (x2, y2) in zip([points[0], *points], points, strict=False):
        dx, dy = x2 - x1, y2 - y1
        share = np.clip(((x - x1) * dx + (y - y1) * dy) / ((dx * dx + dy * dy) or 1), 0, 1)
        found |= (x - x1 - share * dx) ** 2 + (y - y1 - share * dy) ** 2 <= size * size / 4 + 1e-9
    return found


def placed(part: Bits, left: int, top: int, width: int, height: int) -> list[int]:
    """The counts of a mask that is ``part`` at this place of a large picture, without an array as large as that."""
    edges: list[int] = []
    for column in range(part.shape[1]):
        steps = np.flatnonzero(np.diff(part[:, column].astype(int), prepend=0, append=0))
        edges += [(left + column) * height + top + int(step) for step in steps]
    return [int(run) for run in np.diff([0, *edges, width * height])]


def filled(corners: Sequence[Point], width: int, height: int) -> Bits:
    """Pixels whose middles are inside, by the even-odd rule."""
    x, y = middles(width, height)
    inside = np.zeros((height, width), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if x1 != x2:
            above = y1 + (x - x1) * (y2 - y1) / (x2 - x1) <= y
            inside ^= ((x1 > x) != (x2 > x)) & above
    return inside
