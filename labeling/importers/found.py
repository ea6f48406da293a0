"""What the readers of labels find in a record, and the rows it becomes.

A record may give an item and any number of problems, each with a position of its own, so that reading can go on after
any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from labeling.images import CleanImage
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, content_key
from labeling.importers.rows import LONGEST_KEY, FieldRefused, check_value

SUGGESTED = "hypothesis"
"""The items' column of a suggested answer."""
KNOWN = "known_answer"
"""The items' column of an answer that is known to be right."""
SOMEBODY = "imported labels"
"""Whose answer labels are that name nobody."""
ANSWERED = "worker_answers"
"""The items' column of what people answered elsewhere: a list of ``{"worker", "answer"}``."""


@dataclass(frozen=True, slots=True)
class Found:
    """One item to be, with what is known of its labels."""

    data: dict[str, Any]
    key: str = ""
    image: CleanImage | None = None
    labels: dict[str, Any] | None = None
    """An answer of ours: the labels of the item, which the uploader says what to take for."""
    predicted: dict[str, Any] | None = None
    """A model's answer: always a suggestion."""
    answers: list[dict[str, Any]] = field(default_factory=list)
    """The labels by those who gave them, as ``{"worker", "answer"}``; without ``labels`` they stay answers."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something of a record that cannot be taken."""

    field: str
    reason: str
    code: str = "invalid"


Entry = Found | Trouble


def numbered(
    entries_from: Callable[[int], Iterable[Iterable[Entry]]], *, position: Position, options: ImportOptions
) -> Iterator[Row | LineProblem]:
    """``entries_from`` gives, from a record's number on (the first is 0), the entries of each record."""
    start, done = position.get("record", 0), position.get("done", 0)
    for n, found in enumerate(entries_from(start), start):
        entries = [each for entry in found for each in _with_notes(entry)]
        for k, entry in enumerate(entries):
            if k >= done:
                after: Position = {"record": n + 1} if k + 1 == len(entries) else {"record": n, "done": k + 1}
                yield _row(entry, n + 1, after, options)
        done = 0


def _with_notes(entry: Entry) -> list[Entry]:
    """What is to be told of its picture comes before it."""
    notes = entry.image.notes if isinstance(entry, Found) and entry.image else ()
    name = str(entry.data.get("file", "")) if isinstance(entry, Found) else ""
    return [*(Trouble(name, note, "changed") for note in notes), entry]


def _row(entry: Entry, line: int, after: Position, options: ImportOptions) -> Row | LineProblem:
    if isinstance(entry, Trouble):
        return LineProblem(line, after, entry.field, entry.reason, entry.code)
    data = entry.data | _columns(entry, options)
    try:
        check_value(data, "", options.max_depth)
        if len(entry.key) > LONGEST_KEY:
            raise FieldRefused("key", f"has {len(entry.key)} characters; at most {LONGEST_KEY}", "too_long")
    except FieldRefused as refused:
        return LineProblem(line, after, refused.field, refused.reason, refused.code)
    key = entry.key or (entry.image.sha256[:32] if entry.image else content_key(entry.data))
    return Row(line, after, key, data, entry.image)


def _columns(entry: Found, options: ImportOptions) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if entry.predicted is not None:
        columns[SUGGESTED] = entry.predicted
    if entry.labels is not None and options.labels_as in ("known", "suggestion"):
        columns[KNOWN if options.labels_as == "known" else SUGGESTED] = entry.labels
    elif options.labels_as != "nothing":
        labels = entry.labels
        answers = entry.answers or ([{"worker": SOMEBODY, "answer": labels}] if labels is not None else [])
        columns |= {ANSWERED: answers} if answers else {}
    return columns
