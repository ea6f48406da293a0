"""All figures of agreement for the answers of one type, whatever it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from labeling.aggregation.votes import Floats, Ints
from labeling.agreement import bootstrap, confusion, kappas, krippendorff, objects, scales

if TYPE_CHECKING:
    from labeling.types.base import TaskType

DRAWS = 300
MOST_CLASSES = 50
"""Of a part that gets figures and a picture of its confusions."""
MOST_WITH_BOUNDS = 6
"""Parts of an answer up to which each figure of each part has its interval."""
MOST_LISTED = 200
LEAST_TOGETHER = 2
"""Tasks two people have in common, to be a pair."""

YES_OR_NO = "yes", "no"
"""How the classes of a part begin that an answer either has or has not."""

Answers = Mapping[Hashable, dict[str, Any]]


@dataclass(frozen=True)
class Figure:
    """A value with the interval that holds 95 of 100 redraws of the tasks; None where there is nothing to say."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class PartAgreement:
    """Of one part of the answer that is a matter of classes. ``alpha`` is ordinal where the classes are a scale."""

    percent: Figure
    alpha: Figure
    interval: Figure | None
    """Alpha where the steps of a scale are taken to be equally wide; None without a scale."""
    kappa: Figure
    """Fleiss's."""
    conger: Figure
    ac1: Figure
    by_label: dict[str, float | None]
    """Alpha of each class against all others."""
    classes: tuple[str, ...]
    given: tuple[int, ...]
    """How often each class was answered to tasks with two answers or more."""
    confusion: Floats
    """[class, class]: see ``confusion.between_people``."""

    @property
    def with_it(self) -> int:
        """How many answers have it, where it is a matter of yes or no; else how many there are."""
        return self.given[0] if self.classes[:2] == YES_OR_NO else sum(self.given)


@dataclass(frozen=True)
class PairAgreement:
    """Of two people, over the tasks both answered; ``kappa`` (Cohen's) only where the answer is one choice."""

    one: Hashable
    other: Hashable
    tasks: int
    closeness: float
    kappa: float | None
    apart: tuple[int, ...] = ()
    """Places of the tasks where they differ, MOST_LISTED at most."""


@dataclass(frozen=True)
class Agreement:
    """``percent`` is the mean closeness of two answers to a task, ``alpha`` the same beyond chance, by distance."""

    tasks: int
    """With two answers or more."""
    percent: Figure
    alpha: Figure
    things: float | None = None
    """Alpha over the things that answers list, where they do."""
    parts: dict[str, PartAgreement] = field(default_factory=dict)
    pairs: list[PairAgreement] = field(default_factory=list)
    """Those with the most tasks in common first."""
    closeness: Mapping[int, float] = field(default_factory=dict)
    """How near the answers to one task are, by its place; of a sample where there are very many pairs of answers."""


def agreement_of(
    task_type: TaskType, answers: Sequence[Answers], config: dict[str, Any], *, draws: int = DRAWS
) -> Agreement:
    """Figures for the clean answers to each task, by worker. The cost is bounded: see ``krippendorff.MOST_PAIRS``."""
    places = [place for place, given in enumerate(answers) if len(given) >= 2]
    one_of_equals: dict[bytes, dict[str, Any]] = {}
    units = [_of_equals(answers[place], one_of_equals) for place in places]
    if not units:
        return Agreement(0, Figure(None), Figure(None))
    cache: dict[tuple[int, int], float] = {}

    def apart(one: dict[str, Any], other: dict[str, Any]) -> float:
        if one is other:
            return 0.0
        key = (id(one), id(other)) if id(one) < id(other) else (id(other), id(one))
        if key not in cache:
            cache[key] = task_type.distance(one, other, config)
        return cache[key]

    chosen = krippendorff.within_reach([list(map(id, unit.values())) for unit in units], krippendorff.MOST_PAIRS)
    sampled, places = [units[n] for n in chosen], [places[n] for n in chosen]
    closeness = np.array([_closeness(list(unit.values()), apart) for unit in sampled])
    percent = _figure(closeness, lambda rows: float(rows.mean()), draws)
    found = krippendorff.disagreement([list(unit.values()) for unit in sampled], apart)
    alpha = Figure(None)
    if found and found[1]:
        expected = found[1]
        sizes = np.array([len(unit) for unit in sampled], dtype=np.float64)
        rows = np.stack([(1 - closeness) * sizes, sizes], axis=1)
        alpha = _figure(rows, lambda each: float(1 - each[:, 0].sum() / each[:, 1].sum() / expected), draws)
    return Agreement(
        len(units), percent, alpha, _of_things(task_type, sampled, config), _parts(task_type, units, config, draws),
        _pairs(task_type, dict(zip(places, sampled, strict=True)), config, apart),
        dict(zip(places, closeness.tolist(), strict=True)),
    )  # fmt: skip


def _of_equals(given: Answers, one_of_equals: dict[bytes, dict[str, Any]]) -> Answers:
    """The same, where equal answers are one object: they are compared with others only once."""
    return {
        who: one_of_equals.setdefault(orjson.dumps(answer, option=orjson.OPT_SORT_KEYS), answer)
        for who, answer in given.items()
    }


def _closeness(values: Sequence[dict[str, Any]], apart: Any) -> float:
    pairs = list(combinations(values, 2))
    return 1 - sum(apart(one, other) for one, other in pairs) / len(pairs)


def _figure(rows: Any, figure: Any, draws: int) -> Figure:
    value = figure(rows)
    bounds = bootstrap.interval(rows, figure, draws=draws) if draws and value is not None else None
    return Figure(value, *(bounds or (None, None)))


def _of_things(task_type: TaskType, units: Sequence[Answers], config: dict[str, Any]) -> float | None:
    listed = [[task_type.objects(answer) for answer in unit.values()] for unit in units]
    if any(things is None for unit in listed for things in unit):
        return None
    things = [[found or [] for found in unit] for unit in listed]
    return objects.alpha_of_things(things, lambda one, other: task_type.object_likeness(one, other, config))


def _parts(
    task_type: TaskType, units: Sequence[Answers], config: dict[str, Any], draws: int
) -> dict[str, PartAgreement]:
    people = {who: n for n, who in enumerate(dict.fromkeys(who for unit in units for who in unit))}
    cells: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    ballot = task_type.ballot({}, config)
    codes = {part: {name: n for n, name in enumerate(names)} for part, names in ballot.classes.items()}
    if not codes:
        return {}
    for n, unit in enumerate(units):
        for vote in task_type.ballot(unit, config).votes:
            if vote.part in codes:
                cells[vote.part].append((n, people[vote.worker], codes[vote.part][vote.value]))
    found = {}
    draws = draws if len(codes) <= MOST_WITH_BOUNDS else 0
    for part, names in ballot.classes.items():
        if cells[part] and len(names) <= MOST_CLASSES:
            ratings = np.full((len(units), len(people)), kappas.MISSING)
            table = np.array(cells[part])
            ratings[table[:, 0], table[:, 1]] = table[:, 2]
            found[part] = _part(ratings, names, ballot.ordered.get(part) == len(names), draws)
    return found


def _part(ratings: Ints, names: tuple[str, ...], is_scale: bool, draws: int) -> PartAgreement:
    size = len(names)
    counts = kappas.counts_of(ratings, size)

    def alpha(rows: Floats) -> float | None:
        paired = rows[rows.sum(axis=1) >= 2].sum(axis=0)
        return krippendorff.alpha_of(rows, scales.ordinal(paired) if is_scale else scales.nominal(size))

    def interval(rows: Floats) -> float | None:
        return krippendorff.alpha_of(rows, scales.interval(range(size)))

    def percent(rows: Floats) -> float | None:
        count = rows.sum(axis=1)
        rows, count = rows[count >= 2], count[count >= 2]
        return float(((rows * (rows - 1)).sum(axis=1) / (count * (count - 1))).mean()) if len(rows) else None

    labels = {
        name: krippendorff.alpha_nominal(np.stack([counts[:, n], counts.sum(axis=1) - counts[:, n]], axis=1))
        for n, name in enumerate(names)
    }
    return PartAgreement(
        percent=_figure(counts, percent, draws),
        alpha=_figure(counts, alpha, draws),
        interval=_figure(counts, interval, draws) if is_scale else None,
        kappa=_figure(counts, lambda rows: kappas.fleiss_of(rows), draws),
        conger=_figure(ratings, lambda rows: kappas.conger(rows, size), draws),
        ac1=_figure(counts, lambda rows: kappas.ac1_of(rows), draws),
        by_label=labels,
        classes=names,
        given=tuple(counts.sum(axis=0).astype(int).tolist()),
        confusion=confusion.between_people(ratings, size),
    )


def _pairs(
    task_type: TaskType, units: Mapping[int, Answers], config: dict[str, Any], apart: Any
) -> list[PairAgreement]:
    together: dict[tuple[Hashable, Hashable], list[tuple[dict[str, Any], dict[str, Any]]]] = defaultdict(list)
    differ: dict[tuple[Hashable, Hashable], list[int]] = defaultdict(list)
    for place, unit in units.items():
        for one, other in combinations(sorted(unit, key=lambda who: (str(type(who)), str(who))), 2):
            together[one, other].append((unit[one], unit[other]))
            if len(differ[one, other]) < MOST_LISTED and apart(unit[one], unit[other]) > 0:
                differ[one, other].append(place)
    classes = task_type.ballot({}, config).classes
    found = []
    for (one, other), both in together.items():
        if len(both) >= LEAST_TOGETHER:
            near = 1 - sum(apart(a, b) for a, b in both) / len(both)
            kappa, places = _cohen(task_type, both, config, classes), tuple(differ[one, other])
            found.append(PairAgreement(one, other, len(both), near, kappa, places))
    return sorted(found, key=lambda pair: (-pair.tasks, str(pair.one), str(pair.other)))


def _cohen(
    task_type: TaskType, both: Any, config: dict[str, Any], classes: Mapping[str, tuple[str, ...]]
) -> float | None:
    if len(classes) != 1:
        return None
    (names,) = classes.values()
    codes = {name: n for n, name in enumerate(names)}
    said = [[codes[vote.value] for vote in task_type.ballot(dict(enumerate(pair)), config).votes] for pair in both]
    table = np.array([row for row in said if len(row) == 2]).reshape(-1, 2)
    return kappas.cohen(table[:, 0], table[:, 1], len(names)) if len(names) <= MOST_CLASSES else None
