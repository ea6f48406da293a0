"""Posteriors of the parts of many ballots: by a batch fit, or from what is known of the workers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import numpy as np

from labeling import aggregation
from labeling.aggregation import (
    e4,
    hierarchical,
    incremental,
    live,
    live_e4,
    majority,
    many_classes,
    multilabel,
    one_coin,
    ordinal,
)
from labeling.aggregation.gold import UNKNOWN, clamp
from labeling.aggregation.incremental import State
from labeling.aggregation.settling import Known
from labeling.aggregation.votes import Floats, Ints, Result, Votes, result_of

MOST_CLASSES = 50
"""Above which a confusion matrix has more cells than a project has votes."""
SMALLEST = 1e-4
Row = tuple[int, str]


@dataclass
class Group:
    """One question: everything it was asked about."""

    question: str
    classes: tuple[str, ...]
    steps: int | None
    is_alike: bool
    rows: list[Row] = field(default_factory=list)
    votes: list[Sequence[tuple[Hashable, str]]] = field(default_factory=list)
    truth: list[str | None] = field(default_factory=list)

    @cached_property
    def codes(self) -> dict[str, int]:
        return {name: n for n, name in enumerate(self.classes)}

    def encoded(self, workers: dict[Hashable, int]) -> Votes:
        """Its rows as items."""
        cells = [
            (n, workers.setdefault(worker, len(workers)), self.codes[value])
            for n, votes in enumerate(self.votes)
            for worker, value in votes
        ]
        table = np.array(cells, dtype=np.int64).reshape(-1, 3)
        return Votes(table[:, 0], table[:, 1], table[:, 2], len(self.rows), len(workers), len(self.classes))

    def gold(self) -> Ints | None:
        if not any(truth is not None for truth in self.truth):
            return None
        return np.array([UNKNOWN if truth is None else self.codes[truth] for truth in self.truth])


@dataclass
class Scored:
    """One row of a group."""

    group: Group
    posterior: Floats
    label: str
    sure: float
    spread: float | None = None

    def share(self, name: str) -> float:
        return float(self.posterior[self.group.codes[name]])

    def shares(self) -> dict[str, float]:
        pairs = zip(self.group.classes, self.posterior.round(7).tolist(), strict=True)
        return {name: share for name, share in pairs if share}

    @cached_property
    def evidence(self) -> list[tuple[str, float]]:
        """(true class, share): what is worth keeping."""
        pairs = zip(self.group.classes, self.posterior.tolist(), strict=True)
        return [(name, share) for name, share in pairs if share >= SMALLEST]

    def key(self, true: str, voted: str) -> str:
        return f"{self.group.question}\t{true}\t{voted}"

    def mass_key(self, true: str) -> str:
        return f"{self.group.question}\t{true}"


@dataclass
class Scores:
    rows: dict[Row, Scored]

    def row(self, case: int, part: str) -> Scored:
        return self.rows[case, part]


def score(groups: dict[str, Group], known: Known | None, method: str) -> Scores:
    """Every row of every group."""
    found = Scores({})
    alike = [group for group in groups.values() if group.is_alike and group.steps is None and len(group.classes) == 2]
    if alike and method == e4.NAME:
        _score_alike(alike, known, found)
    else:
        alike = []
    together = {group.question for group in alike}
    for group in groups.values():
        if group.question in together:
            continue
        if len(group.classes) > MOST_CLASSES and method != majority.NAME:
            result: Result = many_classes.settle(group, known)
        else:
            result = _batch(group, method) if known is None else _online(group, known, method)
        _keep(group, result, found)
    return found


def _keep(group: Group, result: Result, found: Scores) -> None:
    sure = getattr(result, "sure", result.confidence)
    spread = getattr(result, "spread", None)
    for n, row in enumerate(group.rows):
        label = group.classes[int(result.labels[n])]
        wide = None if spread is None else float(spread[n])
        found.rows[row] = Scored(group, result.posterior[n], label, float(sure[n]), wide)


def _batch(group: Group, method: str) -> Result:
    votes, gold = group.encoded({}), group.gold()
    if group.steps is not None and method == e4.NAME:
        return ordinal.fit(votes, steps=group.steps, gold=gold)
    return aggregation.get(method).fit(votes, gold=gold)


def _online(group: Group, known: Known, method: str) -> Result:
    workers: dict[Hashable, int] = {}
    votes = group.encoded(workers)
    gold = group.gold()
    state = state_of(group, known, list(workers))
    if group.steps is not None and method == e4.NAME:
        base = ordinal.base_of(votes.n_classes, group.steps)
        models = [
            clamp(live_e4.by_confusion(votes, state, base), gold),
            clamp(live_e4.by_accuracy(votes, state), gold),
            clamp(e4.smoothed_shares(votes), gold),
        ]
        return ordinal.summary(np.mean(models, axis=0), models[0], models[1], group.steps)
    if method == hierarchical.NAME:
        return result_of(clamp(live_e4.by_confusion(votes, state), gold))
    scored = live.score(method if method in live.SCORERS else one_coin.NAME, votes, state)
    result = result_of(clamp(scored.posterior, gold))
    return e4.E4Result(result.labels, result.confidence, result.posterior, scored.sure, {})


def state_of(group: Group, known: Known, workers: Sequence[Hashable]) -> State:
    """Sums as arrays; a new crowd is taken to be mostly right."""
    size = len(group.classes)
    start = incremental.empty_state(0, size)
    names = [f"{group.question}\t{true}\t{voted}" for true in group.classes for voted in group.classes]
    counts = np.array([_amounts(known.of(worker), names) for worker in workers]).reshape(-1, size, size)
    start.pooled[:] += np.array(_amounts(known.crowd, names)).reshape(size, size)
    mass = _amounts(known.crowd, [f"{group.question}\t{name}" for name in group.classes])
    return State(counts, start.pooled, np.array(mass))


def _amounts(sums: Mapping[str, float], names: Sequence[str]) -> list[float]:
    """The sums of these names; as many steps as there are names or sums, whichever are fewer."""
    if len(sums) < len(names):
        places = {name: n for n, name in enumerate(names)}
        found = [0.0] * len(names)
        for name, amount in sums.items():
            if name in places:
                found[places[name]] = max(amount, 0.0)
        return found
    return [max(sums.get(name, 0.0), 0.0) for name in names]


def _score_alike(groups: list[Group], known: Known | None, found: Scores) -> None:
    """All labels at once: the items are their rows, one after the other."""
    workers: dict[Hashable, int] = {}
    offsets = list(accumulate((len(group.rows) for group in groups), initial=0))
    cells = [
        (n, workers.setdefault(worker, len(workers)), group.codes[value])
        for group, offset in zip(groups, offsets, strict=False)
        for n, given in enumerate(group.votes, start=offset)
        for worker, value in given
    ]
    table = np.array(cells, dtype=np.int64).reshape(-1, 3)
    votes = Votes(table[:, 0], table[:, 1], table[:, 2], offsets[-1], len(workers), 2)
    label = np.repeat(np.arange(len(groups)), [len(group.rows) for group in groups])
    golds = [group.gold() for group in groups]
    gold = None
    if any(one is not None for one in golds):
        none = [np.full(len(group.rows), UNKNOWN) for group in groups]
        gold = np.concatenate([spare if one is None else one for one, spare in zip(golds, none, strict=True)])
    if known is None:
        result = multilabel.fit(votes, label, gold=gold)
    else:
        result = _alike_online(groups, votes, label, gold, known, list(workers))
    for group, start, end in zip(groups, offsets, offsets[1:], strict=False):
        part = multilabel.MultilabelResult(
            result.labels[start:end], result.confidence[start:end], result.posterior[start:end], result.sure[start:end]
        )
        _keep(group, part, found)


def _alike_online(
    groups: list[Group], votes: Votes, label: Ints, gold: Ints | None, known: Known, workers: list[Hashable]
) -> multilabel.MultilabelResult:
    names = [
        f"{group.question}\t{true}\t{voted}" for group in groups for true in group.classes for voted in group.classes
    ]
    counts = np.array([_amounts(known.of(worker), names) for worker in workers]).reshape(-1, len(groups), 2, 2)
    pooled = np.array(_amounts(known.crowd, names)).reshape(-1, 2, 2) + incremental.empty_state(0, 2).pooled
    true = [f"{group.question}\t{name}" for group in groups for name in group.classes]
    mass = np.array(_amounts(known.crowd, true)).reshape(-1, 2)
    shared = clamp(multilabel.score_votes(votes, label, counts, pooled, mass), gold)
    total = State(counts.sum(axis=1), pooled.sum(axis=0), mass.sum(axis=0))
    other = clamp(live_e4.by_accuracy(votes, total), gold)
    return multilabel.mean_of(votes, shared, other, gold)


__all__ = ["Group", "Scored", "Scores", "score", "state_of"]
