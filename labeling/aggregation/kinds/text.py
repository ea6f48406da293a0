"""Texts: transcripts word by word, free ones by the nearest to all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.aggregation import texts
from labeling.aggregation.kinds import Given, Line
from labeling.aggregation.settling import Case, learn
from labeling.types import edit_distance

NAME = "text"
HELP = "a text"
IS_SHARE = True


def read(cell: str) -> str:
    return cell.strip()


def settle(given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
    """The confidence is 1 minus the weighted mean distance of the answers from the consensus."""
    cases = [
        Case(
            {who: {texts.TEXT: text} for who, text in answers.items()},
            truth={texts.TEXT: gold[item]} if item in gold else None,
        )
        for item, answers in given.items()
    ]
    found = learn(cases, lambda case, known: texts.settle(case, known, edit_distance.normalized))
    return [Line(item, each.answer[texts.TEXT], each.confidence) for item, each in zip(given, found, strict=True)
            if each.answer]  # fmt: skip


def distance(one: str, other: str) -> float:
    return edit_distance.normalized(one, other)
