"""How wrong something can be, given how wrong it was on a sample: the exact bound of Clopper and Pearson (1934)."""

from __future__ import annotations

from math import ceil, log

from scipy.special import betaincinv

DOUBT = 0.05


def upper_bound(errors: int, checked: int, *, doubt: float = DOUBT) -> float:
    """The error rate that is exceeded with a chance of at most ``doubt``; 1 where nothing was checked."""
    if not 0 <= errors <= checked:
        raise ValueError(f"{errors} errors of {checked} checked")
    if not 0 < doubt < 1:
        raise ValueError(f"doubt is {doubt}; must be between 0 and 1")
    return 1.0 if errors == checked else float(betaincinv(errors + 1, checked - errors, 1 - doubt))


def least_checked(most_errors: float, *, doubt: float = DOUBT) -> int:
    """How many must be checked, and all be right, before the limit can hold."""
    if not 0 < most_errors < 1:
        raise ValueError(f"most_errors is {most_errors}; must be between 0 and 1")
    return ceil(log(doubt) / log(1 - most_errors) - 1e-9)
