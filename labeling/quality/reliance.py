"""Two groups of answers side by side: how far apart two shares are, with the interval of the difference."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from labeling.quality.intervals import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``total``, with its 95 % interval; no share where nothing was counted."""

    hits: int
    total: int

    @property
    def share(self) -> float | None:
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.total)


@dataclass(frozen=True, slots=True)
class Difference:
    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether no difference at all is outside of the interval."""
        return self.low > 0 or self.high < 0


def difference(one: Share, other: Share) -> Difference | None:
    """``one`` minus ``other`` with its 95 % interval (Newcombe 1998, method 10); None where a group is empty.

    From the intervals of the two shares: honest for few answers too, and near 0 and 1.
    """
    if one.share is None or other.share is None:
        return None
    (low, high), (other_low, other_high) = one.interval, other.interval
    mean = one.share - other.share
    down = sqrt((one.share - low) ** 2 + (other_high - other.share) ** 2)
    up = sqrt((high - one.share) ** 2 + (other.share - other_low) ** 2)
    return Difference(mean, max(-1.0, mean - down), min(1.0, mean + up))
