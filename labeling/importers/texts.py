"""Spans of other formats as ours, and the label schema they suggest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from labeling.importers.base import Schema
from labeling.importers.shapes import as_attributes, remember
from labeling.types.span_schema import MOST_LABELS

QUESTION = "Mark every name."


@dataclass(frozen=True, slots=True)
class Span:
    label: str
    start: int
    end: int
    id: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


def span_problem(span: Span, text: str) -> str:
    """Why it is no span of the text, or an empty string."""
    if not 0 <= span.start < span.end <= len(text):
        return f"from {span.start} to {span.end} is no part of a text of {len(text)} characters"
    return "" if span.label.strip() else "has no label"


def as_answer(text: str, spans: Iterable[Span], links: Iterable[tuple[str, str, str]] = ()) -> dict[str, Any]:
    """The answer of our type; a link is its name and the ids of two spans. Equal spans are one."""
    annotations: list[dict[str, Any]] = []
    seen: dict[tuple[int, int, str], str] = {}
    same: dict[str, str] = {}
    for n, span in enumerate(spans, 1):
        name = span.id or f"a{n}"
        same[name] = same[span.id] = seen.setdefault((span.start, span.end, span.label), name)
        if same[name] == name:
            place = {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
            one = {"id": name, "label": span.label, **place}
            annotations.append(one | ({"attributes": span.attributes} if span.attributes else {}))
    relationships = [
        {"id": f"r{n}", "name": name, "source_ref": same[source], "target_ref": same[target]}
        for n, (name, source, target) in enumerate(links, 1)
    ]
    return {"annotations": annotations, "relationships": relationships}


@dataclass
class SeenTexts:
    """Gathers labels, attributes and links, or options; ``schema`` is what they suggest."""

    labels: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    relations: dict[str, None] = field(default_factory=dict)
    options: dict[str, None] = field(default_factory=dict)
    most_options: int = 0
    is_spans: bool = False

    def spans(self, answer: dict[str, Any]) -> None:
        self.is_spans = True
        for each in answer["annotations"]:
            values = self.labels.setdefault(each["label"], {})
            for name, value in each.get("attributes", {}).items():
                remember(values, name, value)
        for each in answer["relationships"]:
            self.relations.setdefault(each["name"])

    def chosen(self, answer: dict[str, Any]) -> None:
        """An answer of one option, or of any number."""
        options = [answer["option"]] if "option" in answer else answer["options"]
        self.most_options = max(self.most_options, len(options), 2 if "options" in answer else 1)
        for each in options:
            self.options.setdefault(each)

    def schema(self, question: str = "") -> Schema | None:
        if self.is_spans or self.labels:
            return self._of_spans(question)
        if not 2 <= len(self.options) <= MOST_LABELS:
            return None
        config = {"question": question or "Which fits?", "options": [{"value": each} for each in self.options]}
        return Schema("multichoice" if self.most_options > 1 else "choice", config)

    def _of_spans(self, question: str) -> Schema | None:
        if not 1 <= len(self.labels) <= MOST_LABELS:
            return None
        labels = [
            {"value": name} | ({"attributes": as_attributes(values)} if values else {})
            for name, values in self.labels.items()
        ]
        relations = [{"value": name} for name in self.relations]
        return Schema("spans", {"question": question or QUESTION, "labels": labels, "relations": relations})
