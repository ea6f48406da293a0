"""CSV with a header line. Position: byte offset and lines before it; the header is read again on the way back.

The csv module pulls one physical line at a time and never ahead, so the bytes of the lines it pulled
are exactly those of the record, quoted newlines and all.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from labeling.errors import BadFile, GroundworkError
from labeling.importers import encodings
from labeling.importers.base import ImportOptions, LineProblem, Position, Row
from labeling.importers.lines import LineReader
from labeling.importers.own_rows import table_row
from labeling.importers.rows import USUAL_TEXT

NAME = "csv"
TITLE = "CSV"
SUFFIXES = (".csv", ".tsv")
DELIMITERS = ",;\t|"
MOST_COLUMNS = 2000
TOLD = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
"""A first line that tells the separator, as spreadsheets write it."""
LONE = "a carriage return outside quotes, and no line end after it"
REREAD = 20
"""A record that never ends is given up and its second line tried as the next record. This many times
``max_line`` bytes may be read again so; then reading goes on where it stopped, or a hostile file
would be read for ever."""

csv.field_size_limit(2**31 - 1)  # process-wide, the module has no other; our own limit is max_line


class BadRecord(GroundworkError):
    """A record that cannot be cut into fields."""


def recognises(head: bytes, suffix: str) -> int:
    if suffix in SUFFIXES:
        return 3
    return 1 if b"\x00" not in head and any(mark.encode() in head for mark in DELIMITERS) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    """Every value stays a string. Blank lines are passed over."""
    lines = LineReader(stream, offset=0, line=0, longest=options.max_line, named=options.encoding)
    header, delimiter = _read_header(lines, options)
    if "offset" in position:
        lines.go_to(offset=position["offset"], line=position["line"])
    reread = position.get("reread", 0)
    anything = bool(position)
    while True:
        record = _Record(lines, delimiter)
        try:
            fields = record.fields()
        except BadRecord as error:
            if record.spans_lines and reread < REREAD * options.max_line:
                reread += lines.offset - record.second_line
                lines.go_to(offset=record.second_line, line=record.first)
            anything = True
            yield LineProblem(record.first, _position(lines, reread), "", str(error), "csv")
            continue
        if fields is None:
            if not anything:
                raise BadFile("the file has a header and no rows")
            return
        after = _position(lines, reread)
        anything = anything or bool(fields)
        if problem := record.wrong_byte or _count_problem(fields, header):
            yield LineProblem(record.first, after, "", problem, "encoding" if record.wrong_byte else "csv")
        elif fields:
            columns = dict(zip(header, fields, strict=True))
            yield table_row(columns, line=record.first, position_after=after, options=options)


class _Record:
    """One record: the lines the csv module pulls, decoded so that a wrong byte does not shift the next record."""

    def __init__(self, lines: LineReader, delimiter: str) -> None:
        self.lines = lines
        self.delimiter = delimiter
        self.first = lines.line + 1
        self.second_line = 0
        self.pulled = 0
        self.size = 0
        self.wrong_byte = ""

    @property
    def spans_lines(self) -> bool:
        return self.pulled > 1

    def fields(self) -> list[str] | None:
        """The fields; an empty list for a blank line, None at the end of the file."""
        try:
            return next(csv.reader(self, delimiter=self.delimiter, strict=True), None)
        except csv.Error as error:
            said = str(error)
            reason = "a quoted field is never closed" if "end of data" in said else LONE if "new-line" in said else said
            raise BadRecord(f"not CSV: {reason}") from error

    def __iter__(self) -> _Record:
        return self

    def __next__(self) -> str:
        line = self.lines.next()
        if line is None:
            raise StopIteration
        self.pulled += 1
        if self.pulled == 1:
            self.second_line = line.end
        self.size += len(line.content or b"")
        if line.content is None or self.size > self.lines.longest + 2:
            what = "the record, or a quote that is never closed, is" if self.spans_lines else "the line is"
            raise BadRecord(f"{what} longer than {self.lines.longest} bytes")
        self.wrong_byte = self.wrong_byte or line.wrong
        return self._decode(line.content, line.number)

    def _decode(self, content: bytes, number: int) -> str:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            place = encodings.place_of(error.start, number)
            self.wrong_byte = self.wrong_byte or encodings.wrong_byte(content, error.start, place)
            return content.decode("utf-8", "surrogateescape")


def _position(lines: LineReader, reread: int) -> Position:
    position: Position = {"offset": lines.offset, "line": lines.line}
    return {**position, "reread": reread} if reread else position


def _read_header(lines: LineReader, options: ImportOptions) -> tuple[list[str], str]:
    while True:
        start = (lines.offset, lines.line)
        line = lines.next()
        if line is None:
            raise BadFile("the file is empty")
        if line.content is None or line.content.strip():
            break
    text = (line.content or b"").decode("utf-8", "replace")
    if told := TOLD.fullmatch(text):
        delimiter = told[1]
    else:
        delimiter = max(DELIMITERS, key=text.count)
        lines.go_to(offset=start[0], line=start[1])
    record = _Record(lines, delimiter)
    try:
        fields = record.fields() or []
    except BadRecord as error:
        raise BadFile(f"header: {error}") from error
    if record.wrong_byte:
        raise BadFile(f"header: {record.wrong_byte}")
    return _checked_names(fields, options.text_field), delimiter


def _checked_names(fields: list[str], text_field: str) -> list[str]:
    names = [name.strip() or f"column_{n}" for n, name in enumerate(fields, 1)]
    if len(names) > MOST_COLUMNS:
        raise BadFile(f"header: {len(names)} columns; at most {MOST_COLUMNS}")
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise BadFile(f"header: two columns are called {repeated[0]!r}")
    if text_field not in names and text_field != USUAL_TEXT:
        shown = ", ".join(names[:20])[:500]
        raise BadFile(f"no column {text_field!r} in the header; its columns: {shown}")
    return names


def _count_problem(fields: list[str], header: list[str]) -> str:
    if not fields or len(fields) == len(header):
        return ""
    return f"the number of fields is {len(fields)}; the header has {len(header)}"
