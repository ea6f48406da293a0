"""Several questions of Argilla as one: the fields of a form, or of a written answer where all of them are texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labeling.importers.found import Trouble
from labeling.importers.label_studio_whole import Whole, named

TYPES = {
    "choice": "choices", "multichoice": "choices", "rating": "rating", "writing": "textarea", "ranking": "ranking",
}  # fmt: skip
LONGEST_SCALE = 10


def ranked(value: Any) -> list[str] | None:
    """The options of a ranking, best first; None for what is none, or has two of one rank."""
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(each, str) for each in value):
        return value
    if not all(isinstance(each, dict) and isinstance(each.get("value"), str) for each in value):
        return None
    ranks = [each.get("rank") for each in value]
    if not all(type(rank) is int for rank in ranks) or len(set(ranks)) < len(ranks):
        return None
    return [each["value"] for each in sorted(value, key=lambda each: each["rank"])]


def fields_of(kinds: Mapping[str, str], values: Mapping[str, list[Any]]) -> list[Whole]:
    """What is asked, of the kinds of the questions and all that was answered to them."""
    found = []
    for name, kind in kinds.items():
        one = Whole(name, TYPES[kind], many=kind == "multichoice")
        there = [value for value in values[name] if value is not None]
        if kind == "rating":
            numbers = [value for value in there if type(value) is int]
            one.least, one.most = min(1, *numbers), max(2, *numbers)
            one.type = "rating" if one.most - one.least <= LONGEST_SCALE else "number"
        elif kind != "writing":
            options = [option for value in there for option in _options(value, kind)]
            one.options = [{"value": option} for option in dict.fromkeys(options)]
        found.append(one)
    return named(found)


def _options(value: Any, kind: str) -> list[str]:
    listed = ranked(value) or [] if kind == "ranking" else value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


def result_of(value: Any, asked: Whole) -> dict[str, Any] | Trouble:
    """As a result of Label Studio is, which the readers of forms know."""
    given: Any = None
    if asked.type == "textarea":
        given = {"text": value} if isinstance(value, str) else None
    elif asked.type in ("rating", "number"):
        given = {asked.type: value} if type(value) is int else None
    elif asked.type == "choices":
        listed = value if isinstance(value, list) else [value]
        is_right = all(isinstance(each, str) for each in listed) and (asked.many or len(listed) == 1)
        given = {"choices": listed} if is_right else None
    else:
        order = ranked(value)
        if order is not None and len(order) < len(asked.options):
            return Trouble(asked.name, "is a ranking of some only: a form asks for all", "not_taken")
        given = {"ranking": order} if order is not None else None
    if given is None:
        return Trouble(asked.name, f"{str(value)[:60]!r} is no answer of the kind of the others", "type")
    return {"from_name": asked.name, "type": asked.type, "value": given}


def by_person(
    values: Iterable[tuple[str, str | None, Any]], asked: Mapping[str, Whole], troubles: list[Trouble]
) -> dict[str | None, list[dict[str, Any]]]:
    """The results of each who answered; under None what was suggested."""
    found: dict[str | None, list[dict[str, Any]]] = {}
    for name, who, value in values:
        if name not in asked:
            troubles.append(Trouble(name, "its answers are of no kind that is taken here", "not_taken"))
            continue
        result = result_of(value, asked[name])
        if isinstance(result, Trouble):
            troubles.append(result)
        else:
            found.setdefault(who, []).append(result)
    return found
