"""Links between drawn objects, by uuid: which may be, and how far those of two drawings are apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.errors import Problem
from labeling.types.relations import Words, read_links
from labeling.types.shape_matching import Matched

WORDS = Words(kind="type", source="from", target="to", thing="object")


def clean_links(
    raw: Any,
    config: dict[str, Any],
    annotations: list[dict[str, Any]],
    places: Mapping[str, int],
    problems: list[Problem],
) -> list[dict[str, Any]]:
    """Links in canonical order, their ends by canonical uuid."""
    labels = [annotation["label"] for annotation in annotations]
    names = [kind["value"] for kind in config["links"]]
    return [
        {"from": str(source + 1), "to": str(target + 1), "type": names[place]}
        for source, target, place in read_links(raw, config["links"], labels, places, WORDS, problems, "links")
    ]


def links_apart(a: list[dict[str, Any]], b: list[dict[str, Any]], matched: Matched, config: dict[str, Any]) -> float:
    """1 - F over links of one kind between the same things, as ``matched`` pairs them."""
    both_ways = {kind["value"] for kind in config["links"] if not kind["directed"]}
    there = {str(i + 1): str(j + 1) for i, j, _ in matched}
    one = {_key(each["type"], there.get(each["from"]), there.get(each["to"]), both_ways) for each in a}
    other = {_key(each["type"], each["from"], each["to"], both_ways) for each in b}
    return 1 - 2 * len(one & other) / (len(a) + len(b))


def _key(kind: str, source: str | None, target: str | None, both_ways: set[str]) -> tuple[str, ...]:
    if source is None or target is None:
        return ()  # an end that the other drawing has not: a link like no other
    return (kind, *(sorted((source, target)) if kind in both_ways else (source, target)))
