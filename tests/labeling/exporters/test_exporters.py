from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from labeling import exporters
from labeling.errors import GroundworkError
from labeling.exporters import Columns, csv_rows, parquet

COLUMNS: Columns = {"item": "str", "n": "int", "sure": "float", "gold": "bool", "data": "json", "at": "time"}
TOKYO = timezone(timedelta(hours=9))
ROWS: list[dict[str, Any]] = [
    {
        "item": '日本, "q"\nnext',
        "n": -1,
        "sure": 0.5,
        "gold": True,
        "data": {"b": [1], "a": None},
        "at": datetime(2026, 1, 2, 12, tzinfo=TOKYO),
        "not a column": 1,
    },
    {"item": "second"},
]
every_exporter = pytest.mark.parametrize(
    "name", [name for name, one in exporters.exporters().items() if exporters.of_rows(one)]
)


def written(name: str, rows: list[dict[str, Any]], columns: Columns = COLUMNS) -> bytes:
    out = io.BytesIO()
    exporter = exporters.get(name)
    assert exporters.of_rows(exporter)
    assert exporter.write(iter(rows), out, columns) == len(rows)
    return out.getvalue()


@every_exporter
def test_the_same_rows_give_the_same_bytes(name: str) -> None:
    assert written(name, ROWS * 50) == written(name, ROWS * 50)


@every_exporter
def test_no_rows_give_a_valid_file(name: str) -> None:
    assert written(name, []) == written(name, [])


def test_json_lines_keep_values_and_only_the_columns() -> None:
    first, second = map(orjson.loads, written("jsonl", ROWS).splitlines())
    assert list(first) == list(COLUMNS)
    assert first["data"] == {"b": [1], "a": None}
    assert first["at"] == "2026-01-02T03:00:00Z"
    assert second == {"item": "second", "n": None, "sure": None, "gold": None, "data": None, "at": None}


def test_csv_is_read_back_by_the_csv_module() -> None:
    first, second = csv.DictReader(io.StringIO(written("csv", ROWS).decode(), newline=""))
    assert first == {
        "item": '日本, "q"\nnext',
        "n": "-1",
        "sure": "0.5",
        "gold": "true",
        "data": '{"a":null,"b":[1]}',
        "at": "2026-01-02T03:00:00Z",
    }
    assert set(second.values()) == {"second", ""}


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "\rx", "-1+1", "+", "-", "=", "＝1"]
)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    rows = list(csv.reader(io.StringIO(written("csv", [{text: text}], {text: "str"}).decode(), newline="")))
    assert rows == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize("text", ["-1", "+1", "-1.5", "-1e9", "a=b", "1-2", ""])
def test_plain_numbers_and_plain_text_stay(text: str) -> None:
    assert csv_rows.formula_safe(text) == text


def test_parquet_has_the_columns_kinds_and_zstd() -> None:
    file = pq.ParquetFile(io.BytesIO(written("parquet", ROWS)))
    kinds = {field.name: str(field.type) for field in file.schema_arrow}
    assert kinds == {
        "item": "string",
        "n": "int64",
        "sure": "double",
        "gold": "bool",
        "data": "string",
        "at": "timestamp[us, tz=UTC]",
    }
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    first, second = file.read().to_pylist()
    assert first["at"] == datetime(2026, 1, 2, 3, tzinfo=UTC)
    assert first["data"] == '{"a":null,"b":[1]}'
    assert second["n"] is None


def test_parquet_is_streamed_in_row_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 10)
    by_count = pq.ParquetFile(io.BytesIO(written("parquet", ROWS * 12)))
    assert [by_count.metadata.row_group(n).num_rows for n in range(by_count.num_row_groups)] == [10, 10, 4]
    monkeypatch.setattr(parquet, "GROUP_CHARACTERS", 100)
    by_size = pq.ParquetFile(io.BytesIO(written("parquet", [{"item": "x" * 60}] * 6)))
    assert by_size.num_row_groups == 3


def test_an_unknown_format_is_named_with_the_known_ones() -> None:
    with pytest.raises(GroundworkError, match="known: csv, jsonl, parquet"):
        exporters.get("xls")
