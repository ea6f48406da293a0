"""Boxes: ``[left, top, right, bottom]``, with a label behind them if there are several, or a list of such."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from labeling.aggregation.kinds import Given, Line
from labeling.aggregation.settling import Case
from labeling.types import registry

NAME = "box"
HELP = "[left, top, right, bottom], or with a label as fifth, or a list of such boxes"
IS_SHARE = True
PLAIN = ""
"""The label of a box without one."""
LARGEST = 1e100
"""What areas can still be reckoned of."""


def read(cell: str) -> list[tuple[float, float, float, float, str]]:
    found = json.loads(cell)
    listed = [found] if isinstance(found, list) and found and not isinstance(found[0], list) else found
    if not isinstance(listed, list):
        raise ValueError("must be a box or a list of boxes")
    return [_box(each) for each in listed]


def _box(raw: Any) -> tuple[float, float, float, float, str]:
    label = raw[4] if isinstance(raw, list) and len(raw) == 5 else PLAIN
    numbers = raw[:4] if isinstance(raw, list) and len(raw) in (4, 5) else []
    if len(numbers) != 4 or any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
        raise ValueError("a box is [left, top, right, bottom] or [left, top, right, bottom, label]")
    if any(not abs(each) <= LARGEST for each in numbers):
        raise ValueError(f"the edges of a box must be from -{LARGEST:g} to {LARGEST:g}")
    if type(label) not in (str, int):
        raise ValueError(f"the label of a box must be a text, not {json.dumps(label)}")
    left, top, right, bottom = (float(each) for each in numbers)
    if not (left < right and top < bottom):
        raise ValueError(f"the box {raw[:4]} has no area: right must be beyond left, bottom below top")
    return left, top, right, bottom, str(label)


def settle(given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
    """The label of a line is a JSON list of boxes, in the form they came in."""
    named = [box for answers in given.values() for boxes in answers.values() for box in boxes]
    labels = sorted({box[4] for box in [*named, *(box for boxes in gold.values() for box in boxes)]}) or [PLAIN]
    config = {
        "labels": [{"value": label, "attributes": []} for label in labels], "attributes": [], "pixels": "float",
        "rotation": False, "min_objects": 0, "max_objects": 1_000_000, "tolerance": 10,
    }  # fmt: skip
    cases = [
        Case(
            {who: _answer(boxes) for who, boxes in answers.items()},
            truth=_answer(gold[item]) if item in gold else None,
        )
        for item, answers in given.items()
    ]
    found = registry.get("boxes").aggregate(cases, config, method=method)
    return [Line(item, json.dumps([_row(box) for box in each.answer["annotations"]]), each.confidence)
            for item, each in zip(given, found, strict=True) if each.answer]  # fmt: skip


def _answer(boxes: list[tuple[float, float, float, float, str]]) -> dict[str, Any]:
    return {
        "annotations": [
            {"type": "box", "label": label, "left": left, "top": top, "width": right - left, "height": bottom - top,
             "attributes": {}}
            for left, top, right, bottom, label in boxes
        ],
        "global_attributes": {},
    }  # fmt: skip


def _row(box: dict[str, Any]) -> list[Any]:
    edges = [box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]]
    rounded: list[Any] = [round(each, 3) for each in edges]
    return [*rounded, box["label"]] if box["label"] != PLAIN else rounded


def distance(one: list[Any], other: list[Any]) -> float:
    """1 minus twice the intersection over union of the best pairs, over the count of boxes."""
    return registry.get("boxes").distance(_answer(one), _answer(other), {"tolerance": 10, "attributes": []})
