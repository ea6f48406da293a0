"""From which confidence on a machine's answers may stand alone, and when they may no more.

The error of what is accepted is tested, not estimated: its exact upper bound (Clopper and Pearson 1934) on answers that
people checked must hold the limit. Several thresholds are tested from the strictest down, and the first that fails ends
the search, so that looking at many adds nothing to the risk (fixed-sequence testing; Angelopoulos et al., "Learn then
test", 2021). Looking again later does add, so the n-th look gets a share 6 / (pi n)^2 of the doubt: all looks together
keep within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import pi

from scipy.special import betaincinv

from labeling.quality.error_bound import upper_bound

STEPS = (1.0, 0.999, 0.995, 0.99, 0.98, 0.97, 0.96, 0.95, 0.93, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.4, 0.2, 0.0)
"""Thresholds that are tried. They are fixed beforehand: none is picked because it looks good."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One answer of a machine that people have checked without seeing it."""

    confidence: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """What was found at a threshold: ``errors`` among the ``checked`` that reach it, and their upper bound."""

    threshold: float
    checked: int
    errors: int
    bound: float


def doubt_of_look(doubt: float, look: int) -> float:
    """What the ``look``-th look may spend of the doubt, counted from 1."""
    if look < 1:
        raise ValueError(f"look is {look}; must be 1 or more")
    return doubt * 6 / (pi * look) ** 2


def at_threshold(answers: Iterable[Checked], threshold: float, *, doubt: float) -> Tested:
    reached = [each.is_right for each in answers if each.confidence >= threshold]
    errors = reached.count(False)
    return Tested(threshold, len(reached), errors, upper_bound(errors, len(reached), doubt=doubt))


def lowest_threshold(answers: Sequence[Checked], *, most_errors: float, doubt: float, least: int) -> Tested | None:
    """The lowest step down to which the bound holds at every step; None where it does not at the first.

    Steps that fewer than ``least`` answers reach are not tested: which those are depends on no error.
    """
    found = None
    for step in STEPS:
        tested = at_threshold(answers, step, doubt=doubt)
        if tested.checked < max(least, 1):
            continue
        if tested.bound > most_errors:
            break
        if found is None or tested.checked > found.checked:
            found = tested
    return found


def is_broken(recent: Tested, since: Tested, *, most_errors: float, doubt: float, least: int) -> bool:
    """Whether what stood at the start does not stand any more.

    ``recent`` are the newest answers checked at the threshold: their upper bound must still hold. ``since`` are those
    checked since the start: when even their lower bound is above the limit, a long good past is no excuse.
    """
    if recent.checked < least or recent.bound > most_errors:
        return True
    return lower_bound(since.errors, since.checked, doubt=doubt) > most_errors


def lower_bound(errors: int, checked: int, *, doubt: float) -> float:
    """The error rate that is fallen short of with a chance of at most ``doubt``; 0 where there was no error."""
    return float(betaincinv(errors, checked - errors + 1, doubt)) if errors else 0.0
