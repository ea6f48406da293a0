"""What the rule to stop is expected to take before anybody has answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labeling.quality.deciding import Aim

USUAL = 0.8
"""How often an answer is right, where nothing is known of the crowd: about the mean of 24 published crowds."""
ITEMS = 4000


@dataclass(frozen=True)
class Expected:
    """Means over items."""

    answers: float
    accuracy: float
    unsure: float
    """Share that ends at the ceiling below the bar for review."""


def expected(aim: Aim, *, classes: int, accuracy: float = USUAL, seed: int = 1) -> Expected:
    """Play the rule with people who are all right that often, known to be, and whose mistakes fall anywhere.

    Real crowds are worse known and make mistakes in common, so this is what is to be expected at best; with the same
    arguments it is always the same number.
    """
    if classes < 2:
        return Expected(float(aim.floor), 1.0, 0.0)
    if not 1 / classes < accuracy < 1:
        raise ValueError(f"accuracy is {accuracy}; must be above chance, {1 / classes:g}, and below 1")
    rng = np.random.default_rng(seed)
    gain = np.log(accuracy * (classes - 1) / (1 - accuracy))
    wrong = rng.integers(1, classes, size=(ITEMS, aim.ceiling))
    said = np.where(rng.random((ITEMS, aim.ceiling)) < accuracy, 0, wrong)  # the truth is class 0
    votes = np.cumsum(said[:, :, None] == np.arange(classes), axis=1)  # [item, answers, class]
    weights = np.exp(gain * (votes - votes.max(axis=2, keepdims=True)))
    posterior = weights / weights.sum(axis=2, keepdims=True)
    sure = posterior.max(axis=2)
    stops = sure >= aim.tau
    stops[:, : aim.floor - 1] = False
    used = np.where(stops.any(axis=1), stops.argmax(axis=1) + 1, aim.ceiling)
    last = np.arange(ITEMS), used - 1
    right = posterior[..., 0][last]  # ties are won by chance
    unsure = (used == aim.ceiling) & (sure[last] < aim.review_below)
    return Expected(float(used.mean()), float(right.mean()), float(unsure.mean()))
