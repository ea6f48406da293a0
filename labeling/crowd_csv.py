"""Reads ``worker,item,answer`` files for the command lines of the core."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from labeling.errors import BadFile

COLUMNS = ("worker", "item", "answer")


def read_crowd_csv(path: Path) -> Iterator[tuple[str, str, str]]:
    """(worker, item, answer), line by line. Other columns are ignored; empty cells are errors."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            for column in COLUMNS:
                if column not in (reader.fieldnames or ()):
                    raise BadFile(f"{path.name}: no column {column!r}; needed: {', '.join(COLUMNS)}")
            for row in reader:
                worker, item, answer = (row[column] or "" for column in COLUMNS)
                if not (worker and item and answer):
                    raise BadFile(f"{path.name}, line {reader.line_num}: worker, item and answer must not be empty")
                yield worker, item, answer
        except UnicodeDecodeError as error:
            raise BadFile(f"{path.name}: not UTF-8 near line {reader.line_num + 1}") from error
        except csv.Error as error:
            raise BadFile(f"{path.name}, line {reader.line_num}: {error}") from error
