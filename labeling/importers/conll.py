"""CoNLL: a word a line, its tag in the last column; documents begin with -DOCSTART-. Position: documents before.

Without any such mark each sentence is an item. The words are joined by spaces, and sentences by line ends. Lines of
comments (# …) are passed over; where a number stands before each word, as in CoNLL-U, the word is the second column.
Tags without B- and I- are taken for labels of whole runs of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.texts import SeenTexts, Span, as_answer
from labeling.types.span_schema import MOST_LABELS

NAME = "conll"
TITLE = "CoNLL (words and tags)"
SUFFIXES = (".conll", ".conllu", ".iob", ".iob2", ".bio")
MARK = "-DOCSTART-"
TAG = re.compile(r"O|[BIESLU]-\S+")
NUMBER = re.compile(r"\d+([-.]\d+)?")
NUMBERED_COLUMNS = 4
"""Fewest columns of a file whose first one counts the words."""

Lines = list[tuple[int, list[str]]]
"""The numbered lines of one document, cut into columns; an empty list where a sentence ends."""


def recognises(head: bytes, suffix: str) -> int:
    if head.removeprefix(b"\xef\xbb\xbf").startswith(MARK.encode()):
        return 4
    return 3 if suffix in SUFFIXES else 2 if suffix in (".txt", "") and _is_tagged(head) else 0


def _is_tagged(head: bytes) -> bool:
    """Whether each line is a word and its tag; the last one may be cut off."""
    lines = [line.split() for line in head.decode("utf-8", "replace").splitlines()[:-1] if line.strip()]
    words = [line for line in lines if not _is_comment(line)]
    tagged = [line for line in words if len(line) > 1 and TAG.fullmatch(line[-1])]
    return bool(tagged) and len(tagged) == len(words) and any(line[-1] != "O" for line in tagged)


def _is_comment(columns: list[str]) -> bool:
    return columns[0].startswith("#") and not (len(columns) > 1 and TAG.fullmatch(columns[-1]))


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
    lines = _with_prefixes(_without_numbers([(n, one) for n, one in lines if not one or not _is_comment(one)]))
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


def _without_numbers(lines: Lines) -> Lines:
    words = [columns for _, columns in lines if columns and columns[0] != MARK]
    if not words or not all(len(one) >= NUMBERED_COLUMNS and NUMBER.fullmatch(one[0]) for one in words):
        return lines
    return [(n, columns if columns[:1] == [MARK] else columns[1:]) for n, columns in lines]


def _with_prefixes(lines: Lines) -> Lines:
    """Where no tag says how a label begins, each goes on with the one before it."""
    tags = {columns[-1] for _, columns in lines if len(columns) > 1 and columns[0] != MARK}
    if any(TAG.fullmatch(tag) for tag in tags - {"O"}) or len(tags) > MOST_LABELS:
        return lines
    bare = tags - {"O"}
    return [(n, [*one[:-1], f"I-{one[-1]}"] if len(one) > 1 and one[-1] in bare else one) for n, one in lines]


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
