"""What Label Studio asks of a whole item: one question of ours, or a form where it asks several things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from labeling.importers.base import Schema
from labeling.types.strict import is_number

TAGS = {"Choices": "choices", "Taxonomy": "taxonomy", "TextArea": "textarea", "Number": "number", "Rating": "rating"}
FIELDS = {
    "choices": "category", "textarea": "text", "number": "number", "rating": "linear_scale", "ranking": "ranking_order",
}  # fmt: skip
"""Of a form; a tree has no place in one."""
MOST_STARS = 5
"""Of a rating that says nothing else."""


@dataclass
class Whole:
    """One thing that is asked. ``type`` is that of its results."""

    name: str
    type: str
    options: list[dict[str, Any]] = field(default_factory=list)
    many: bool = False
    required: bool = False
    least: int = 1
    most: int = MOST_STARS
    column: str = ""
    """What it is called in a form of ours, whose names are plain."""

    def value(self, given: dict[str, Any]) -> Any:
        """As our answers have it; None for nothing."""
        found = given.get({"textarea": "text"}.get(self.type, self.type))
        if self.type in ("number", "rating"):
            return found if is_number(found) and (self.type == "number" or type(found) is int) else None
        listed = found if isinstance(found, list) else [found] if isinstance(found, str) else []
        if self.type == "textarea":
            return "\n".join(map(str, listed))
        if self.type == "taxonomy":
            return [each for each in listed if isinstance(each, list)]
        return [each for each in listed if isinstance(each, str)]

    def field(self) -> dict[str, Any]:
        """Of a form of ours."""
        found: dict[str, Any] = {"type": FIELDS[self.type], "field_id": self.column, "title": self.name}
        found["required"] = False
        if self.type in ("choices", "ranking"):
            found["choices"] = [{"value": one["value"], "label": one["value"]} for one in self.options]
        if self.type == "choices":
            found["max_choices"] = len(self.options) if self.many else 1
        return found | ({"min": self.least, "max": self.most} if self.type == "rating" else {})


def read_whole(root: Element, known: Iterable[str] = ()) -> list[Whole]:
    """Those of a configuration, in its order. ``known`` are names of what is asked of regions."""
    found = []
    for element in root.iter():
        name = element.get("name")
        if element.tag not in TAGS or not name or name in known or element.get("perRegion") == "true":
            continue
        stars = element.get("maxRating", "")
        found.append(
            Whole(
                name, TAGS[element.tag], tree_of(element),
                many=element.get("choice") == "multiple", required=element.get("required") == "true",
                most=int(stars) if re.fullmatch(r"[1-9]\d?", stars) else MOST_STARS,
            )
        )  # fmt: skip
    return named(found)


def guess_whole(results: Iterable[dict[str, Any]]) -> list[Whole]:
    """Those that results speak of, where there is no configuration."""
    found: dict[str, Whole] = {}
    for each in results:
        name, type, value = str(each.get("from_name") or each.get("type")), each.get("type"), each.get("value")
        if type not in TAGS.values() or not isinstance(value, dict):
            continue
        one = found.setdefault(name, Whole(name, str(type)))
        given = one.value(value)
        if one.type == "choices":
            one.many = one.many or len(given) > 1
            _see([[option] for option in given], one.options)
        elif one.type == "taxonomy":
            _see(given, one.options)
        elif one.type == "rating" and isinstance(given, int):
            one.most = max(one.most, given)
    return named(list(found.values()))


def kind_of(asked: list[Whole]) -> str:
    """Of the task type that asks for all of it, or for the first where nothing does."""
    fitting = [one for one in asked if one.type in FIELDS]
    if asked and all(one.type == "textarea" for one in asked):
        return "writing"
    if len(fitting) > 1 or [one.type for one in fitting] in (["number"], ["ranking"]):
        return "form"
    first = (fitting or asked)[:1]
    kinds = {"taxonomy": "tree", "rating": "rating", "choices": "multichoice" if first and first[0].many else "choice"}
    return kinds[first[0].type] if first else ""


def taken(asked: list[Whole], kind: str) -> dict[str, Whole]:
    """By name, what of it a question of the kind asks."""
    fitting = [one for one in asked if (one.type == "taxonomy") == (kind == "tree")]
    return {one.name: one for one in (fitting if kind in ("form", "writing") else fitting[:1])}


def schema_of(asked: list[Whole], kind: str, question: str) -> Schema | None:
    here = list(taken(asked, kind).values())
    if not here:
        return None
    if kind == "form":
        return Schema("textcollection", {"title": question or "Fill in.", "fields": [one.field() for one in here]})
    if kind == "writing":
        fields = [{"name": one.name, "required": False} for one in here]
        return Schema("writing", {"question": question or "Write.", "fields": fields})
    if kind == "rating":
        criterion = {"name": here[0].column, "label": here[0].name, "scale": {"min": 1, "max": here[0].most}}
        return Schema("rating", {"question": question or here[0].name, "criteria": [criterion]})
    if kind == "tree":
        config = {"question": question or "Where does it belong?", "options": here[0].options, "multiple": True}
        return Schema("tree", config) if here[0].options else None
    options = [{"value": one["value"]} for one in here[0].options]
    return Schema(kind, {"question": question or "Which fits?", "options": options}) if len(options) > 1 else None


def answer_of(asked: Mapping[str, Whole], kind: str, results: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Of the results to what is asked; None where there is none."""
    given: dict[str, Any] = {}
    for each in results:
        name = str(each.get("from_name") or each.get("type"))
        value = asked[name].value(each["value"])
        if isinstance(value, list):
            given[name] = [*given.get(name, []), *(one for one in value if one not in given.get(name, []))]
        elif value is not None:
            given[name] = value
    first = next(iter(given.values()), None)
    if kind == "form":
        columns = {asked[name].column: value for name, value in given.items() if value not in ([], "")}
        filled = {name: value if isinstance(value, list) else [value] for name, value in columns.items()}
        return {"annotations": filled} if filled else None
    if kind == "writing":
        return {"fields": given}
    if kind == "multichoice":
        return {"options": first or []}
    if kind == "tree":
        return {"paths": first or []}
    if kind == "rating":
        return {"ratings": {asked[name].column: value for name, value in given.items()}} if given else None
    return {"option": first[0]} if first else None


def tree_of(element: Element) -> list[dict[str, Any]]:
    return [
        {"value": each.attrib["value"]} | ({"choices": inner} if (inner := tree_of(each)) else {})
        for each in element.iterfind("Choice")
        if each.attrib.get("value")
    ]


def _see(paths: list[list[Any]], options: list[dict[str, Any]]) -> None:
    """Add what is new of the paths to a tree of options."""
    for path in paths:
        level = options
        for n, name in enumerate(path):
            known = next((one for one in level if one["value"] == name), None)
            if known is None:
                level.append(known := {"value": str(name)})
            level = known.setdefault("choices", []) if n + 1 < len(path) else level


def named(asked: list[Whole]) -> list[Whole]:
    """With names that a form of ours may use, and each once."""
    used: set[str] = set()
    for one in asked:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", one.name).strip("_-")[:60] or "answer"
        name = next(each for each in _numbered(plain) if each not in used)
        used.add(name)
        one.column = name
    return asked


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{n}" for n in range(2, 10_000))
