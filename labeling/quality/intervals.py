"""How far a measured share may be from the true one."""

from __future__ import annotations

from math import sqrt

NINETY_FIVE = 1.959964


def wilson(right: int, total: int, *, z: float = NINETY_FIVE) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): honest for few trials too, and near 0 and 1. (0, 1) without any."""
    if not 0 <= right <= total:
        raise ValueError(f"{right} right of {total}")
    if not total:
        return 0.0, 1.0
    share = right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)
