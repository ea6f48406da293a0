"""Which gold task comes next: of the class and difficulty that somebody has met least for its share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Task = TypeVar("Task", bound=Hashable)


def next_gold(
    unseen: Mapping[Task, Hashable],
    met: Iterable[Hashable],
    shares: Mapping[Hashable, float],
    exposed: Mapping[Task, int],
) -> Task | None:
    """Of the gold tasks this person has not met, with their strata; None if there is none left.

    ``met`` are the strata of those they have; ``shares`` how common each stratum is among all tasks. Within a stratum
    the one that the fewest have seen, then the one that sorts first.
    """
    counts = Counter(met)
    ahead = sum(counts.values()) + 1

    def lack(stratum: Hashable) -> float:
        return counts[stratum] - ahead * shares.get(stratum, 0.0)

    return min(unseen, key=lambda task: (round(lack(unseen[task]), 9), exposed.get(task, 0), str(task)), default=None)
