"""Reads ``worker,item,answer`` and ``item,truth`` files for the command lines of the core."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from labeling.errors import BadFile

ANSWERS = ("worker", "item", "answer")
TRUTH = ("item", "truth")


def read_crowd_csv(path: Path) -> Iterator[tuple[str, str, str]]:
    """(worker, item, answer), line by line. Other columns are ignored; empty cells are errors."""
    return ((worker, item, answer) for worker, item, answer in _read(path, ANSWERS))


def read_truth_csv(path: Path) -> Iterator[tuple[str, str]]:
    """(item, truth), each item once: BadFile for an item with two truths."""
    seen: dict[str, str] = {}
    for item, truth in _read(path, TRUTH):
        if seen.setdefault(item, truth) != truth:
            raise BadFile(f"{path.name}: item {item!r} is {seen[item]!r} and {truth!r}")
        yield item, truth


def _read(path: Path, columns: Sequence[str]) -> Iterator[list[str]]:
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
                    raise BadFile(f"{path.name}, line {reader.line_num}: {named} must not be empty")
                yield cells
        except UnicodeDecodeError as error:
            raise BadFile(f"{path.name}: not UTF-8 near line {reader.line_num + 1}") from error
        except csv.Error as error:
            raise BadFile(f"{path.name}, line {reader.line_num}: {error}") from error
