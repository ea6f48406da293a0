"""Mechanical Turk's result CSV: a HIT is an item, each assignment an answer of its worker. Position: HITs before.

What is answered is known by the columns: one `Answer.` column is a choice, columns of true and false are the options
of one question, `Answer.taskAnswers` is read for the labels of Amazon's own widgets, anything else is text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.texts import SeenTexts

NAME = "mturk"
TITLE = "Mechanical Turk results (CSV)"
SUFFIXES = (".csv",)
NEEDED = ("HITId", "WorkerId")
INPUT, ANSWER, ALL = "Input.", "Answer.", "Answer.taskAnswers"
FLAGS = ("true", "false")
MOST_OPTIONS = 200


@dataclass
class Hit:
    columns: dict[str, str]
    answers: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[Entry] = field(default_factory=list)


def recognises(head: bytes, suffix: str) -> int:
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return 4 if all(name.encode() in first for name in NEEDED) and b"Answer." in first else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    hits = list(_Reader(stream, options).hits.items())

    def records(start: int) -> Iterator[Iterable[Entry]]:
        for number, hit in hits[start:]:
            yield [*hit.troubles, *_items(number, hit)]

    yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    reader, seen = _Reader(stream, options), SeenTexts()
    if reader.kind == "writing":
        fields = [{"name": name.removeprefix(ANSWER), "required": False} for name in reader.answered]
        return Schema("writing", {"question": "Write.", "fields": fields})
    for name in reader.answered if reader.kind == "flags" else ():
        seen.options.setdefault(_option(name))
    for hit in reader.hits.values():
        for each in hit.answers:
            seen.chosen(each["answer"])
    seen.most_options = max(seen.most_options, 2 if reader.kind in ("flags", "many") else 1)
    return seen.schema()


def _items(number: str, hit: Hit) -> Iterator[Entry]:
    data = {name.removeprefix(INPUT): value for name, value in hit.columns.items() if value}
    if not data:
        yield Trouble(f"HIT {number}", "has no Input. columns: there is nothing to show", "missing")
        return
    if "text" not in data:
        data["text"] = next(iter(data.values()))
    yield Found(data, key=number, answers=hit.answers)


class _Reader:
    def __init__(self, stream: BinaryIO, options: ImportOptions) -> None:
        with packages.opened(stream, options) as package:
            text = package.text(package.names[0])
        rows = csv.DictReader(io.StringIO(text, newline=""))
        names = list(rows.fieldnames or ())
        for needed in NEEDED:
            if needed not in names:
                raise BadFile(f"no column {needed!r} in the header; its columns: {', '.join(names[:20])[:500]}")
        self.answered = [name for name in names if name.startswith(ANSWER)]
        self.shown = [name for name in names if name.startswith(INPUT)]
        if not self.answered:
            raise BadFile("no column begins with Answer.: there is no answer here")
        try:
            listed = [(rows.line_num, row) for row in rows]
        except csv.Error as error:
            raise BadFile(f"line {rows.line_num}: not CSV: {error}") from error
        self.kind = self._kind(listed)
        self.hits: dict[str, Hit] = {}
        for line, row in listed:
            self._take(line, row)

    def _kind(self, rows: list[tuple[int, dict[str, Any]]]) -> str:
        """flags, one, many or writing."""
        values = {str(row.get(name) or "").lower() for _, row in rows for name in self.answered} - {""}
        if values and values <= set(FLAGS) and len(self.answered) > 1:
            return "flags"
        if self.answered == [ALL]:
            found = [_of_widget(row.get(ALL)) for _, row in rows]
            return "many" if any(isinstance(each, list) for each in found) else "one"
        short = len(self.answered) == 1 and len(values) <= MOST_OPTIONS
        return "one" if short and all(len(each) <= 100 for each in values) else "writing"

    def _take(self, line: int, row: dict[str, Any]) -> None:
        number, worker = (row.get("HITId") or "").strip(), (row.get("WorkerId") or "").strip()
        hit = self.hits.setdefault(number or f"line {line}", Hit({name: row.get(name) or "" for name in self.shown}))
        if None in row or not number or not worker:
            reason = "has more cells than the header" if None in row else "needs a HITId and a WorkerId"
            hit.troubles.append(Trouble(f"line {line}", reason, "csv" if None in row else "missing"))
            return
        if (row.get("AssignmentStatus") or "").lower() == "rejected":
            hit.troubles.append(
                Trouble(f"line {line}", f"the answer of {worker} was rejected: it is left out", "not_taken")
            )
            return
        answer = self._answer(row)
        if answer is None:
            hit.troubles.append(Trouble(f"line {line}", f"the answer of {worker} is empty or cannot be read", "empty"))
        elif any(each["worker"] == worker for each in hit.answers):
            hit.troubles.append(Trouble(f"line {line}", f"{worker} has answered HIT {number} already", "duplicate"))
        else:
            hit.answers.append({"worker": worker, "answer": answer})

    def _answer(self, row: dict[str, Any]) -> dict[str, Any] | None:
        given = {name: str(row.get(name) or "").strip() for name in self.answered}
        if self.kind == "flags":
            return {"options": [_option(name) for name, value in given.items() if value.lower() == "true"]}
        if self.kind == "writing":
            texts = {name.removeprefix(ANSWER): value for name, value in given.items() if value}
            return {"fields": texts} if texts else None
        value = _of_widget(given[ALL]) if self.answered == [ALL] else given[self.answered[0]]
        if isinstance(value, list):
            return {"options": value}
        if self.kind == "many":
            return {"options": [value]} if value else None
        return {"option": value} if value else None


def _option(name: str) -> str:
    """`Answer.animal.cat` is the option cat."""
    return name.removeprefix(ANSWER).rpartition(".")[2]


def _of_widget(text: Any) -> str | list[str] | None:
    """The label, or labels, that one of Amazon's widgets for classification answers with."""
    try:
        raw = orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return None
    form = raw[0] if isinstance(raw, list) and raw else raw
    for value in form.values() if isinstance(form, dict) else ():
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and isinstance(value.get("label"), str):
            return str(value["label"])
        if isinstance(value, dict) and isinstance(value.get("labels"), list):
            return [str(each) for each in value["labels"]]
        if isinstance(value, dict) and value and all(isinstance(each, bool) for each in value.values()):
            chosen = [name for name, is_on in value.items() if is_on]
            return chosen[0] if len(chosen) == 1 else chosen
    return None
