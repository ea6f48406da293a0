"""CoNLL: a word a line, its tag in the last column; documents begin with -DOCSTART-. Position: documents before.

Without any such mark each sentence is an item. The words are joined by spaces, and sentences by line ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.texts import SeenTexts, Span, as_answer

NAME = "conll"
TITLE = "CoNLL (words and tags)"
SUFFIXES = (".conll", ".iob", ".iob2", ".bio")
MARK = "-DOCSTART-"

Lines = list[tuple[int, list[str]]]
"""The numbered lines of one document, cut into columns; an empty list where a sentence ends."""


def recognises(head: bytes, suffix: str) -> int:
    return 4 if head.removeprefix(b"\xef\xbb\xbf").startswith(MARK.encode()) else 3 if suffix in SUFFIXES else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    documents = _documents(stream, options)

    def records(start: int) -> Iterator[Iterable[Entry]]:
        for document in documents[start:]:
            yield _entries(document)

    yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    seen = SeenTexts()
    for document in _documents(stream, options):
        for entry in _entries(document):
            if isinstance(entry, Found) and entry.labels:
                seen.spans(entry.labels)
    return seen.schema()


def _documents(stream: BinaryIO, options: ImportOptions) -> list[Lines]:
    with packages.opened(stream, options) as package:
        if package.archive:
            raise BadFile("send the CoNLL file itself, not a zip")
        text = package.text(package.names[0])
    lines: Lines = [(n, line.split()) for n, line in enumerate(text.splitlines(), 1)]
    by_mark = any(columns and columns[0] == MARK for _, columns in lines)
    documents: list[Lines] = []
    current: Lines = []
    for n, columns in lines:
        is_mark = bool(columns) and columns[0] == MARK
        if is_mark or (not by_mark and not columns):
            if current or (is_mark and documents) or is_mark:
                documents.append(current)
            current = []
        else:
            current.append((n, columns))
    documents.append(current)
    return documents[1:] if by_mark else [each for each in documents if each]


def _entries(document: Lines) -> Iterator[Entry]:
    text, spans = "", []
    open_span: tuple[str, int] | None = None
    sentence_ended = False

    def close() -> None:
        nonlocal open_span
        if open_span is not None:
            spans.append(Span(open_span[0], open_span[1], len(text)))
            open_span = None

    for n, columns in document:
        if not columns:
            close()
            sentence_ended = True
            continue
        if len(columns) < 2:
            yield Trouble(f"line {n}", f"{columns[0][:80]!r} has no tag beside it", "missing")
            columns = [columns[0], "O"]
        mark, _, label = columns[-1].partition("-")
        if mark not in ("B", "I", "E", "S", "L", "U", "O") or (mark == "O") != (not label):
            yield Trouble(f"line {n}", f"{columns[-1][:80]!r} is no tag: O, or B-, I- and a label")
            mark, label = "O", ""
        if mark == "O" or mark in "BSU" or (open_span and open_span[0] != label):
            close()
        if text:
            text += "\n" if sentence_ended else " "
        sentence_ended = False
        start = len(text)
        text += columns[0]
        if label and open_span is None:
            open_span = (label, start)
        if mark in ("E", "L", "S", "U"):
            close()
    close()
    if text:
        yield Found({"text": text}, labels=as_answer(text, spans))
    else:
        yield Trouble("", "the document has no words", "empty")
