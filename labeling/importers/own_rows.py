"""Rows of our own exports (JSONL, CSV, Parquet) as the items, labels and answers they were made of.

The columns of an item are taken back as they were; the result and the single answers are labels that came along. A
result whose columns do not say all of it, as that of a form, stays in its columns.
"""

from __future__ import annotations

from typing import Any

import orjson

from labeling.exporters.csv_rows import FORMULA_STARTS
from labeling.importers.base import ImportOptions, LineProblem, Position, Row
from labeling.importers.found import ANSWERED, KNOWN, SOMEBODY, SUGGESTED
from labeling.importers.rows import LONGEST_KEY, row_of

MARKS = ("task_id", "item_id", "item_key", "answer_count", "schema_version")
ITEM, RESULT = "item.", "consensus."
COUNTS = ("objects", "spans", "best", "score", "path")
"""Columns of a result that are worked out from the others."""


def table_row(
    columns: dict[str, Any], *, line: int, position_after: Position, options: ImportOptions, raw: bytes = b""
) -> Row | LineProblem:
    """The row of a table: of an export of ours what it was, of any other its columns as they are."""
    key = ""
    if all(name in columns for name in MARKS):
        key, columns = _read(columns, options)
    return row_of(columns, line=line, position_after=position_after, options=options, raw=raw, key=key[:LONGEST_KEY])


def _read(columns: dict[str, Any], options: ImportOptions) -> tuple[str, dict[str, Any]]:
    """The item's key, and its columns with the labels as they are to be taken."""
    data = {name.removeprefix(ITEM): _plain(value) for name, value in columns.items() if name.startswith(ITEM)}
    given = _parsed(columns.get("item"))
    data |= given if isinstance(given, dict) else {}
    cells = {name.removeprefix(RESULT): value for name, value in columns.items() if name.startswith(RESULT)}
    result = _result(cells)
    if result is None:
        data |= {f"{RESULT}{name}": value for name, value in cells.items() if value not in (None, "")}
    suggestion = _parsed(columns.get("suggestion"))
    if isinstance(suggestion, dict):
        data[SUGGESTED] = suggestion
    if options.labels_as in ("known", "suggestion"):
        data |= {KNOWN if options.labels_as == "known" else SUGGESTED: result} if result else {}
    elif options.labels_as == "answers" and (answers := _answers(columns, result)):
        data[ANSWERED] = answers
    return str(columns["item_key"]), data


def _answers(columns: dict[str, Any], result: dict[str, Any] | None) -> list[dict[str, Any]]:
    listed = _parsed(columns.get("answers"))
    told = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    found = [{"worker": str(each.get("annotator")), "answer": each.get("value")} for each in told]
    return found or ([{"worker": SOMEBODY, "answer": result}] if result else [])


def _result(cells: dict[str, Any]) -> dict[str, Any] | None:
    """The answer in the columns, where they are those of a type whose answers they say as a whole."""
    there = {name: _parsed(value) for name, value in cells.items() if name not in COUNTS}
    there = {name: value for name, value in there.items() if value not in (None, "")}
    if set(there) in ({"option"}, {"response"}, {"paths"}):
        return {name: value if name == "paths" else _plain(cells[name]) for name, value in there.items()}
    if isinstance(there.get("annotations"), list):
        shapes = [_without_corners(each) for each in there["annotations"]]
        return {**there, "annotations": shapes} if all(isinstance(v, list | dict) for v in there.values()) else None
    for group in ("options", "fields"):
        if cells and there and all(name.startswith(f"{group}.") for name in cells):
            named = {name.removeprefix(f"{group}."): value for name, value in cells.items()}
            if group == "fields":
                return {"fields": {name: _plain(value) or "" for name, value in named.items()}}
            return {"options": [name for name, value in named.items() if value in (True, "true")]}
    return None


def _without_corners(shape: Any) -> Any:
    """A turned box is exported with its corners, too."""
    if isinstance(shape, dict) and shape.get("type") == "box":
        return {name: value for name, value in shape.items() if name != "vertices"}
    return shape


def _parsed(value: Any) -> Any:
    """A cell of CSV or Parquet that holds JSON."""
    text = value.strip() if isinstance(value, str) else ""
    if text[:1] not in ("{", "["):
        return value
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return value


def _plain(value: Any) -> Any:
    """Without the apostrophe that keeps a spreadsheet from running a cell."""
    is_kept = isinstance(value, str) and value.startswith("'") and value[1:].startswith(FORMULA_STARTS)
    return value[1:] if is_kept else value
