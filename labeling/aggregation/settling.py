"""What a consensus is made of, whatever the kind of answer, and the loop that learns skills together with it.

A method of a kind of answer is one function ``settle(case, known) -> Settled``: what the answers to one task add up to,
given what is known of the people. What the task in turn tells about them is in ``Settled.evidence``: named sums that
are added up over tasks. So skills can be kept task by task (``Known.plus``), are undone exactly (``Known.minus``), and
a batch fit is the same function repeated until nothing moves (``learn``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

DIGITS = 7
"""Kept of every sum: what was added can be taken out again, and the order of adding does not show."""
SEPARATOR = "\x1f"
ROUNDS = 12
TOLERANCE = 1e-3

Sums = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """One task: clean answers by worker, what they are about, and the true answer if the task is gold."""

    answers: Mapping[Hashable, dict[str, Any]]
    item: Mapping[str, Any] = field(default_factory=dict)
    truth: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer, or one object of it: how sure, and whose answers say so."""

    confidence: float
    support: tuple[Hashable, ...] = ()
    """The workers behind it, as sorted by their names."""
    posterior: dict[str, float] = field(default_factory=dict)
    """Share of each class, where it is a matter of classes; those below the last digit are left out."""
    spread: float | None = None
    """Where it is a matter of numbers or places: the standard error, in the units of the answer."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The consensus of one task. All numbers are plain floats, all keys but workers strings: it may be kept as JSON."""

    answer: dict[str, Any] | None
    """A clean answer; None where nobody has answered."""
    confidence: float
    """0 to 1: of the least sure part where parts are classes, the share to be right of where they are objects."""
    sure: float
    """For the rule to stop: the lesser of what two different models think. Where there is one model, the confidence."""
    parts: dict[str, Part] = field(default_factory=dict)
    """By path in the answer (``options.cat``, ``annotations[0]``), in the answer's order."""
    evidence: dict[Hashable, Sums] = field(default_factory=dict)
    """What this task tells about each of its workers: to be added to ``Known.workers``."""
    crowd: Sums = field(default_factory=dict)
    """What it tells about all workers and tasks together: to be added to ``Known.crowd``."""
    weights: dict[Hashable, float] = field(default_factory=dict)
    """How good each worker was taken to be, 0 to 1, before this task counted: for a page that explains."""


@dataclass(frozen=True, slots=True)
class Known:
    """Sums over tasks: of each worker, and of everybody. Workers that are not there are new."""

    workers: Mapping[Hashable, Mapping[str, float]] = field(default_factory=dict)
    crowd: Mapping[str, float] = field(default_factory=dict)

    def of(self, worker: Hashable) -> Mapping[str, float]:
        return self.workers.get(worker, {})

    def plus(self, settled: Iterable[Settled]) -> Known:
        """With these tasks counted."""
        return self._moved(settled, 1)

    def minus(self, settled: Iterable[Settled]) -> Known:
        """Without these tasks, that were counted with exactly this evidence."""
        return self._moved(settled, -1)

    def within(self, scope: str) -> Known:
        """What is known under names that begin so (see ``under``), without that beginning."""
        return Known({who: _within(sums, scope) for who, sums in self.workers.items()}, _within(self.crowd, scope))

    def few(self, workers: Iterable[Hashable]) -> Known:
        """Of these workers only: what is asked about the others costs nothing."""
        return Known({who: self.workers[who] for who in workers if who in self.workers}, self.crowd)

    def _moved(self, settled: Iterable[Settled], sign: int) -> Known:
        workers: dict[Hashable, Mapping[str, float]] = dict(self.workers)
        touched: dict[Hashable, Sums] = {}
        crowd = dict(self.crowd)
        for one in settled:
            for worker, sums in one.evidence.items():
                mine = touched.get(worker)
                if mine is None:
                    mine = touched[worker] = dict(self.workers.get(worker, {}))
                add(mine, sums, sign)
            add(crowd, one.crowd, sign)
        return Known(workers | touched, crowd)


def add(to: Sums, sums: Mapping[str, float], sign: int = 1) -> None:
    """In place; a sum that comes to nothing is dropped."""
    for name, amount in sums.items():
        total = round(to.get(name, 0.0) + sign * amount, DIGITS)
        if total:
            to[name] = total
        else:
            to.pop(name, None)


def under(scope: str, settled: Settled) -> Settled:
    """The same with its sums named as belonging to one part of an answer, so that several can be kept together."""
    evidence = {who: _under(sums, scope) for who, sums in settled.evidence.items()}
    return replace(settled, evidence=evidence, crowd=_under(settled.crowd, scope))


def _under(sums: Mapping[str, float], scope: str) -> Sums:
    return {f"{scope}{SEPARATOR}{name}": amount for name, amount in sums.items()}


def _within(sums: Mapping[str, float], scope: str) -> Sums:
    start = scope + SEPARATOR
    return {name[len(start) :]: amount for name, amount in sums.items() if name.startswith(start)}


def merged(all_sums: Iterable[Mapping[Hashable, Sums]]) -> dict[Hashable, Sums]:
    """The evidence of several parts as one."""
    found: dict[Hashable, Sums] = {}
    for by_worker in all_sums:
        for worker, sums in by_worker.items():
            add(found.setdefault(worker, {}), sums)
    return found


def rounded(sums: Mapping[str, float]) -> Sums:
    """As they may be stored."""
    return {name: value for name, amount in sums.items() if (value := round(float(amount), DIGITS))}


def crowd_of(evidence: Mapping[Hashable, Sums], **more: float) -> Sums:
    """The sum over workers, and what is only the task's."""
    total: dict[str, float] = defaultdict(float)
    for sums in evidence.values():
        for name, amount in sums.items():
            total[name] += amount
    return rounded({**total, **more})


Settle = Callable[[Case, Known], Settled]


def learn(
    cases: Sequence[Case], settle: Settle, *, most_rounds: int = ROUNDS, tolerance: float = TOLERANCE
) -> list[Settled]:
    """Settle all cases again and again, each by what the others tell of its workers, until no confidence moves.

    Every round uses the sums of the round before, so the order of the cases does not matter.
    """
    settled = [settle(case, NOTHING) for case in cases]
    for _ in range(most_rounds - 1):
        total = NOTHING.plus(settled)
        before, settled = (
            settled,
            [settle(case, _without(total, one)) for case, one in zip(cases, settled, strict=True)],
        )
        if _moved(before, settled) <= tolerance:
            break
    return settled


def in_order(answers: Mapping[Hashable, Any]) -> list[Hashable]:
    """The workers by what they answered: neither their names nor the order in which answers came make a difference."""
    return sorted(answers, key=lambda who: (orjson.dumps(answers[who], option=orjson.OPT_SORT_KEYS), str(who)))


def _without(total: Known, one: Settled) -> Known:
    """Only the workers of that task, without it."""
    few = Known({worker: total.of(worker) for worker in one.evidence}, total.crowd)
    return few.minus([one])


def _moved(before: Sequence[Settled], after: Sequence[Settled]) -> float:
    moves = (abs(one.confidence - other.confidence) for one, other in zip(before, after, strict=True))
    return max(moves, default=0.0)


NOTHING = Known()
