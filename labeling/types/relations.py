"""Relations between marked things, spans or shapes: named kinds in a schema, links between two things in an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.errors import Problem
from labeling.types.classification import note_repeats
from labeling.types.parts import read_flag
from labeling.types.strict import read_object, read_text

MOST_RELATIONS = 50
MOST_LINKS = 5000
RELATION_FIELDS = ("value", "label", "from", "to", "directed")
Link = tuple[int, int, int]
"""Places of the source, the target and the kind."""


@dataclass(frozen=True, slots=True)
class Words:
    """How one type calls the parts of a link."""

    kind: str
    source: str
    target: str
    thing: str
    others: tuple[str, ...] = ()


def clean_relations(raw: Any, known: Sequence[str], problems: list[Problem], path: str) -> list[dict[str, Any]]:
    """The kinds of links, defaults filled in. ``known`` are the labels that may stand at their ends."""
    if not isinstance(raw, list) or len(raw) > MOST_RELATIONS:
        problems.append(Problem(path, f"must be a list of at most {MOST_RELATIONS} relations", "type"))
        return []
    relations = []
    for n, given in enumerate(raw):
        where = f"{path}[{n}]"
        found = read_object(given, RELATION_FIELDS, problems, where)
        value = read_text(found.get("value"), problems, f"{where}.value", longest=200)
        relations.append(
            {
                "value": value,
                "label": read_text(found.get("label", value or "?"), problems, f"{where}.label", longest=500),
                "from": _read_ends(found.get("from", []), known, problems, f"{where}.from"),
                "to": _read_ends(found.get("to", []), known, problems, f"{where}.to"),
                "directed": read_flag(found.get("directed", True), problems, f"{where}.directed"),
            }
        )
    note_repeats(relations, "value", problems, path)
    return relations


def read_links(
    raw: Any,
    relations: list[dict[str, Any]],
    labels: Sequence[str],
    places: Mapping[str, int],
    words: Words,
    problems: list[Problem],
    path: str,
) -> list[Link]:
    """Links in canonical order; one without direction begins at the earlier thing.

    ``labels`` are those of the things, in order; ``places`` finds a thing by the name an answer calls it.
    """
    if not isinstance(raw, list) or len(raw) > MOST_LINKS:
        problems.append(Problem(path, f"must be a list of at most {MOST_LINKS}", "type"))
        return []
    kinds = {relation["value"]: (place, relation) for place, relation in enumerate(relations)}
    found: set[Link] = set()
    for n, given in enumerate(raw):
        where = f"{path}[{n}]"
        link = read_object(given, (*words.others, words.kind, words.source, words.target), problems, where)
        if not isinstance(given, dict):
            continue
        for field in words.others:
            read_text(link.get(field, "?"), problems, f"{where}.{field}", longest=100)
        name = link.get(words.kind)
        place, kind = kinds.get(name, (0, None)) if isinstance(name, str) else (0, None)
        if kind is None:
            message = f"{str(name)[:80]!r} is no relation of this schema"
            problems.append(Problem(f"{where}.{words.kind}", message, "unknown_relation"))
        source, target = (
            _read_end(link.get(field), places, words.thing, problems, f"{where}.{field}")
            for field in (words.source, words.target)
        )
        if kind is None or source is None or target is None:
            continue
        if source == target:
            message = "is the same span" if words.thing == "span" else "is the same object"
            problems.append(Problem(f"{where}.{words.target}", message, "same"))
        elif not may_relate(kind, labels[source], labels[target]):
            problems.append(Problem(where, f"{name!r} may not join these labels", "labels"))
        else:
            key = (source, target, place) if kind["directed"] else (min(source, target), max(source, target), place)
            if key in found:
                problems.append(Problem(where, "is named twice", "duplicate"))
            found.add(key)
    return sorted(found)


def may_relate(relation: dict[str, Any], source: str, target: str) -> bool:
    """Whether labels may stand at the ends; without direction either way round will do."""

    def fits(one: str, other: str) -> bool:
        return (not relation["from"] or one in relation["from"]) and (not relation["to"] or other in relation["to"])

    return fits(source, target) or (not relation["directed"] and fits(target, source))


def _read_ends(raw: Any, known: Sequence[str], problems: list[Problem], path: str) -> list[str]:
    """Labels that may stand at one end, in schema order; none named means any."""
    if not isinstance(raw, list):
        problems.append(Problem(path, "must be a list of labels", "type"))
        return []
    for n, value in enumerate(raw):
        if value not in known:
            problems.append(
                Problem(f"{path}[{n}]", f"{str(value)[:80]!r} is not a label of this schema", "unknown_label")
            )
    return [value for value in known if value in raw]


def _read_end(raw: Any, places: Mapping[str, int], thing: str, problems: list[Problem], path: str) -> int | None:
    if not isinstance(raw, str) or raw not in places:
        shown = str(raw)[:80]
        message = f"{shown!r} is not the id of a span" if thing == "span" else f"{shown!r} is not the id of an object"
        problems.append(Problem(path, message, f"unknown_{thing}"))
        return None
    return places[raw]
