"""A posterior as it would be without one answer, so that nobody is judged by what they said themselves."""

from __future__ import annotations

EDGE = 1e-6


def without_own(posterior: float, classes: int, *, accuracy: float) -> float:
    """The posterior of the class somebody answered, less their vote; ``accuracy`` is theirs, or the crowd's.

    Under one-coin a vote multiplies the odds of its class by accuracy / (1 − accuracy) × (classes − 1); this divides
    them again. What is all but certain without the vote stays so.
    """
    if classes < 2:
        return posterior
    accuracy = min(max(accuracy, 1 / classes), 1 - 0.05)
    share = min(max(posterior, EDGE), 1 - EDGE)
    odds = share / (1 - share) * (1 - accuracy) / (accuracy * (classes - 1))
    return odds / (1 + odds)
