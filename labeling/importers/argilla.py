"""Argilla's records, as its `to_json` writes them: a list, or one a line. Position: records before.

Spans, one label or several, a rating, a ranking or a text. Several questions become a form; where one of them is for
spans, that one is taken alone. Suggestions are the item's suggestion, responses are answers of those who gave them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.argilla_form import by_person, fields_of
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.label_studio_whole import Whole, answer_of, kind_of, schema_of
from labeling.importers.texts import SeenTexts, Span, as_answer, span_problem

NAME = "argilla"
TITLE = "Argilla (JSON records)"
SUFFIXES = (".json", ".jsonl")
BEGINNING = re.compile(rb'\s*\[?\s*\{(?=.*"fields"\s*:)(?=.*"(responses|suggestions)"\s*:)', re.DOTALL)
MOST_LABELS = 50
LONGEST_LABEL = 80


def recognises(head: bytes, suffix: str) -> int:
    return 4 if BEGINNING.match(head.removeprefix(b"\xef\xbb\xbf")) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    listed = _records(stream, options)
    asked = _asked(listed)

    def records(start: int) -> Iterator[Iterable[Entry]]:
        for each in listed[start:]:
            yield _entries(each, asked)

    yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    listed = _records(stream, options)
    asked = _asked(listed)
    question, kind = asked.question, asked.kind
    if asked.fields:
        return schema_of(asked.fields, kind, "")
    values = [value for record in listed for name, _, value in _values(record) if name == question]
    if kind == "rating":
        values = [value for value in values if type(value) is int]
        scale = {"min": min(0, min(values)), "max": max(values)} if min(values) < 1 else {"min": 1, "max": max(values)}
        criterion = {"name": question, "label": question, "scale": scale}
        return Schema("rating", {"question": question, "criteria": [criterion]})
    if kind == "writing":
        return Schema("writing", {"question": question, "fields": [{"name": question, "required": False}]})
    seen = SeenTexts()
    for record in listed:
        for entry in _entries(record, asked):
            for answer in [entry.labels, entry.predicted] if isinstance(entry, Found) else ():
                if answer and kind == "spans":
                    seen.spans(answer)
                elif answer:
                    seen.chosen(answer)
    return seen.schema(question)


def _records(stream: BinaryIO, options: ImportOptions) -> list[Any]:
    with packages.opened(stream, options) as package:
        text = package.text(package.names[0])
    try:
        if text.lstrip().startswith("["):
            found = orjson.loads(text)
            return found if isinstance(found, list) else [found]
    except orjson.JSONDecodeError as error:
        raise BadFile(f"not JSON: {error}") from error
    return [_line(line) for line in text.splitlines() if line.strip()]


def _line(line: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error}"


def _values(record: Any) -> Iterator[tuple[str, str | None, Any]]:
    """Question, who answered (None: a suggestion), and the value."""
    if not isinstance(record, dict):
        return
    yield from _older_values(record)
    for name, each in _table(record.get("suggestions")).items():
        yield name, None, each.get("value") if isinstance(each, dict) else each
    for name, given in _table(record.get("responses")).items():
        for n, each in enumerate(given if isinstance(given, list) else [given]):
            if isinstance(each, dict) and each.get("status", "submitted") == "submitted":
                yield name, str(each.get("user_id") or f"response {n + 1}"), each.get("value")


def _older_values(record: dict[str, Any]) -> Iterator[tuple[str, str | None, Any]]:
    """Of records of Argilla 1: suggestions and responses are lists, a response has the values of all questions."""
    for each in _dicts(record.get("suggestions")):
        name = each.get("question_name", each.get("question"))
        if isinstance(name, str):
            yield name, None, each.get("value")
    for n, each in enumerate(_dicts(record.get("responses"))):
        if each.get("status", "submitted") == "submitted":
            for name, value in _table(each.get("values")).items():
                who = str(each.get("user_id") or f"response {n + 1}")
                yield name, who, value.get("value") if isinstance(value, dict) else value


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Asked:
    """Our type for it, and the question that it is, or the fields of several."""

    kind: str = ""
    question: str = ""
    fields: list[Whole] = field(default_factory=list)


def _asked(records: list[Any]) -> Asked:
    by_name: dict[str, list[Any]] = {}
    for record in records:
        for name, _, value in _values(record):
            by_name.setdefault(name, []).append(value)
    kinds = {}
    for name, values in by_name.items():
        there = [value for value in values if value is not None]
        usual = Counter(map(type, there)).most_common(1)
        if usual and (kind := _kind([value for value in there if type(value) is usual[0][0]])):
            kinds[name] = kind
    spans = next((name for name, kind in kinds.items() if kind == "spans"), "")
    if spans:
        return Asked("spans", spans)
    if len(kinds) > 1 or "ranking" in kinds.values():
        fields = fields_of(kinds, by_name)
        return Asked(kind_of(fields), "", fields)
    return next((Asked(kind, name) for name, kind in kinds.items()), Asked())


def _kind(values: list[Any]) -> str:
    lists = [value for value in values if isinstance(value, list)]
    if not values:
        return ""
    if len(lists) == len(values):
        flat = [each for value in lists for each in value]
        if flat and all(isinstance(each, dict) and {"start", "end", "label"} <= set(each) for each in flat):
            return "spans"
        if flat and all(isinstance(each, dict) and {"value", "rank"} <= set(each) for each in flat):
            return "ranking"
        return "multichoice" if flat and all(isinstance(each, str) for each in flat) else ""
    if all(type(value) is int for value in values):
        return "rating"
    if not all(isinstance(value, str) for value in values):
        return ""
    different = set(values)
    is_short = all(len(value) <= LONGEST_LABEL for value in different) and len(different) <= MOST_LABELS
    return "choice" if is_short and (len(different) < len(values) or len(values) < 5) else "writing"


def _entries(record: Any, asked: Asked) -> Iterator[Entry]:
    fields = record.get("fields") if isinstance(record, dict) else None
    if not isinstance(fields, dict) or not fields:
        yield Trouble("fields", record if isinstance(record, str) else "is missing or empty", "missing")
        return
    data = {**_table(record.get("metadata")), **fields}
    if not isinstance(data.get("text"), str):
        data["text"] = next((value for value in fields.values() if isinstance(value, str)), "")
    number = record.get("id", record.get("external_id"))
    key = str(number) if isinstance(number, str | int) else ""
    if asked.fields:
        yield from _of_form(record, asked, data, key)
        return
    question, kind = asked.question, asked.kind
    labels = predicted = None
    answers: list[dict[str, Any]] = []
    for name, who, value in _values(record):
        if name != question:
            why = "a further question is not taken" if question else "its answers are of no kind that is taken here"
            yield Trouble(name, why, "not_taken")
            continue
        troubles: list[Trouble] = []
        answer = _answer(value, question, kind, data["text"], troubles)
        yield from troubles
        if answer is None:
            yield Trouble(name, f"{str(value)[:60]!r} is no answer of the kind of the others")
        elif who is None:
            predicted = answer
        else:
            labels = labels or answer
            answers.append({"worker": who, "answer": answer})
    yield Found(data, key=key, labels=labels, predicted=predicted, answers=answers)


def _of_form(record: Any, asked: Asked, data: dict[str, Any], key: str) -> Iterator[Entry]:
    fields = {one.name: one for one in asked.fields}
    troubles: list[Trouble] = []
    given = by_person(_values(record), fields, troubles)
    yield from troubles
    answered = {who: answer_of(fields, asked.kind, results) for who, results in given.items()}
    predicted = answered.pop(None, None)
    answers: list[dict[str, Any]] = [{"worker": who, "answer": each} for who, each in answered.items() if each]
    labels = answers[0]["answer"] if answers else None
    yield Found(data, key=key, labels=labels, predicted=predicted, answers=answers)


def _answer(value: Any, question: str, kind: str, text: str, troubles: list[Trouble]) -> dict[str, Any] | None:
    if kind == "choice" and isinstance(value, str):
        return {"option": value}
    if kind == "multichoice" and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return {"options": list(dict.fromkeys(value))}
    if kind == "writing" and isinstance(value, str):
        return {"fields": {question: value}}
    if kind == "rating" and type(value) is int:
        return {"ratings": {question: value}, "justifications": {}}
    if kind != "spans" or not isinstance(value, list):
        return None
    spans = []
    for n, each in enumerate(value):
        start, end, label = (each.get(part) if isinstance(each, dict) else None for part in ("start", "end", "label"))
        if type(start) is not int or type(end) is not int or not isinstance(label, str):
            troubles.append(Trouble(f"{question}[{n}]", "needs start, end and label", "missing"))
            continue
        span = Span(label, start, end)
        if problem := span_problem(span, text):
            troubles.append(Trouble(f"{question}[{n}]", problem, "span"))
        else:
            spans.append(span)
    return as_answer(text, spans)
