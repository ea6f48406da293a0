"""Reads ``worker,item,answer`` and ``item,truth`` files for the command lines of the core."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from labeling.errors import BadFile

ANSWERS = ("worker", "item", "answer")
TRUTH = ("item", "truth")
Value = TypeVar("Value")


def read_crowd_csv(path: Path) -> Iterator[tuple[str, str, str]]:
    """(worker, item, answer), line by line. Other columns are ignored; empty cells are errors."""
    return ((worker, item, answer) for _line, (worker, item, answer) in _read(path, ANSWERS))


def read_truth_csv(path: Path) -> Iterator[tuple[str, str]]:
    """(item, truth), each item once: BadFile for an item with two truths."""
    seen: dict[str, str] = {}
    for _line, (item, truth) in _read(path, TRUTH):
        if seen.setdefault(item, truth) != truth:
            raise BadFile(f"{path.name}: item {item!r} is {seen[item]!r} and {truth!r}")
        yield item, truth


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
    return {item: _cell(path, None, "truth", cell, read) for item, cell in read_truth_csv(path)}


def _cell(path: Path, line: int | None, column: str, cell: str, read: Callable[[str], Value]) -> Value:
    try:
        return read(cell)
    except ValueError as error:
        where = f"{path.name}, line {line}" if line else path.name
        raise BadFile(f"{where}, column {column!r}: {cell[:80]!r}: {error}") from error


def _read(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            for column in columns:
                if column not in (reader.fieldnames or ()):
                    raise BadFile(f"{path.name}: no column {column!r}; needed: {', '.join(columns)}")
            for row in reader:
                cells = [row[column] or "" for column in columns]
                if not all(cells):
                    named = f"{', '.join(columns[:-1])} and {columns[-1]}"
                    empty = next(column for column, cell in zip(columns, cells, strict=True) if not cell)
                    where = f"{path.name}, line {reader.line_num}"
                    raise BadFile(f"{where}: {named} must not be empty; column {empty!r} is")
                yield reader.line_num, cells
        except UnicodeDecodeError as error:
            raise BadFile(f"{path.name}: not UTF-8 near line {reader.line_num + 1}") from error
        except csv.Error as error:
            raise BadFile(f"{path.name}, line {reader.line_num}: {error}") from error
