"""Plain text: a file whose lines are items, or files that are items. Position: where the line ends, or files before.

Lines end at line feeds and at carriage returns, also where a file mixes them. What is empty gives no item and is told.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, cast
from zipfile import ZipFile

from labeling.errors import BadFile
from labeling.importers import packages
from labeling.importers.archives import UNREADABLE, entry_problem
from labeling.importers.base import ImportOptions, LineProblem, Position, Row
from labeling.importers.csv_rows import DELIMITERS
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.lines import UTF16_BOMS, Line, LineReader, wrong_byte
from labeling.importers.packages import Package
from labeling.importers.rows import LONGEST_KEY, row_of

NAME = "text"
TITLE = "text (.txt, .md), or a zip of texts"
SUFFIXES = (".txt", ".text", ".md")
WHOLE = (".md",)
"""Those whose lines are no items unless that is said."""
OBJECTS = re.compile(r"\s*\[?\s*\{")
LONGEST_NAME = 40
"""Of a column: what is longer in a first line is a text, and the file no table."""
MOST_EMPTY = 10_000
"""Empty lines that are told of at once."""


def recognises(head: bytes, suffix: str) -> int:
    """By its name only: a text may look like anything. One that is a table or JSON is left to others."""
    if suffix not in SUFFIXES:
        return 0
    encoding = "utf-16" if head[:2] in UTF16_BOMS else "utf-8-sig"
    text = head.decode(encoding, "replace").lstrip()
    if OBJECTS.match(text) or _is_table(text):
        return 1
    return 4 if text.startswith("[") else 2


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    return 5 if names and all(name.lower().endswith(SUFFIXES) for name in names) else 0


def _is_table(text: str) -> bool:
    """Whether each line has as many cells as the first one, whose cells could be names. The last may be cut off."""
    lines = text.splitlines()
    lines = [line for line in (lines[:-1] if len(lines) > 2 else lines) if line.strip()]
    if len(lines) < 2:
        return False
    delimiter = max(DELIMITERS, key=lines[0].count)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return False
    names = [name.strip() for name in rows[0]]
    if len(names) < 2 or len(set(names)) < len(names) or ", " in lines[0]:
        return False
    return all(0 < len(name) <= LONGEST_NAME for name in names) and all(len(row) == len(names) for row in rows)


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        whole = package.archive is not None or package.names[0].lower().endswith(WHOLE)
        if options.texts_as == "files" or (whole and options.texts_as != "lines"):
            yield from numbered(
                lambda start: ([_file(package, name)] for name in package.names[start:]),
                position=position, options=options,
            )  # fmt: skip
        elif package.archive is None:
            yield from _lines(stream, position, options)
        else:
            yield from _lines_of_all(package, package.archive, position)


def _file(package: Package, name: str) -> Entry:
    try:
        text = package.text(name)
    except BadFile as error:
        return Trouble(name, str(error).removeprefix(f"{name}: "), "file")
    if not text.strip():
        return Trouble(name, "the text is empty", "empty")
    if len(text) > package.options.max_line:
        return Trouble(name, f"longer than {package.options.max_line} bytes", "too_long")
    return Found({"text": text, "file": name}, key=name if len(name) <= LONGEST_KEY else "")


def _lines_of_all(package: Package, archive: ZipFile, position: Position) -> Iterator[Row | LineProblem]:
    start = position.get("file", 0)
    for n, name in enumerate(package.names[start:], start):
        after: Position = {"file": n + 1}
        if problem := entry_problem(package.entries[name], name, package.options):
            yield LineProblem(n + 1, after, name[:200], problem, "archive")
            continue
        within = position.get("within", {}) if n == start else {}
        try:
            with archive.open(package.entries[name]) as file:
                for each in _lines(cast(BinaryIO, file), within, package.options, name):
                    yield replace(each, position_after={"file": n, "within": each.position_after})
        except UNREADABLE as error:
            yield LineProblem(n + 1, after, name[:200], f"cannot be unpacked: {error}", "archive")
        except BadFile as error:
            yield LineProblem(n + 1, after, name[:200], str(error), "file")


def _lines(stream: BinaryIO, position: Position, options: ImportOptions, file: str = "") -> Iterator[Row | LineProblem]:
    before: Position = {"offset": position.get("offset", 0), "line": position.get("line", 0)}
    done = position.get("part", 0)
    reader = LineReader(stream, **before, longest=options.max_line, named=options.encoding)
    anything = bool(position)
    while (line := reader.next()) is not None:
        after: Position = {"offset": line.end, "line": line.number}
        if line.content is None:
            yield LineProblem(line.number, after, file[:200], f"longer than {options.max_line} bytes", "too_long")
        elif wrong := wrong_byte(line):
            yield LineProblem(line.number, after, file[:200], wrong, "encoding")
        elif texts := [text for text in line.content.decode().split("\r") if text.strip()]:
            for n, text in enumerate(texts[done:], done + 1):
                here = after if n == len(texts) else {**before, "part": n}
                yield _row(text.rstrip("\n"), file, line.number, here, options)
        elif (last := _last_empty(reader, line)) is not None:
            after = {"offset": last.end, "line": last.number}
            reason = "is empty" if last is line else f"is empty, as are all up to line {last.number}"
            yield LineProblem(line.number, after, file[:200], reason, "empty")
        else:
            break  # what is empty at the end is nothing
        before, done, anything = after, 0, True
    if not anything:
        raise BadFile("the file is empty")


def _last_empty(reader: LineReader, first: Line) -> Line | None:
    """The last one of the empty lines from here on; None where nothing comes after them."""
    last = first
    for _ in range(MOST_EMPTY):
        line = reader.next()
        if line is None:
            return None
        if line.content is None or line.content.strip():
            break
        last = line
    reader.go_to(offset=last.end, line=last.number)
    return last


def _row(text: str, file: str, line: int, after: Position, options: ImportOptions) -> Row | LineProblem:
    columns = {"text": text} | ({"file": file} if file else {})
    plain = replace(options, text_field="text", id_field="")
    return row_of(columns, line=line, position_after=after, options=plain)
