"""brat: a zip of texts (.txt) and their annotations (.ann). Position: texts before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.packages import Package
from labeling.importers.texts import SeenTexts, Span, as_answer, span_problem

NAME = "brat"
TITLE = "brat (zip of .txt and .ann)"
SUFFIXES = (".zip",)
SPAN = re.compile(r"T\d+\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t?(.*)")
LINK = re.compile(r"R\d+\t(\S+) \w+:(\S+) \w+:(\S+)\s*")
ATTRIBUTE = re.compile(r"[AM]\d+\t(\S+) (\S+)(?: (\S+))?\s*")
LEFT_OUT = {
    "E": "events are not taken",
    "N": "references to other databases are not taken",
    "#": "notes are not taken",
    "*": "sets of equals are not taken",
}


def recognises(head: bytes, suffix: str) -> int:
    return 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    stems = {str(PurePosixPath(name).with_suffix("")) for name in names if name.endswith(".txt")}
    return 7 if any(name.endswith(".ann") and name[:-4] in stems for name in names) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        names = _texts(package)
        orphans = [name for name in package.names if name.endswith(".ann") and f"{name[:-4]}.txt" not in names]

        def records(start: int) -> Iterator[Iterable[Entry]]:
            for name in names[start:]:
                yield _entries(package, name)
            for name in orphans[max(0, start - len(names)) :]:
                yield [Trouble(name, "no text goes with it", "missing")]

        yield from numbered(records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    seen = SeenTexts()
    with packages.opened(stream, options) as package:
        for name in _texts(package):
            for entry in _entries(package, name):
                if isinstance(entry, Found) and entry.labels:
                    seen.spans(entry.labels)
    return seen.schema()


def _texts(package: Package) -> list[str]:
    if not package.archive:
        raise BadFile("send a zip of the texts and their annotations")
    return [name for name in package.names if name.endswith(".txt")]


def _entries(package: Package, name: str) -> Iterator[Entry]:
    try:
        text = package.text(name)
        other = f"{name[:-4]}.ann"
        lines = package.text(other).split("\n") if other in package.entries else []
    except BadFile as error:
        yield Trouble(name, str(error), "file")
        return
    if not text.strip():
        yield Trouble(name, "the text is empty", "empty")
        return
    text = _as_counted(text, lines)
    spans: dict[str, Span] = {}
    links: list[tuple[str, str, str]] = []
    for n, line in enumerate(lines, 1):
        line = line.rstrip("\r")
        if line.strip() and (problem := _take(line, text, spans, links)):
            yield Trouble(f"{other}: line {n}", problem)
    yield Found({"text": text}, key=name[:-4][-200:], labels=as_answer(text, spans.values(), links))


def _take(line: str, text: str, spans: dict[str, Span], links: list[tuple[str, str, str]]) -> str:
    """Add what the line says, or tell what is wrong with it."""
    number = line.split("\t")[0]
    if found := SPAN.fullmatch(line):
        numbers = [int(each) for each in re.findall(r"\d+", found[2])]
        span = Span(found[1], numbers[0], numbers[-1], number)
        if problem := span_problem(span, text):
            return problem
        if number in spans:
            return f"{number} is the number of a line before it"
        if said := _other_words(found[3], numbers, text):
            return said
        gaps = [text[end:start] for end, start in zip(numbers[1:-1:2], numbers[2::2], strict=True)]
        spans[number] = span
        return "" if all(not gap.strip() for gap in gaps) else "a span of several parts is taken as one"
    if found := LINK.fullmatch(line):
        if missing := [end for end in (found[2], found[3]) if end not in spans]:
            return f"there is no span {missing[0]}"
        links.append((found[1], found[2], found[3]))
        return ""
    if found := ATTRIBUTE.fullmatch(line):
        if found[2] not in spans:
            return f"there is no span {found[2]}"
        values: dict[str, Any] = spans[found[2]].attributes
        values[found[1]] = found[3] if found[3] else True
        return ""
    return LEFT_OUT.get(line[:1]) or f"{line[:80]!r} is no line of brat's"


def _other_words(said: str, numbers: list[int], text: str) -> str:
    """Why the span is not of the words that its line names, as where another program counts otherwise."""
    parts = [text[start:end] for start, end in zip(numbers[::2], numbers[1::2], strict=True)]
    if not said.strip() or "".join(said.split()) == "".join("".join(parts).split()):
        return ""
    return f"{' '.join(parts)[:80]!r} stands there, not {said[:80]!r}"


def _as_counted(text: str, lines: list[str]) -> str:
    """The text with the line ends that its annotations count: of Windows, or one character each."""
    other = text.replace("\r\n", "\n")
    if other == text:
        return text
    spans = [found for line in lines if (found := SPAN.fullmatch(line.rstrip("\r")))]

    def wrong(text: str) -> int:
        return sum(bool(_other_words(f[3], [int(n) for n in re.findall(r"\d+", f[2])], text)) for f in spans)

    return other if wrong(other) < wrong(text) else text
