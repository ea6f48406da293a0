"""Spans of a text as the formats of words want them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Record

WORD = re.compile(r"\w+|[^\w\s]")
ATTRIBUTES = "attributes of spans have no place in this format"
RELATIONS = "links between spans have no place in this format"
OVERLAP = "a span that overlaps another has no place in this format"
BLANK = "a span of white space has no place in this format"


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int


def text_of(record: Record) -> str:
    text = record.data.get("text")
    return text if isinstance(text, str) else ""


def spans_of(record: Record) -> list[dict[str, Any]]:
    return (record.answer or {}).get("annotations", [])


def note_more(note: Note, spans: Iterable[dict[str, Any]]) -> None:
    """What spans have besides a label and a place."""
    for n, span in enumerate(spans):
        if span.get("attributes"):
            note(f"answer.annotations[{n}].attributes", ATTRIBUTES)
    if (note.record.answer or {}).get("relationships"):
        note("answer.relationships", RELATIONS)


def flat(spans: Sequence[dict[str, Any]], note: Note) -> list[dict[str, Any]]:
    """Spans that do not overlap, in order: the first of those that do, the longest where two begin together."""
    kept: list[dict[str, Any]] = []
    for span in sorted(spans, key=lambda each: (each["start"], -each["end"])):
        if kept and span["start"] < kept[-1]["end"]:
            note(f"answer.annotations[{spans.index(span)}]", OVERLAP)
        else:
            kept.append(span)
    return kept


def tokens_of(text: str, spans: Iterable[dict[str, Any]] = ()) -> Iterator[Token]:
    """Words and marks; one that a span begins or ends within is cut there, so that no span has to be moved."""
    cuts = sorted({place for span in spans for place in (span["start"], span["end"])})
    at = 0
    for found in WORD.finditer(text):
        start = found.start()
        while at < len(cuts) and cuts[at] <= start:
            at += 1
        while at < len(cuts) and cuts[at] < found.end():
            yield Token(start, cuts[at])
            start = cuts[at]
            at += 1
        yield Token(start, found.end())


def one_to_one(names: Iterable[str], clean: Callable[[str], str]) -> dict[str, str]:
    """Cleaned names, no two alike: those that were clean keep theirs, others get a number where it is taken."""
    listed = list(dict.fromkeys(names))
    found = {name: name for name in listed if clean(name) == name}
    taken = set(found)
    for name in listed:
        if name not in found:
            cleaned, n = clean(name), 1
            while (unique := cleaned if n == 1 else f"{cleaned}_{n}") in taken:
                n += 1
            taken.add(unique)
            found[name] = unique
    return found


def one_word(name: str) -> str:
    """A label for a format in which a space ends it."""
    return re.sub(r"\s+", "_", name)
