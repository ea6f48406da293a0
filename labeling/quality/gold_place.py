"""Which place gold takes among the tasks that somebody is given: at a rate, and never foreseen."""

from __future__ import annotations

from random import Random

MOST = 0.4
"""The share of gold at the very start, where ``gold_rate`` asks for nothing else: an exam nobody should notice."""
EASY, HARD = 0.05, 0.25
"""Shares of people failing it, below and above which an item counts as easy and as hard."""
KNOWN = 5
"""People judged before an item is anything but of middling difficulty."""


def place_of_gold(rate: float, count: int, *, after_gold: bool, rng: Random) -> int | None:
    """The place, from 0, that gold takes among ``count`` tasks; None for none of them.

    Each place is drawn by itself, so that nobody can count the tasks between two checks. Two never follow each other:
    where tasks have run out and somebody asks again and again, they do not use up the gold. The chance of a free place
    makes up for that, so that ``rate`` is the share in the long run (up to ``MOST``).
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate is {rate}; must be from 0 to 1")
    rate = min(rate, MOST)
    chance = rate / (1 - rate)
    return next((place for place in range(1 if after_gold else 0, count) if rng.random() < chance), None)


def difficulty(judged: int, failed: int) -> str:
    """Of an item that so many people answered."""
    share = failed / judged if judged >= KNOWN else (EASY + HARD) / 2
    return "easy" if share < EASY else "hard" if share > HARD else "middling"
