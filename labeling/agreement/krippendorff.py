"""Krippendorff's alpha: 1 is full agreement, 0 what chance gives. None where nothing could disagree or agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import orjson

from labeling.aggregation.votes import Floats, Ints

MOST_PAIRS = 20_000
"""Distances that are asked at most for what people disagree, and for what chance gives; above, a sample."""


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


def alpha_by_distance(
    units: Iterable[Sequence[Any]], distance: Callable[[Any, Any], float], *, most_pairs: int = MOST_PAIRS
) -> float | None:
    """From the answers to each unit (any JSON values) and a distance of 0 to 1.

    Distances are asked once for each pair of different answers, so a few classes cost nothing, and never more than
    twice ``most_pairs`` times: beyond that pairs are drawn, the same ones in every run.
    """
    found = disagreement(units, distance, most_pairs=most_pairs)
    return None if found is None or found[1] == 0 else float(1 - found[0] / found[1])


def disagreement(
    units: Iterable[Sequence[Any]], distance: Callable[[Any, Any], float], *, most_pairs: int = MOST_PAIRS
) -> tuple[float, float] | None:
    """Mean distance of two answers to one unit, and of any two answers; None where no unit has two."""
    named = [
        [(orjson.dumps(answer, option=orjson.OPT_SORT_KEYS), answer) for answer in unit]
        for unit in units
        if len(unit) >= 2
    ]
    answers = {name: answer for unit in named for name, answer in unit}
    names = sorted(answers)  # so that the order of the units makes no difference
    codes = {name: n for n, name in enumerate(names)}
    if not names:
        return None
    coded = sorted(sorted(codes[name] for name, _answer in unit) for unit in named)
    asked: dict[tuple[int, int], float] = {}

    def apart(a: int, b: int) -> float:
        if a == b:
            return 0.0
        key = (a, b) if a < b else (b, a)
        if key not in asked:
            asked[key] = distance(answers[names[key[0]]], answers[names[key[1]]])
        return asked[key]

    everyone = np.array([code for unit in coded for code in unit])
    return _observed(coded, apart, most_pairs), _by_chance(everyone, len(names), apart, most_pairs)


def _observed(units: list[list[int]], apart: Callable[[int, int], float], most_pairs: int) -> float:
    """Each unit counts by its answers, each pair of it alike."""
    within = total = 0.0
    for unit in (units[n] for n in within_reach(units, most_pairs)):
        given = sorted(Counter(unit).items())
        apart_in_it = sum(times * more * apart(a, b) for n, (a, times) in enumerate(given) for b, more in given[:n])
        within += 2 * apart_in_it / (len(unit) - 1)
        total += len(unit)
    return within / total


def within_reach(units: Sequence[Sequence[Hashable]], most_pairs: int) -> list[int]:
    """Places of the units whose answers can be compared with so many distances: each pair of different answers is one,
    however often it comes. All of them, or else two or more drawn by chance, the same ones in every run.
    """
    order = np.random.default_rng(0).permutation(len(units)).tolist()
    different: set[frozenset[Hashable]] = set()
    for many, n in enumerate(order):
        different.update(map(frozenset, combinations(set(units[n]), 2)))
        if len(different) > most_pairs and many >= 2:
            return sorted(order[:many])
    return list(range(len(units)))


def _by_chance(everyone: Ints, distinct: int, apart: Callable[[int, int], float], most_pairs: int) -> float:
    """Mean distance of two answers drawn without putting back."""
    total = len(everyone)
    if distinct * (distinct - 1) / 2 <= most_pairs:
        frequency = np.bincount(everyone, minlength=distinct).astype(np.float64)
        summed = sum(2 * frequency[a] * frequency[b] * apart(a, b) for a in range(distinct) for b in range(a))
        return float(summed / (total * (total - 1)))
    chance = np.random.default_rng(0)
    one = chance.integers(total, size=most_pairs)
    other = (one + chance.integers(1, total, size=most_pairs)) % total
    return float(np.mean([apart(int(everyone[a]), int(everyone[b])) for a, b in zip(one, other, strict=True)]))
