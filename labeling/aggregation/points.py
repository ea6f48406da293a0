"""One point, line or ellipse out of several of one thing: weighted medians, which one slip does not move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.aggregation.numeric import weighted_median
from labeling.aggregation.votes import Floats

TITLE = "Weighted median of places"
SAMPLES = 64
"""Places along a line at which several are compared."""


def merge(points: Floats, weights: Sequence[float]) -> Floats:
    """float[2] from float[people, 2]: coordinate by coordinate."""
    table, mass = np.asarray(points, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    return np.array([weighted_median(column, mass) for column in table.T])


def spread(points: Floats) -> float | None:
    """The standard error of their middle, in pixels; None from one point."""
    table = np.asarray(points, dtype=np.float64)
    if len(table) < 2:
        return None
    return float(np.sqrt(table.var(axis=0, ddof=1).sum() / len(table)))


def merge_lines(lines: Sequence[Floats], weights: Sequence[float], tolerance: float = 0.5) -> Floats:
    """One line, float[corners, 2], from several that may be drawn from either end and with other corners.

    All are walked at an even pace, in the direction of the one of most weight, and the places reached are merged; of
    the result only the corners that matter stay.
    """
    best = max(range(len(lines)), key=lambda n: (round(weights[n], 9), len(lines[n])))
    like = lines[best]
    walked = []
    for line in lines:
        there = ((line[0] - like[0]) ** 2).sum() + ((line[-1] - like[-1]) ** 2).sum()
        back = ((line[-1] - like[0]) ** 2).sum() + ((line[0] - like[-1]) ** 2).sum()
        walked.append(_along(line if there <= back else line[::-1]))
    middle = np.array([merge(np.array(places), weights) for places in zip(*walked, strict=True)])
    return _straightened(middle, tolerance)


def merge_angles(angles: Sequence[float], weights: Sequence[float], period: float) -> float:
    """The mean direction, where ``period`` is a whole turn of the thing: pi for an ellipse."""
    turns = np.asarray(angles, dtype=np.float64) * (2 * np.pi / period)
    mean = np.exp(1j * turns) @ np.asarray(weights, dtype=np.float64)
    return float(np.angle(mean) * period / (2 * np.pi)) if abs(mean) > 1e-9 else float(angles[0])


def _along(line: Floats) -> Floats:
    """Places at an even pace from end to end."""
    upto = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(line, axis=0) ** 2).sum(axis=1)))])
    at = np.linspace(0, upto[-1], SAMPLES)
    return np.stack([np.interp(at, upto, line[:, 0]), np.interp(at, upto, line[:, 1])], axis=1)


def _straightened(line: Floats, tolerance: float) -> Floats:
    """Without corners nearer than ``tolerance`` to the line between their neighbours (Douglas and Peucker 1973)."""
    kept = np.zeros(len(line), dtype=bool)
    kept[[0, -1]] = True
    pending = [(0, len(line) - 1)]
    while pending:
        start, end = pending.pop()
        if end - start < 2:
            continue
        along = line[end] - line[start]
        length = float(np.hypot(*along))
        off = line[start + 1 : end] - line[start]
        apart = np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) / length if length else np.hypot(*off.T)
        worst = int(np.argmax(apart))
        if apart[worst] > tolerance:
            kept[start + 1 + worst] = True
            pending += [(start, start + 1 + worst), (start + 1 + worst, end)]
    found: Floats = line[kept]
    return found
