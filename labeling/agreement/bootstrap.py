"""How sure a figure is: the same figure on units drawn again and again (Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000


def interval(
    units: NDArray[Any],
    figure: Callable[[NDArray[Any]], float | None],
    *,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Percentile interval of ``figure`` over rows of ``units``; None if the draws hardly ever have one."""
    if len(units) < 2:
        return None
    random = np.random.default_rng(seed)
    found = [figure(units[random.integers(len(units), size=len(units))]) for _ in range(draws)]
    values = [value for value in found if value is not None]
    if len(values) < draws / 2:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
