"""Everything a project's figures page says about how far its people agree, for any type of answer.

The figures are those of ``of_answers``; beside them there are days, a confusion of each answer with the consensus, a
figure for each label of objects, and the units behind each number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from labeling.agreement.krippendorff import alpha_by_distance
from labeling.agreement.of_answers import Agreement, agreement_of
from labeling.agreement.of_answers import Figure as Agreed
from labeling.types.base import TaskType

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
    names, given = list(units), [{said.who: said.value for said in each} for each in units.values()]
    shared = [each for each in given if len(each) >= 2]
    agreed = agreement_of(task_type, given, config)
    ballot = task_type.ballot({}, config)
    is_listed = 0 < len(ballot.classes) <= MOST_PARTS
    return {
        "units": agreed.tasks,
        "answers": sum(map(len, shared)),
        "people": len({who for each in shared for who in each}),
        "overall": _overall(agreed, is_one=len(ballot.classes) == 1),
        "pairs": [
            {
                "people": [pair.one, pair.other],
                "units": pair.tasks,
                "agreement": round(pair.closeness, 4),
                "kappa": None if pair.kappa is None else round(pair.kappa, 4),
                "behind": [names[place] for place in pair.apart],
            }
            for pair in agreed.pairs[:MOST_PAIRS]
            if pair.tasks >= LEAST_COMMON
        ],
        "days": _days(agreed, list(units.values())),
        "labels": _labels(agreed, is_one=len(ballot.classes) == 1)
        if is_listed
        else _by_object_label(task_type, config, shared),
        "confusions": _confusions(task_type, config, dict(zip(names, given, strict=True)), settled)
        if is_listed
        else [],
    }


def _overall(agreed: Agreement, *, is_one: bool) -> dict[str, Figure]:
    """Alpha by distance and percent for every type; the coefficients of classes where an answer is one of them."""
    found = {"alpha": _figure(agreed.alpha), "percent": _figure(agreed.percent)}
    if agreed.things is not None:
        found["alpha_things"] = _figure(Agreed(agreed.things))
    part = next(iter(agreed.parts.values()), None) if is_one else None
    if part is None:
        return found
    if part.interval is not None:
        found |= {"alpha_ordinal": _figure(part.alpha), "alpha_interval": _figure(part.interval)}
    return found | {"kappa": _figure(part.conger), "fleiss": _figure(part.kappa), "ac1": _figure(part.ac1)}


def _figure(figure: Agreed) -> Figure:
    bounds = ("value", figure.value), ("low", figure.low), ("high", figure.high)
    return {name: None if x is None else round(x, 4) for name, x in bounds}


def _labels(agreed: Agreement, *, is_one: bool) -> list[dict[str, Any]]:
    """Each class of the one part against the others, or each of several parts; and how many answers have it."""
    if not is_one:
        return [
            {"label": name, "alpha": _figure(part.alpha), "answers": part.with_it}
            for name, part in agreed.parts.items()
        ]
    return [
        {"label": name, "alpha": _figure(Agreed(part.by_label[name])), "answers": count}
        for part in agreed.parts.values()
        for name, count in zip(part.classes, part.given, strict=True)
    ]


def _days(agreed: Agreement, said: Sequence[Sequence[Said]]) -> list[dict[str, Any]]:
    """Agreement by the day of a unit's last answer."""
    days: dict[date, list[float]] = defaultdict(list)
    for place, near in agreed.closeness.items():
        days[max(one.day for one in said[place])].append(near)
    return [
        {"day": day.isoformat(), "units": len(means), "agreement": round(sum(means) / len(means), 4)}
        for day, means in sorted(days.items())
    ]


def _confusions(
    task_type: TaskType,
    config: dict[str, Any],
    units: Mapping[Hashable, Mapping[Hashable, dict[str, Any]]],
    settled: Mapping[Hashable, dict[str, Any]],
) -> list[dict[str, Any]]:
    """How often each class was answered where the consensus is each class, and the units behind every cell."""
    parts = task_type.ballot({}, config).classes
    classes = {part: names for part, names in parts.items() if len(names) <= MOST_CLASSES}
    codes = {part: {name: n for n, name in enumerate(names)} for part, names in classes.items()}
    counts = {part: np.zeros((len(names), len(names)), dtype=int) for part, names in classes.items()}
    behind: dict[str, dict[str, list[Hashable]]] = {part: defaultdict(list) for part in classes}
    for unit, given in units.items():
        if unit not in settled:
            continue
        truth = {vote.part: vote.value for vote in task_type.ballot({0: settled[unit]}, config).votes}
        for vote in task_type.ballot(dict(given), config).votes:
            if vote.part not in classes or vote.part not in truth:
                continue
            row, column = codes[vote.part][truth[vote.part]], codes[vote.part][vote.value]
            counts[vote.part][row, column] += 1
            cell = behind[vote.part][f"{row}.{column}"]
            if len(cell) < MOST_LISTED and (not cell or cell[-1] != unit):
                cell.append(unit)
    return [
        {"part": part, "classes": list(names), "counts": counts[part].tolist(), "behind": dict(behind[part])}
        for part, names in classes.items()
    ]


def _by_object_label(
    task_type: TaskType, config: dict[str, Any], shared: Sequence[Mapping[Hashable, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Of answers that list objects with labels: alpha of what is left of them when only one label counts.

    And how many answers have such an object.
    """
    labels = [one["value"] for one in config.get("labels", []) if isinstance(one, dict) and "value" in one]
    found = []
    for label in labels[:MOST_CLASSES]:
        only = [[_only(value, label) for value in given.values()] for given in shared]
        units = [given for given in only if any(value["annotations"] for value in given if value)]
        if not units or any(value is None for given in units for value in given):
            continue
        alpha = alpha_by_distance(units, lambda one, other: task_type.distance(one, other, config))
        count = sum(bool(value["annotations"]) for given in units for value in given if value)
        found.append({"label": label, "alpha": _figure(Agreed(alpha)), "answers": count})
    return found


def _only(value: dict[str, Any], label: str) -> dict[str, Any] | None:
    listed = value.get("annotations")
    if not isinstance(listed, list):
        return None
    kept = {**value, "annotations": [one for one in listed if one.get("label") == label]}
    return kept | ({"relationships": []} if "relationships" in value else {})
