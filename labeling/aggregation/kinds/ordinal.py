"""Steps of a scale: numbers by size, words in the order of the alphabet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from labeling import aggregation
from labeling.aggregation import e4, ordinal
from labeling.aggregation.gold import UNKNOWN
from labeling.aggregation.kinds import Given, Line
from labeling.aggregation.votes import Result, from_triples

NAME = "ordinal"
HELP = "a step of a scale: a number, or a word that sorts"
IS_SHARE = True


def read(cell: str) -> str:
    return cell


def settle(given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
    """The label is the posterior's median; with another method than e4, that method's."""
    votes = from_triples((who, item, value) for item, answers in given.items() for who, value in answers.items())
    steps = {name: n for n, name in enumerate(votes.classes)}
    if unknown := [value for value in gold.values() if value not in steps]:
        raise ValueError(f"gold is {unknown[0]!r}, which no answer says")
    known = np.array([steps[gold[str(item)]] if item in gold else UNKNOWN for item in votes.items])
    truth = known if gold else None
    if method == e4.NAME:
        found: Result = ordinal.fit(votes, gold=truth)
    else:
        found = aggregation.get(method).fit(votes, gold=truth)
    names = [str(name) for name in votes.classes]
    rows = zip(votes.items, found.labels, found.confidence, found.posterior, strict=True)
    return [
        Line(str(item), names[label], float(sure), dict(zip(names, row.tolist(), strict=True)))
        for item, label, sure, row in rows
    ]


def distance(one: str, other: str) -> float:
    """Different or not: ``alpha_ordinal`` of the plain command knows the steps."""
    return float(one != other)
