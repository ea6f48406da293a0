"""Krippendorff's alpha: 1 is full agreement, 0 what chance gives. None where nothing could disagree or agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import orjson

from labeling.aggregation.votes import Floats

MOST_DISTINCT = 1500
"""Above so many different answers the disagreement by chance is estimated from a sample of them."""


def alpha_nominal(counts: Floats) -> float | None:
    """From counts[unit, value]: how many gave each value to each unit. Units with one answer do not count."""
    counts = np.asarray(counts, dtype=np.float64)
    return alpha_of(counts, 1 - np.eye(counts.shape[1]))


def alpha_of(counts: Floats, distances: Floats) -> float | None:
    """From counts[unit, value] and distances[value, value] (for ordinal or interval scales: squared differences)."""
    counts = np.asarray(counts, dtype=np.float64)
    answers = counts.sum(axis=1)
    counts, answers = counts[answers >= 2], answers[answers >= 2]
    total = counts.sum()
    if total < 2:
        return None
    observed = (np.einsum("uv,uv->u", counts @ distances, counts) / (answers - 1)).sum() / total
    by_value = counts.sum(axis=0)
    expected = float(by_value @ distances @ by_value) / (total * (total - 1))
    return None if expected == 0 else float(1 - observed / expected)


def alpha_by_distance(units: Iterable[Sequence[Any]], distance: Callable[[Any, Any], float]) -> float | None:
    """From the answers to each unit (any JSON values) and a distance of 0 to 1.

    Distances are asked once for each pair of different answers, so a few classes cost nothing.
    """
    paired = [list(unit) for unit in units if len(unit) >= 2]
    names = [[orjson.dumps(answer, option=orjson.OPT_SORT_KEYS) for answer in unit] for unit in paired]
    answers: dict[bytes, Any] = {}
    for unit, ns in zip(paired, names, strict=True):
        answers.update(zip(ns, unit, strict=True))
    codes = {name: n for n, name in enumerate(answers)}
    values = list(answers.values())
    if not values:
        return None
    frequency = np.bincount([codes[name] for ns in names for name in ns], minlength=len(values)).astype(np.float64)
    total = frequency.sum()
    observed = sum(_within([codes[name] for name in ns], values, distance) for ns in names) / total
    expected = _by_chance(frequency, values, distance)
    return None if expected == 0 else float(1 - observed / expected)


def _within(codes: list[int], values: list[Any], distance: Callable[[Any, Any], float]) -> float:
    pairs = sum(distance(values[a], values[b]) for n, a in enumerate(codes) for b in codes[:n] if a != b)
    return 2 * pairs / (len(codes) - 1)


def _by_chance(frequency: Floats, values: list[Any], distance: Callable[[Any, Any], float]) -> float:
    """Mean distance of two answers drawn without putting back; from a fixed sample where there are too many."""
    if len(values) > MOST_DISTINCT:
        drawn = np.random.default_rng(0).choice(len(values), MOST_DISTINCT, p=frequency / frequency.sum())
        picked, drawn_often = np.unique(drawn, return_counts=True)
        values, frequency = [values[n] for n in picked], drawn_often.astype(np.float64)
    total = frequency.sum()
    apart = sum(
        2 * frequency[a] * frequency[b] * distance(values[a], values[b]) for a in range(len(values)) for b in range(a)
    )
    return float(apart / (total * (total - 1)))
