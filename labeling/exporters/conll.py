"""CoNLL-2003: a word a line with its tag in four columns, a blank line after each line of the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.exporters.folders import Folder
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import NO_KEY, Snapshot, note_common
from labeling.exporters.texts import BLANK, flat, note_more, one_to_one, one_word, spans_of, text_of, tokens_of

NAME = "conll"
TITLE = "CoNLL-2003 (words and tags)"
SUFFIX = ".conll"
CONTENT_TYPE = "text/plain; charset=utf-8"
TYPES = frozenset({"spans"})
DOCUMENT = "-DOCSTART- -X- -X- O\n\n"
SPACES = "spaces in the name of a label are written as _"
BETWEEN = "what stands between words is written as one space, or as the end of a line"
LINES = "a span over several lines is written as one in each"


def build(snapshot: Snapshot, folder: Folder) -> None:
    labels = one_to_one((label["value"] for config in snapshot.configs() for label in config["labels"]), one_word)
    with folder.open("data.conll") as file:
        for record in snapshot.records():
            note_common(snapshot, record, carried=("text",))
            note = Note(snapshot, record)
            note("item.key", NO_KEY)
            note_more(note, spans_of(record))
            file.write(DOCUMENT.encode())
            for line in _lines(note, labels):
                file.write(line.encode())


def _lines(note: Note, labels: dict[str, str]) -> list[str]:
    text, spans = text_of(note.record), flat(spans_of(note.record), note)
    for each in spans:
        if labels[each["label"]] != each["label"]:
            note("answer.annotations", SPACES)
        if not each["text"].strip():
            note("answer.annotations", BLANK)
        if len(each["text"].strip().splitlines()) > 1:
            note("answer.annotations", LINES)
    tokens = list(tokens_of(text, spans))
    if " ".join(text[token.start : token.end] for token in tokens) != text:
        note("item.text", BETWEEN)
    written: list[str] = []
    waiting: Iterator[dict[str, Any] | None] = iter(spans)
    span: dict[str, Any] | None = next(waiting, None)
    begun, last = False, 0
    for token in tokens:
        while span is not None and token.start >= span["end"]:
            span, begun = next(waiting, None), False
        if written and "\n" in text[last : token.start]:
            written.append("\n")
            begun = False  # a sentence begins with B-, whatever the one before ended with
        inside = span is not None and token.start >= span["start"]
        tag = f"{'I' if begun else 'B'}-{labels[span['label']]}" if span is not None and inside else "O"
        begun, last = inside, token.end
        written.append(f"{text[token.start : token.end]} -X- -X- {tag}\n")
    return [*written, "\n"] if written else []
