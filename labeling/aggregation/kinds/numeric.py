"""Numbers."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from labeling.aggregation import numeric
from labeling.aggregation.kinds import Given, Line
from labeling.aggregation.settling import Case, Known, Part, Settled, crowd_of, in_order, learn

NAME = "numeric"
HELP = "a number"
IS_SHARE = False
LARGEST = 1e100
"""What squares of differences can still be added up of."""


def read(cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        raise ValueError("must be a number") from None
    if not isfinite(number):
        raise ValueError("must be a finite number")
    if abs(number) > LARGEST:
        raise ValueError(f"must be from -{LARGEST:g} to {LARGEST:g}")
    return number


def settle(given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
    """The confidence is the chance that the truth is within 5 % of the range of all answers."""
    everything = [value for answers in given.values() for value in answers.values()]
    low, high = min(everything), max(everything)
    cases = [
        Case(
            {who: {"value": value} for who, value in answers.items()},
            truth={"value": gold[item]} if item in gold else None,
        )
        for item, answers in given.items()
    ]

    def one(case: Case, known: Known) -> Settled:
        return _settle(case, known, low, high)

    found = learn(cases, one)
    return [Line(item, f"{each.answer['value']:.10g}", each.confidence) for item, each in zip(given, found, strict=True)
            if each.answer]  # fmt: skip


def _settle(case: Case, known: Known, low: float, high: float) -> Settled:
    workers = in_order(case.answers)
    answers = {worker: float(case.answers[worker]["value"]) for worker in workers}
    numbers = list(answers.values())
    found = numeric.estimate(numbers, numeric.variances(workers, known, numbers))
    sure = numeric.confidence(found, low=low, high=high)
    value, is_gold = found.value, case.truth is not None
    if case.truth is not None:
        value, sure = case.truth["value"], 1.0
    evidence = numeric.evidence_of(
        answers, value, shares=dict(zip(workers, found.weights, strict=True)), is_truth=is_gold
    )
    part = Part(sure, tuple(workers), spread=found.error)
    return Settled({"value": value}, sure, sure, {"": part}, evidence, crowd_of(evidence))


def distance(one: float, other: float) -> float:
    """Squared, so that alpha is that of an interval scale."""
    return (one - other) ** 2
