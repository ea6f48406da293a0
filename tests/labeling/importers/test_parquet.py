from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.errors import BadFile
from labeling.importers import Row
from tests.labeling.importers.reading import everything, problems, resumed_everywhere, texts


def table(columns: dict[str, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def test_reading_on_from_any_row_gives_what_one_pass_gives() -> None:
    content = table({"text": ["a", "b", None, "d", " ", "f", "g"], "n": range(7)}, row_group_size=3)
    assert len(everything(content, "x.parquet")) == 7
    for expected, resumed in resumed_everywhere(content, "x.parquet"):
        assert resumed == expected


def test_values_take_their_json_form() -> None:
    columns = {
        "text": ["a"],
        "day": [date(2026, 1, 2)],
        "at": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)], pa.timestamp("ns", tz="Asia/Tokyo")),
        "local": pa.array([datetime(2026, 1, 2, 3)], pa.timestamp("ns")),
        "price": [Decimal("1.50")],
        "took": [timedelta(seconds=90)],
        "tags": [["x", "y"]],
        "who": [{"name": "ann", "score": float("nan")}],
        "gap": [float("nan")],
        "kind": pa.array(["k"]).dictionary_encode(),
    }
    row = everything(table(columns), "x.parquet")[0]
    assert isinstance(row, Row)
    assert row.data == {
        "text": "a",
        "day": "2026-01-02",
        "at": "2026-01-02T03:04:05+00:00",
        "local": "2026-01-02T03:00:00",
        "price": "1.50",
        "took": 90.0,
        "tags": ["x", "y"],
        "who": {"name": "ann", "score": None},
        "gap": None,
        "kind": "k",
    }


def test_bad_rows_are_told_by_field() -> None:
    content = table({"text": ["a", None, "x" * 50, "d\x00"], "n": [float("inf"), 1.0, 1.0, 1.0]})
    assert problems(content, "x.parquet", max_line=20) == [
        (1, "n", "inf is not a number that JSON can hold"),
        (2, "text", "must be a string, is null"),
        (3, "text", "longer than 20 bytes"),
        (4, "text", "contains a NUL character"),
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": [1]}, "column 'text' must hold strings, it holds int64"),
        ({"text": ["a"], "raw": [b"x"]}, "column 'raw' holds binary"),
        ({"text": pa.array([], pa.string())}, "the file has no rows"),
    ],
)
def test_a_table_of_no_use_is_bad(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(BadFile, match=message):
        everything(table(columns), "x.parquet")


def test_a_table_without_a_text_gives_items_of_its_other_columns() -> None:
    content = table({"prompt": ["Hi"], "responses": [["a", "b"]]})
    assert [getattr(row, "data", "refused") for row in everything(content, "x.parquet")] == [
        {"prompt": "Hi", "responses": ["a", "b"]}
    ]
    with pytest.raises(BadFile, match="no column 'body'; the columns are: prompt, responses"):
        everything(content, "x.parquet", text_field="body")


def test_a_truncated_or_damaged_file_is_bad() -> None:
    content = table({"text": [f"text {n}" for n in range(1000)]})
    with pytest.raises(BadFile, match="not a readable Parquet file"):
        everything(content[: len(content) // 2], "x.parquet")
    damaged = content[:100] + b"\xff" * 200 + content[300:]
    with pytest.raises(BadFile, match="row group 1 cannot be read"):
        everything(damaged, "x.parquet")


def test_another_column_can_be_the_text() -> None:
    assert texts(table({"body": ["a", "b"]}), "x.parquet", text_field="body") == ["a", "b"]
