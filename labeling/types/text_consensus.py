"""The consensus of answers made of texts: each field by itself, its people judged by that field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from labeling.aggregation import texts
from labeling.aggregation.fitting import as_clean
from labeling.aggregation.settling import Case, Known, Part, Settled, merged, under
from labeling.aggregation.settling import add as add_sums
from labeling.types import edit_distance
from labeling.types.base import TaskType

Answer = dict[str, Any]


def settle(
    task_type: TaskType,
    case: Case,
    config: dict[str, Any],
    known: Known,
    *,
    read: Callable[[Answer], Mapping[str, str]],
    write: Callable[[dict[str, str]], Answer],
) -> Settled:
    """For ``settling.learn``: ``read`` takes an answer's texts by path, ``write`` makes an answer of them again."""
    if case.truth is None and not case.answers:
        return Settled(None, 0.0, 0.0)
    known = known.few(case.answers)
    given = {worker: read(answer) for worker, answer in case.answers.items()}
    truth = None if case.truth is None else read(case.truth)
    found: dict[str, Settled] = {}
    for path in truth if truth is not None else next(iter(given.values())):
        one = Case(
            {worker: {texts.TEXT: each[path]} for worker, each in given.items()},
            truth=None if truth is None else {texts.TEXT: truth[path]},
        )
        found[path] = under(path, texts.settle(one, known.within(path), edit_distance.normalized))
    return together(task_type, case, config, found, write)


def together(
    task_type: TaskType,
    case: Case,
    config: dict[str, Any],
    found: Mapping[str, Settled],
    write: Callable[[dict[str, str]], Answer],
) -> Settled:
    """The fields' consensus as one; as sure as they are in the mean, and to stop as sure as the least."""
    crowd: dict[str, float] = {}
    for one in found.values():
        add_sums(crowd, one.crowd)
    evidence = merged(one.evidence for one in found.values())
    weights = {worker: sum(one.weights[worker] for one in found.values()) / len(found) for worker in case.answers}
    if case.truth is not None:
        return Settled(case.truth, 1.0, 1.0, {}, evidence, crowd, weights)
    values = {path: one.answer[texts.TEXT] for path, one in found.items() if one.answer}
    parts = {path: Part(one.confidence, one.parts[""].support) for path, one in found.items()}
    sure = [one.confidence for one in found.values()]
    clean = as_clean(task_type, write(values), case, config)
    return Settled(clean, round(sum(sure) / len(sure), 7), round(min(sure), 7), parts, evidence, crowd, weights)
