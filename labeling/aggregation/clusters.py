"""Which drawn things of several people are the same thing: one by one, each person's matched to the groups so far.

The best pairing of one person's things with the groups (Hungarian method, Kuhn 1955), so nobody has two in a group.
People with the most things begin, and everybody is matched a second time, to groups that know the others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

PASSES = 2

Likeness = Callable[[Any, Any], float]
Bounds = Callable[[Any], tuple[float, float, float, float]]


@dataclass
class Cluster:
    """One thing, by what each worker drew for it."""

    members: dict[Hashable, Any] = field(default_factory=dict)


def cluster(
    drawn: Mapping[Hashable, Sequence[Any]], likeness: Likeness, least: float, bounds: Bounds | None = None
) -> list[Cluster]:
    """Groups of things that are at least so alike to the group: the mean over its members of 0 to 1.

    ``bounds`` (left, top, right, bottom) spares the question where two things do not even touch. ``drawn`` is in
    an order that does not depend on names (``settling.in_order``).
    """
    order = sorted(drawn, key=lambda worker: -len(drawn[worker]))
    cache: dict[tuple[int, int], float] = {}

    def alike(one: Any, other: Any) -> float:
        key = (id(one), id(other)) if id(one) < id(other) else (id(other), id(one))
        if key not in cache:
            cache[key] = likeness(one, other)
        return cache[key]

    found: list[Cluster] = []
    for turn in range(PASSES):
        for worker in order:
            if turn:
                for each in found:
                    each.members.pop(worker, None)
                found = [each for each in found if each.members]
            _match(worker, drawn[worker], found, alike, least, bounds)
    return found


def _match(
    worker: Hashable,
    things: Sequence[Any],
    found: list[Cluster],
    alike: Likeness,
    least: float,
    bounds: Bounds | None,
) -> None:
    """Put the things of one worker into groups, new ones where none is near enough."""
    table = np.zeros((len(things), len(found)))
    for n, m in _touching(things, found, bounds):
        near = [alike(things[n], member) for member in found[m].members.values()]
        # a member that is nothing like it says that the group is another thing, but one outlier must not
        table[n, m] = (sum(near) / len(near) + sorted(near)[len(near) // 2]) / 2
    table[table < least] = 0.0
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    taken = {int(n): int(m) for n, m in zip(rows, columns, strict=True) if table[n, m] > 0}
    fresh = [Cluster({worker: thing}) for n, thing in enumerate(things) if n not in taken]
    for n, m in taken.items():
        found[m].members[worker] = things[n]
    found.extend(fresh)


def _touching(things: Sequence[Any], found: list[Cluster], bounds: Bounds | None) -> list[tuple[int, int]]:
    """Pairs of a thing and a group whose bounds overlap."""
    if bounds is None or not things or not found:
        return [(n, m) for n in range(len(things)) for m in range(len(found))]
    mine = np.array([bounds(thing) for thing in things])
    each = [np.array([bounds(member) for member in one.members.values()]) for one in found]
    groups = np.array([(*one[:, :2].min(axis=0), *one[:, 2:].max(axis=0)) for one in each])
    low = np.maximum(mine[:, None, :2], groups[None, :, :2])
    high = np.minimum(mine[:, None, 2:], groups[None, :, 2:])
    pairs = np.argwhere((low <= high).all(axis=2))
    return [(int(n), int(m)) for n, m in pairs]
