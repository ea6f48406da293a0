"""Named entities: spans of a text with labels, attributes and relations."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from labeling.aggregation import medoid
from labeling.aggregation.settling import Case, Known, Settled, learn
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import span_consensus
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.label_changes import Moved, flat
from labeling.types.relabeling import relabeled_attributes, still_linked
from labeling.types.span_answer import read_annotations, read_relationships
from labeling.types.span_schema import clean_schema
from labeling.types.strict import read_object

MOVES = (
    ("cursor.right", "ArrowRight", "Word to the right"),
    ("cursor.left", "ArrowLeft", "Word to the left"),
    ("cursor.down", "ArrowDown", "Word in the line below"),
    ("cursor.up", "ArrowUp", "Word in the line above"),
    ("extend.right", "Shift+ArrowRight", "Extend to the right"),
    ("extend.left", "Shift+ArrowLeft", "Extend to the left"),
    ("end.right", "Alt+ArrowRight", "Move the end by a character to the right"),
    ("end.left", "Alt+ArrowLeft", "Move the end by a character to the left"),
    ("start.right", "Alt+Shift+ArrowRight", "Move the start by a character to the right"),
    ("start.left", "Alt+Shift+ArrowLeft", "Move the start by a character to the left"),
    ("span.next", "J", "Next span"),
    ("span.previous", "K", "Previous span"),
    ("span.delete", "Delete", "Delete the span"),
    ("clear", "Escape", "Let go"),
)
FILL = ("attributes", "W", "Fill in the attributes")
RELATE = ("relation", "R", "Relation from this span; once more for the next kind")


class Spans(TaskType):
    """The answer is ``{"annotations": [spans], "relationships": [links between them]}``, fields named as Scale's.

    Offsets count Unicode code points of ``item["text"]`` as it is. Canonical order is (start, end, place of the label
    in the schema), and ids are a1, a2, … in that order: equal answers are equal.
    """

    name = "spans"
    title = "Spans and relations"
    family = "text"
    description = "Words and passages of a text get labels, attributes and links: named entities, relations, evidence."
    inputs = frozenset({"text"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        config = clean_schema(raw, problems)
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        answer = read_object(raw, ("annotations", "relationships"), problems)
        text = item.get("text") or ""
        annotations, places = read_annotations(answer.get("annotations"), config, text, problems)
        listed = answer.get("relationships", [])
        if problems and listed != []:  # a wrong span would make every link to it look wrong too
            raise InvalidAnswer(problems)
        relationships = read_relationships(listed, config, annotations, places, problems)
        if problems:
            raise InvalidAnswer(problems)
        return {"annotations": annotations, "relationships": relationships}

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)

        def settle(case: Case, known: Known) -> Settled:
            return span_consensus.settle(self, case, config, known)

        return learn(cases, settle) if known is None else [settle(case, known) for case in cases]

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """1 − F1 over exact (start, end, label); averaged with the same over relationships if either answer has any.

        Where nobody drew a relationship there is nothing to agree on, so spans count alone. Attributes do not count.
        """
        spans = _apart(_spans(a), _spans(b))
        if not a["relationships"] and not b["relationships"]:
            return spans
        return (spans + _apart(_links(a, config), _links(b, config))) / 2

    def objects(self, answer: dict[str, Any]) -> list[Any] | None:
        """Spans, and relations by what they join."""
        spans = [{name: part for name, part in span.items() if name != "id"} for span in answer["annotations"]]
        by_id = {span["id"]: [span["start"], span["end"], span["label"]] for span in answer["annotations"]}
        links = [
            {"name": link["name"], "ends": [by_id[link["source_ref"]], by_id[link["target_ref"]]]}
            for link in answer["relationships"]
        ]
        return spans + links

    def object_likeness(self, a: Any, b: Any, config: dict[str, Any]) -> float:
        """The share of the text that both spans cover; a relation to another span is another relation."""
        if "ends" in a or "ends" in b:
            return 0.0
        both = min(a["end"], b["end"]) - max(a["start"], b["start"])
        return max(0, both) / (max(a["end"], b["end"]) - min(a["start"], b["start"]))

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        """Spans of a label that is gone go with it; two that have become the same are one."""
        to = flat(moved, lambda parts: parts == ["labels"])
        asked = {label["value"]: label["attributes"] for label in config["labels"]}
        found: dict[tuple[int, int, str], dict[str, Any]] = {}
        kept: dict[str, str] = {}
        for each in answer["annotations"]:
            label = to.get(each["label"], each["label"])
            if label is not None:
                path = ("labels", each["label"], "attributes")
                said = relabeled_attributes(each.get("attributes", {}), path, moved, asked.get(label, ()))
                now = {name: part for name, part in each.items() if name != "attributes"} | {"label": label}
                now |= {"attributes": said} if said else {}
                span = found.setdefault((each["start"], each["end"], label), now)
                kept[each["id"]] = span["id"]
        kinds = {kind["value"] for kind in config["relations"]}
        links = still_linked(answer["relationships"], ("source_ref", "target_ref"), kept)
        return {
            "annotations": list(found.values()),
            "relationships": [each for each in links if each["name"] in kinds],
        }

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {"spans": "int", "annotations": "json", "relationships": "json"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        if answer is None:
            return dict.fromkeys(self.export_columns(config))
        parts = {name: json.dumps(answer[name], ensure_ascii=False) for name in ("annotations", "relationships")}
        return {"spans": len(answer["annotations"]), **parts}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        labels = [
            KeyBinding(f"label.{n}", label["key"].upper() if len(label["key"]) == 1 else label["key"], label["label"])
            for n, label in enumerate(config["labels"])
            if label["key"]
        ]
        has_attributes = any(label["attributes"] for label in config["labels"])
        is_free = all(label["key"] != FILL[1].lower() for label in config["labels"])
        more = (*([FILL] if has_attributes and is_free else []), *([RELATE] if config["relations"] else []))
        return labels + [KeyBinding(*each) for each in (*MOVES, *more)]


def _apart(one: set[Hashable], other: set[Hashable]) -> float:
    both = len(one) + len(other)
    return 1 - 2 * len(one & other) / both if both else 0.0


def _spans(answer: dict[str, Any]) -> set[Hashable]:
    return {(span["start"], span["end"], span["label"]) for span in answer["annotations"]}


def _links(answer: dict[str, Any], config: dict[str, Any]) -> set[Hashable]:
    """By what is joined, not by ids: another span before them must not make equal links differ."""
    by_id = {span["id"]: (span["start"], span["end"], span["label"]) for span in answer["annotations"]}
    both_ways = {relation["value"] for relation in config["relations"] if not relation["directed"]}
    links: set[Hashable] = set()
    for link in answer["relationships"]:
        ends = [by_id[link["source_ref"]], by_id[link["target_ref"]]]
        links.add((link["name"], *(sorted(ends) if link["name"] in both_ways else ends)))
    return links
