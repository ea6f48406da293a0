"""Everything a project's figures page says about how far its people agree, for any type of answer.

Alpha is by the type's own distance; where answers are votes for classes there are kappa (Conger), Fleiss, AC1, a figure
for each label and a confusion of each answer with the consensus too. Intervals are by the bootstrap over units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import orjson

from labeling.aggregation.votes import Ints
from labeling.agreement import kappas
from labeling.agreement.bootstrap import interval
from labeling.agreement.krippendorff import alpha_by_distance, alpha_nominal
from labeling.types.base import TaskType

DRAWS = 300
MOST_CLASSES = 40
"""Above so many classes a confusion is no picture any more."""
MOST_PARTS = 30
MOST_PAIRS = 400
MOST_LISTED = 200
"""Units that are named behind one cell."""
LEAST_COMMON = 3
"""Units two people must have in common to be compared."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer to one unit."""

    unit: Hashable
    who: Hashable
    value: dict[str, Any]
    day: date


Figure = dict[str, Any]  # {"value": float | None, "low": float | None, "high": float | None}


def figures(
    task_type: TaskType, config: dict[str, Any], answers: Iterable[Said], settled: Mapping[Hashable, dict[str, Any]]
) -> dict[str, Any]:
    """From answers and the consensus of each unit: plain numbers, lists and dictionaries, to be stored as they are."""
    units: dict[Hashable, list[Said]] = defaultdict(list)
    for answer in answers:
        units[answer.unit].append(answer)
    shared = {unit: given for unit, given in units.items() if len(given) >= 2}
    distance = _cached(task_type, config)
    found: dict[str, Any] = {
        "units": len(shared),
        "answers": sum(map(len, shared.values())),
        "people": len({said.who for given in shared.values() for said in given}),
        "overall": _overall(list(shared.values()), distance),
        "pairs": _pairs(shared, distance),
        "days": _days(shared, distance),
        "labels": [],
        "confusions": [],
    }
    classes = task_type.ballot({}, config).classes
    if 0 < len(classes) <= MOST_PARTS:
        for part, names in classes.items():
            _add_part(found, task_type, config, part, names, units, settled, is_only=len(classes) == 1)
    else:
        found["labels"] = _by_object_label(task_type, config, shared)
    return found


def _cached(task_type: TaskType, config: dict[str, Any]) -> Callable[[dict[str, Any], dict[str, Any]], float]:
    """The type's distance, asked once for each pair of different answers."""

    @lru_cache(maxsize=200_000)
    def between(one: bytes, other: bytes) -> float:
        return 0.0 if one == other else task_type.distance(orjson.loads(one), orjson.loads(other), config)

    def distance(a: dict[str, Any], b: dict[str, Any]) -> float:
        keys = sorted(orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in (a, b))
        return between(keys[0], keys[1])

    return distance


def _overall(units: Sequence[Sequence[Said]], distance: Callable[[Any, Any], float]) -> dict[str, Figure]:
    """Alpha and percent. Alpha's interval takes the disagreement by chance as known: it hardly moves."""
    values = [[said.value for said in given] for given in units]
    closeness = np.array([[_closeness(given, distance), len(given)] for given in values]).reshape(-1, 2)
    percent = float(closeness[:, 0].mean()) if len(closeness) else None
    alpha = alpha_by_distance(values, distance)
    bounds = interval(closeness, lambda rows: float(rows[:, 0].mean()), draws=DRAWS)
    around = None
    if alpha is not None and alpha < 1:
        observed = _observed(closeness)
        expected = observed / (1 - alpha)
        around = interval(closeness, lambda rows: 1 - _observed(rows) / expected, draws=DRAWS)
    return {"alpha": _figure(alpha, around), "percent": _figure(percent, bounds)}


def _observed(rows: Any) -> float:
    """Mean distance of two answers to one unit, each unit by its number of answers."""
    return float(((1 - rows[:, 0]) * rows[:, 1]).sum() / rows[:, 1].sum())


def _closeness(values: Sequence[Any], distance: Callable[[Any, Any], float]) -> float:
    apart = [distance(a, b) for a, b in combinations(values, 2)]
    return 1 - sum(apart) / len(apart)


def _figure(value: float | None, bounds: tuple[float, float] | None = None) -> Figure:
    low, high = bounds or (None, None)
    return {name: None if x is None else round(x, 4) for name, x in (("value", value), ("low", low), ("high", high))}


def _pairs(shared: Mapping[Hashable, Sequence[Said]], distance: Callable[[Any, Any], float]) -> list[dict[str, Any]]:
    """Those two people have most in common come first; the units are those where they differ."""
    sums: dict[tuple[Any, Any], list[float]] = defaultdict(list)
    differ: dict[tuple[Any, Any], list[Hashable]] = defaultdict(list)
    for unit, given in shared.items():
        for one, other in combinations(sorted(given, key=lambda said: str(said.who)), 2):
            apart = distance(one.value, other.value)
            sums[one.who, other.who].append(1 - apart)
            if apart > 0 and len(differ[one.who, other.who]) < MOST_LISTED:
                differ[one.who, other.who].append(unit)
    common = sorted(sums, key=lambda pair: -len(sums[pair]))[:MOST_PAIRS]
    return [
        {
            "people": list(pair),
            "units": len(sums[pair]),
            "agreement": round(sum(sums[pair]) / len(sums[pair]), 4),
            "behind": differ[pair],
        }
        for pair in common
        if len(sums[pair]) >= LEAST_COMMON
    ]


def _days(shared: Mapping[Hashable, Sequence[Said]], distance: Callable[[Any, Any], float]) -> list[dict[str, Any]]:
    """Agreement by the day of a unit's last answer."""
    days: dict[date, list[float]] = defaultdict(list)
    for given in shared.values():
        days[max(said.day for said in given)].append(_closeness([said.value for said in given], distance))
    return [
        {"day": day.isoformat(), "units": len(means), "agreement": round(sum(means) / len(means), 4)}
        for day, means in sorted(days.items())
    ]


def _add_part(
    found: dict[str, Any],
    task_type: TaskType,
    config: dict[str, Any],
    part: str,
    names: Sequence[str],
    units: Mapping[Hashable, Sequence[Said]],
    settled: Mapping[Hashable, dict[str, Any]],
    *,
    is_only: bool,
) -> None:
    codes = {name: n for n, name in enumerate(names)}
    people = {who: n for n, who in enumerate(dict.fromkeys(said.who for given in units.values() for said in given))}
    ratings = np.full((len(units), max(1, len(people))), kappas.MISSING)
    for row, given in enumerate(units.values()):
        ballot = task_type.ballot({said.who: said.value for said in given}, config)
        for vote in ballot.votes:
            if vote.part == part:
                ratings[row, people[vote.worker]] = codes[vote.value]
    if is_only:
        found["overall"] |= {
            name: _coefficient(figure, ratings, len(names))
            for name, figure in (("kappa", kappas.conger), ("fleiss", kappas.fleiss), ("ac1", kappas.ac1))
        }
        for name, code in codes.items():
            found["labels"].append({"label": name} | _one_against_rest(ratings, code))
    else:
        counts = kappas.counts_of(ratings, len(names))
        found["labels"].append(
            {"label": part, "alpha": _figure(alpha_nominal(counts)), "answers": int((counts.sum(axis=1) > 1).sum())}
        )
    if len(names) <= MOST_CLASSES:
        found["confusions"].append(_confusion(task_type, config, part, names, ratings, list(units), settled))


def _coefficient(figure: Callable[[Ints, int], float | None], ratings: Ints, n_classes: int) -> Figure:
    paired = ratings[(ratings != kappas.MISSING).sum(axis=1) >= 2]
    bounds = interval(paired, lambda rows: figure(rows, n_classes), draws=DRAWS)
    return _figure(figure(ratings, n_classes), bounds)


def _one_against_rest(ratings: Ints, code: int) -> dict[str, Any]:
    given = ratings != kappas.MISSING
    is_it = np.where(given, (ratings == code).astype(int), kappas.MISSING)
    counts = kappas.counts_of(is_it, 2)
    return {"alpha": _figure(alpha_nominal(counts)), "answers": int(counts[:, 1].sum())}


def _confusion(
    task_type: TaskType,
    config: dict[str, Any],
    part: str,
    names: Sequence[str],
    ratings: Ints,
    units: Sequence[Hashable],
    settled: Mapping[Hashable, dict[str, Any]],
) -> dict[str, Any]:
    """How often each class was answered where the consensus is each class, and the units behind every cell."""
    codes = {name: n for n, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=int)
    behind: dict[str, list[Hashable]] = defaultdict(list)
    for row, unit in enumerate(units):
        if unit not in settled:
            continue
        ballot = task_type.ballot({0: settled[unit]}, config)
        truth = next((codes[vote.value] for vote in ballot.votes if vote.part == part), None)
        if truth is None:
            continue
        for code in ratings[row][ratings[row] != kappas.MISSING]:
            counts[truth, code] += 1
            cell = behind[f"{truth}.{code}"]
            if len(cell) < MOST_LISTED and (not cell or cell[-1] != unit):
                cell.append(unit)
    return {"part": part, "classes": list(names), "counts": counts.tolist(), "behind": dict(behind)}


def _by_object_label(
    task_type: TaskType, config: dict[str, Any], shared: Mapping[Hashable, Sequence[Said]]
) -> list[dict[str, Any]]:
    """Of answers that list objects with labels: alpha of what is left of them when only one label counts."""
    labels = [one["value"] for one in config.get("labels", []) if isinstance(one, dict) and "value" in one]
    found = []
    for label in labels[:MOST_CLASSES]:
        only = [[_only(said.value, label) for said in given] for given in shared.values()]
        units = [given for given in only if any(value["annotations"] for value in given if value)]
        if not units or any(value is None for given in units for value in given):
            continue
        alpha = alpha_by_distance(units, _cached(task_type, config))
        count = sum(len(value["annotations"]) for given in units for value in given if value)
        found.append({"label": label, "alpha": _figure(alpha), "answers": count})
    return found


def _only(value: dict[str, Any], label: str) -> dict[str, Any] | None:
    listed = value.get("annotations")
    if not isinstance(listed, list):
        return None
    kept = {**value, "annotations": [one for one in listed if one.get("label") == label]}
    return kept | ({"relationships": []} if "relationships" in value else {})
