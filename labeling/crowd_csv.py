"""Reads ``worker,item,answer`` and ``item,truth`` files for the command lines of the core."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from labeling.errors import BadFile

ANSWERS = ("worker", "item", "answer")
TRUTH = ("item", "truth")
MOST_IN_A_CELL = 2**31 - 1
Value = TypeVar("Value")


def read_crowd_csv(path: Path) -> Iterator[tuple[str, str, str]]:
    """(worker, item, answer), row by row. Other columns are ignored; an empty cell, one too many and a quotation mark
    that nothing closes are errors.
    """
    return ((worker, item, answer) for _line, (worker, item, answer) in _read(path, ANSWERS))


def read_truth_csv(path: Path) -> Iterator[tuple[str, str]]:
    """(item, truth), each item once: BadFile for an item with two truths."""
    return ((item, truth) for _line, item, truth in truths_by_line(path))


def truths_by_line(path: Path) -> Iterator[tuple[int, str, str]]:
    """The same with the line each truth ends on."""
    seen: dict[str, tuple[str, int]] = {}
    for line, (item, truth) in _read(path, TRUTH):
        before, where = seen.setdefault(item, (truth, line))
        if before != truth:
            raise BadFile(f"{path.name}, line {line}: item {item!r} is {truth!r}, on line {where} it was {before!r}")
        if where == line:
            yield line, item, truth


def to_the_end_of_the_pipe(command: Callable[[], int]) -> int:
    """Run a command whose output somebody may stop reading, as ``| head`` does: that is no fault of anybody's."""
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it closes it
        return 0
    return code


def read_answers(path: Path, read: Callable[[str], Value]) -> dict[str, dict[str, Value]]:
    """{item: {worker: answer}}, each cell by ``read``, whose ValueError is told with line and column.

    Of two answers of one worker to one item the last counts.
    """
    found: dict[str, dict[str, Value]] = {}
    for line, (worker, item, cell) in _read(path, ANSWERS):
        found.setdefault(item, {})[worker] = _cell(path, line, "answer", cell, read)
    return found


def read_truths(path: Path, read: Callable[[str], Value]) -> dict[str, Value]:
    """{item: truth}, in the same way. BadFile for an item with two truths."""
    return {item: _cell(path, line, "truth", cell, read) for line, item, cell in truths_by_line(path)}


def _cell(path: Path, line: int, column: str, cell: str, read: Callable[[str], Value]) -> Value:
    try:
        return read(cell)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else error
        raise BadFile(f"{path.name}, line {line}, column {column!r}: {cell[:80]!r}: {reason}") from error


def _read(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MOST_IN_A_CELL)  # process-wide, the module has no other; its own would cut long transcripts
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            for column in columns:
                if column not in (reader.fieldnames or ()):
                    raise BadFile(_without(path, column, columns, reader.fieldnames or ()))
                if (reader.fieldnames or []).count(column) > 1:
                    raise BadFile(f"{path.name}: two columns are called {column!r}")
            for row in reader:
                where = f"{path.name}, line {reader.line_num}"
                if None in row:
                    width = len(reader.fieldnames or ())
                    raise BadFile(f"{where}: more cells than the {width} columns; a comma in a cell needs quotes")
                cells = [row[column] or "" for column in columns]
                if not all(cells):
                    named = f"{', '.join(columns[:-1])} and {columns[-1]}"
                    empty = next(column for column, cell in zip(columns, cells, strict=True) if not cell)
                    raise BadFile(f"{where}: {named} must not be empty; column {empty!r} is")
                yield reader.line_num, cells
        except UnicodeDecodeError as error:
            raise BadFile(f"{path.name}, line {_undecodable(path)}: not UTF-8") from error
        except csv.Error as error:
            reason = "a quotation mark in it is never closed" if "end of data" in str(error) else error
            raise BadFile(f"{path.name}, line {reader.line_num + 1}: {reason}") from error


def _without(path: Path, column: str, columns: Sequence[str], found: Sequence[str]) -> str:
    there = f"; it has {', '.join(map(repr, found))}"[:200] if found else "; it is empty"
    return f"{path.name}: no column {column!r}; needed: {', '.join(columns)}{there}"


def _undecodable(path: Path) -> int:
    """The first line that is no UTF-8. A file is decoded in blocks, so the reader itself is behind."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1
