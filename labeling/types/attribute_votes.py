"""Attributes of one thing as several people gave them: each by the weight of those who say so."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labeling.aggregation.numeric import weighted_median
from labeling.types.attributes import option_values

Values = Mapping[str, Any]


def elect(
    schema: Sequence[dict[str, Any]],
    given: Sequence[tuple[Values, float]],
    applies: Callable[[dict[str, Any], dict[str, Any]], bool] = lambda one, values: True,
) -> dict[str, Any]:
    """In schema order, from (values, weight) of each person; ``applies`` tells whether an attribute is asked for.

    A value left out is a vote for leaving it out, unless the attribute is required. Numbers are merged by their median,
    sets choice by choice.
    """
    found: dict[str, Any] = {}
    for one in schema:
        name = one["name"]
        votes = [(values.get(name), weight) for values, weight in given]
        if not applies(one, found):
            continue
        if one["required"]:
            votes = [(value, weight) for value, weight in votes if value is not None]
        value = _elected(one, votes)
        if value is not None and value != []:
            found[name] = value
    return found


def _elected(one: dict[str, Any], votes: Sequence[tuple[Any, float]]) -> Any:
    total = sum(weight for _value, weight in votes)
    there = [(value, weight) for value, weight in votes if value is not None]
    if not there or 2 * sum(weight for _value, weight in there) < total - 1e-9:
        return None
    if one["type"] == "number":
        numbers = np.array([value for value, _weight in there], dtype=np.float64)
        middle = weighted_median(numbers, np.array([weight for _value, weight in there]))
        return int(middle) if middle == int(middle) else middle
    if one["type"] == "multiselect":
        said = sum(weight for _value, weight in there)
        return [c for c in option_values(one) if 2 * sum(w for value, w in there if c in value) >= said - 1e-9]
    mass: dict[str, float] = defaultdict(float)
    for value, weight in there:
        mass[json.dumps(value)] += weight
    return json.loads(min(mass, key=lambda key: (-round(mass[key], 9), key)))
