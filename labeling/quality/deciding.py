"""What to do next about one task: ask one more person, stop, or call a reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from labeling.quality.stopping import FLOOR, TAU, UNSURE


class Next(Enum):
    """What a task needs."""

    MORE = "more"
    STOP = "stop"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Aim:
    """When an item has what it needs: sure enough after ``floor`` answers, and no answer beyond the ``ceiling``."""

    ceiling: int
    floor: int = FLOOR
    tau: float = TAU
    review_below: float = UNSURE

    def __post_init__(self) -> None:
        if not 1 <= self.floor <= self.ceiling:
            raise ValueError(f"floor is {self.floor}; must be from 1 to the ceiling, {self.ceiling}")
        if not 0 < self.tau <= 1:
            raise ValueError(f"tau is {self.tau}; must be above 0 and at most 1")


@dataclass(frozen=True, slots=True)
class Decision:
    """``answers`` is how many the item shall have in all; those it has, where it needs no more."""

    next: Next
    answers: int


def decide(*, sure: float, answers: int, aim: Aim, is_audit: bool = False) -> Decision:
    """Decide for an item with that many answers. ``sure`` is ``E4Result.sure``: the least of its models' posteriors.

    The decision depends on nothing but what is known now: taken twice, or after a crash, it is the same one. An item of
    the audit sample gets every answer up to the ceiling.
    """
    floor = aim.ceiling if is_audit else aim.floor
    if answers < floor:
        return Decision(Next.MORE, floor)
    if sure >= aim.tau:
        return Decision(Next.STOP, answers)
    if answers < aim.ceiling:
        return Decision(Next.MORE, answers + 1)
    return Decision(Next.REVIEW if sure < aim.review_below else Next.STOP, answers)
