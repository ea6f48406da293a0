"""Which objects of two drawings are the same thing, drawn by two people."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from labeling.types.geometry import likeness, outline

ATTRIBUTE_WEIGHT = 0.5
"""How much of a match is lost when every attribute differs."""

Matched = list[tuple[int, int, float]]
"""Place in one drawing, place in the other, how much alike."""


def match(a: list[dict[str, Any]], b: list[dict[str, Any]], tolerance: float) -> Matched:
    """The pairs, of one label, that are most alike on the whole. The other way round gives the same pairs."""
    if not a or not b:
        return []
    if json.dumps(a) > json.dumps(b):  # among pairs as good as each other, one choice whoever comes first
        return [(i, j, alike) for j, i, alike in match(b, a, tolerance)]
    alike = np.zeros((len(a), len(b)))
    near = _meet(a, b)
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            if one["label"] == other["label"] and near[i, j]:
                kept = 1 - ATTRIBUTE_WEIGHT * share_differing(one["attributes"], other["attributes"])
                alike[i, j] = kept * likeness(one, other, tolerance)
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(alike, maximize=True)
    return [(int(i), int(j), float(alike[i, j])) for i, j in zip(rows, columns, strict=True) if alike[i, j]]


def f_measure(matched: Matched, one: int, other: int) -> float:
    """Of drawings with so many objects; 1 where there is nothing in either."""
    if not one and not other:
        return 1.0
    alike = sorted(alike for _, _, alike in matched)  # summed in one order whoever comes first
    return min(1.0, 2 * sum(alike) / (one + other))


def share_differing(a: dict[str, Any], b: dict[str, Any]) -> float:
    """The share of the attributes of either that are not the same in both."""
    names = a.keys() | b.keys()
    return sum(a.get(name) != b.get(name) for name in names) / len(names) if names else 0.0


def _meet(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> Any:
    """Whether masks' bounds meet: those of hundreds of masks are compared sooner than their runs. Others always may."""
    one, other = (_bounds(shapes) for shapes in (a, b))
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    return (low < high).all(axis=2)


def _bounds(shapes: list[dict[str, Any]]) -> Any:
    everywhere = (-np.inf, -np.inf, np.inf, np.inf)
    return np.array([outline(each).ravel() if each["type"] == "mask" else everywhere for each in shapes])
