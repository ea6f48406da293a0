"""Spans of a text: a JSON list of ``[start, end, label]``, offsets in characters, the end not in the span."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labeling.aggregation.kinds import Given, Line
from labeling.aggregation.settling import Case
from labeling.types import registry

NAME = "span"
HELP = "a JSON list of [start, end, label]"
IS_SHARE = True
LONGEST = 100_000_000
"""Characters of a text."""


def read(cell: str) -> list[tuple[int, int, str]]:
    found = json.loads(cell)
    if not isinstance(found, list):
        raise ValueError("must be a list of spans")
    return [_span(each) for each in found]


def _span(raw: Any) -> tuple[int, int, str]:
    if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[2], str):
        raise ValueError("a span is [start, end, label]")
    start, end, label = raw
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise ValueError(f"the span {raw} must have whole numbers with 0 <= start < end")
    if end > LONGEST:
        raise ValueError(f"the span {raw} ends beyond character {LONGEST}")
    return start, end, label


def settle(given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
    """The label of a line is a JSON list of spans. Without the text, it is cut where somebody's spans begin and end."""
    everything = [spans for answers in given.values() for spans in answers.values()] + list(gold.values())
    labels = sorted({label for spans in everything for _start, _end, label in spans}) or ["?"]
    config = {"labels": [{"value": label, "attributes": []} for label in labels], "relations": [], "overlap": True}
    cases = [
        Case(
            {who: _answer(spans) for who, spans in answers.items()},
            truth=_answer(gold[item]) if item in gold else None,
        )
        for item, answers in given.items()
    ]
    found = registry.get("spans").aggregate(cases, config, method=method)
    return [
        Line(
            item, json.dumps([[s["start"], s["end"], s["label"]] for s in each.answer["annotations"]]), each.confidence
        )
        for item, each in zip(given, found, strict=True)
        if each.answer
    ]


def _answer(spans: list[tuple[int, int, str]]) -> dict[str, Any]:
    return {
        "annotations": [
            {"id": f"a{n}", "label": label, "start": start, "end": end, "text": ""}
            for n, (start, end, label) in enumerate(sorted(set(spans)), 1)
        ],
        "relationships": [],
    }


def distance(one: list[Any], other: list[Any]) -> float:
    """1 minus F1 of exact spans."""
    return registry.get("spans").distance(_answer(one), _answer(other), {"relations": []})
