"""Agreement beyond chance for classes: what is observed against what each coefficient takes for chance.

All are (observed - expected) / (1 - expected), from ratings[unit, rater] as codes with -1 for none. None where no unit
has two ratings, or where chance alone explains everything. Gwet, "Handbook of Inter-Rater Reliability" (2014).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labeling.aggregation.votes import Floats, Ints

MISSING = -1


def fleiss(ratings: Ints, n_classes: int) -> float | None:
    """Chance: two raters who draw from the crowd's common shares (Fleiss 1971)."""
    return fleiss_of(counts_of(ratings, n_classes))


def fleiss_of(counts: Floats) -> float | None:
    """The same from counts [unit, class]."""
    return _beyond(counts, float((_mean_shares(counts) ** 2).sum()))


def ac1(ratings: Ints, n_classes: int) -> float | None:
    """Chance: guesses on hard units only, so it stays sane when one class is rare (Gwet 2008)."""
    return ac1_of(counts_of(ratings, n_classes))


def ac1_of(counts: Floats) -> float | None:
    """The same from counts [unit, class]."""
    share = _mean_shares(counts)
    return _beyond(counts, float((share * (1 - share)).sum() / max(counts.shape[1] - 1, 1)))


def brennan_prediger(ratings: Ints, n_classes: int) -> float | None:
    """Chance: every class as likely (Brennan and Prediger 1981)."""
    return _beyond(counts_of(ratings, n_classes), 1 / max(n_classes, 1))


def conger(ratings: Ints, n_classes: int) -> float | None:
    """Chance: each rater draws from their own shares; with two raters and no gaps Cohen's kappa (Conger 1980)."""
    given = ratings != MISSING
    raters = given.any(axis=0)
    own = np.array([np.bincount(ratings[given[:, g], g], minlength=n_classes) for g in np.flatnonzero(raters)])
    if len(own) < 2:
        return None
    own = own / own.sum(axis=1, keepdims=True)
    expected = (own.mean(axis=0) ** 2 - own.var(axis=0, ddof=1) / len(own)).sum()
    return _beyond(counts_of(ratings, n_classes), float(expected))


def cohen(one: Ints, other: Ints, n_classes: int, distances: Floats | None = None) -> float | None:
    """Of two raters on the units both rated (Cohen 1960); with ``distances`` [class, class] weighted (Cohen 1968)."""
    both = (one != MISSING) & (other != MISSING)
    if not both.any():
        return None
    table = np.zeros((n_classes, n_classes))
    np.add.at(table, (one[both], other[both]), 1.0)
    table /= table.sum()
    apart = 1 - np.eye(n_classes) if distances is None else np.asarray(distances, dtype=np.float64)
    expected = float((apart * np.outer(table.sum(axis=1), table.sum(axis=0))).sum())
    return None if expected == 0 else float(1 - (apart * table).sum() / expected)


COEFFICIENTS: dict[str, Callable[[Ints, int], float | None]] = {
    "fleiss": fleiss,
    "ac1": ac1,
    "brennan_prediger": brennan_prediger,
    "conger": conger,
}


def counts_of(ratings: Ints, n_classes: int) -> Floats:
    """How many gave each class to each unit: float64[n_units, n_classes]."""
    counts = np.zeros((len(ratings), n_classes))
    units, raters = np.nonzero(ratings != MISSING)
    np.add.at(counts, (units, ratings[units, raters]), 1.0)
    return counts


def _mean_shares(counts: Floats) -> Floats:
    """Each class's share, every rated unit counting alike."""
    rated = counts[counts.sum(axis=1) > 0]
    none = np.zeros(counts.shape[1])
    shares: Floats = (rated / rated.sum(axis=1, keepdims=True)).mean(axis=0) if len(rated) else none
    return shares


def _beyond(counts: Floats, expected: float) -> float | None:
    size = counts.sum(axis=1)
    paired, size = counts[size >= 2], size[size >= 2]
    if not len(paired) or expected >= 1:
        return None
    observed = ((paired * (paired - 1)).sum(axis=1) / (size * (size - 1))).mean()
    return float((observed - expected) / (1 - expected))
