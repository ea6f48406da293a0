"""Comparisons of two: the item is ``one|other``, the answer one of the two, or ``equal``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from labeling.aggregation import bradley_terry
from labeling.aggregation.kinds import Given, Line

NAME = "pair"
HELP = "one of the two things of the item (one|other), or equal"
IS_SHARE = True
TIES = ("equal", "tie")


def read(cell: str) -> str:
    return cell


def settle(given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
    """The label of a line is the stronger of the two, by all comparisons together; ties count half a win."""
    if gold:
        raise ValueError("comparisons have no gold: their strengths are of things, not of pairs")
    things: dict[str, int] = {}
    rows = []
    pairs = {item: _two(item) for item in given}
    for item, answers in given.items():
        one, other = pairs[item]
        codes = [things.setdefault(name, len(things)) for name in (one, other)]
        for answer in answers.values():
            if answer not in (one, other, *TIES):
                raise ValueError(f"item {item!r}: {answer!r} is neither of the two, nor {' or '.join(TIES)}")
            rows.append((*codes, 0.5 if answer in TIES else float(answer == one)))
    table = np.array(rows)
    fitted = bradley_terry.fit(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], len(things))
    lines = []
    for item, (one, other) in pairs.items():
        chance = fitted.better(things[one], things[other])
        winner = one if chance >= 0.5 else other
        lines.append(Line(item, winner, max(chance, 1 - chance), {one: chance, other: 1 - chance}))
    return lines


def _two(item: str) -> tuple[str, str]:
    names = item.split("|")
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise ValueError(f"item {item!r} must name two things: one|other")
    return names[0], names[1]


def distance(one: str, other: str) -> float:
    """A tie is half way between the two."""
    return 0.0 if one == other else 0.5 if one in TIES or other in TIES else 1.0
