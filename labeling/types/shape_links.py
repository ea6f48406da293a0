"""Links between drawn objects, by uuid: which may be, how far those of two drawings are apart, which most agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from labeling.errors import Problem
from labeling.types.relations import Words, may_relate, read_links
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


def elect_links(
    drawn: Sequence[Mapping[Hashable, dict[str, Any]]],
    labels: Sequence[str],
    answers: Mapping[Hashable, dict[str, Any]],
    config: dict[str, Any],
) -> list[dict[str, str]]:
    """Links that at least half of those who drew both ends have set. ``drawn`` has each thing as people drew it."""
    kinds = {kind["value"]: (place, kind) for place, kind in enumerate(config["links"])}
    votes: Counter[tuple[int, int, int]] = Counter()
    for who, answer in answers.items():
        place_of = {things[who]["uuid"]: n for n, things in enumerate(drawn) if who in things}
        for link in answer.get("links", []):
            source, target = place_of.get(link["from"]), place_of.get(link["to"])
            if source is None or target is None:
                continue
            kind, rule = kinds[link["type"]]
            ends = (source, target) if rule["directed"] else (min(source, target), max(source, target))
            votes[*ends, kind] += 1
    found = []
    for (source, target, kind), count in sorted(votes.items()):
        both = sum(who in drawn[source] and who in drawn[target] for who in answers)
        rule = config["links"][kind]
        if 2 * count >= both and may_relate(rule, labels[source], labels[target]):
            found.append({"from": str(source + 1), "to": str(target + 1), "type": rule["value"]})
    return found


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
