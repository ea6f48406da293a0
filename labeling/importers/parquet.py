"""Parquet. Position: rows before. Read in batches small enough that big texts fit.

A column of bytes with a path, as the Hugging Face Hub keeps pictures, is the items' picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from labeling.errors import BadFile, BadImage
from labeling.images import read_image
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, with_notes
from labeling.importers.own_rows import table_row
from labeling.importers.rows import USUAL_TEXT

NAME = "parquet"
TITLE = "Parquet"
SUFFIXES = (".parquet", ".pq")
MAGIC = b"PAR1"
BATCH_BYTES = 16_000_000
MOST_BATCH_ROWS = 1000
MOST_GROUP_BYTES = 4_000_000_000


def recognises(head: bytes, suffix: str) -> int:
    return 4 if head.startswith(MAGIC) else 3 if suffix in SUFFIXES else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    """Dates and times become ISO text, decimals text, NaN null (that is how data frames write a gap)."""
    stream.seek(0)
    try:
        file = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError) as error:
        raise BadFile(f"not a readable Parquet file: {error}") from error
    schema = file.schema_arrow
    picture = next((field.name for field in schema if _is_picture(field.type)), "")
    _check_schema(schema, options.text_field, picture)
    line, done = 0, position.get("row", 0)
    for group in range(file.num_row_groups):
        group_rows = file.metadata.row_group(group).num_rows
        if line + group_rows <= done:
            line += group_rows
            continue
        for batch in _batches(file, group, schema):
            if line + batch.num_rows <= done:
                line += batch.num_rows
                continue
            for n, columns in enumerate(batch.to_pylist(), line + 1):
                if n > done and not picture:
                    yield _row(columns, n, options)
                elif n > done:
                    before = {"row": n - 1} | (position if n == done + 1 else {})
                    yield from with_notes(_picture_row(columns, n, picture, options), before)
            line += batch.num_rows
    if not line:
        raise BadFile("the file has no rows")


def _row(columns: dict[str, Any], line: int, options: ImportOptions) -> Row | LineProblem:
    after: Position = {"row": line}
    text = columns.get(options.text_field)
    if text is not None and len(text.encode("utf-8", "replace")) > options.max_line:
        return LineProblem(line, after, options.text_field, f"longer than {options.max_line} bytes", "too_long")
    return table_row(_plain(columns), line=line, position_after=after, options=options)


def _picture_row(columns: dict[str, Any], line: int, column: str, options: ImportOptions) -> Row | LineProblem:
    """With the picture of the column; a row without one is one of text."""
    found = columns.pop(column) or {}
    if not found.get("bytes"):
        return _row(columns, line, options)
    try:
        image = read_image(found["bytes"], pixel_limit=options.pixel_limit)
    except BadImage as error:
        return LineProblem(line, {"row": line}, column, str(error), "image")
    name = PurePosixPath(str(found.get("path") or f"{column} {line}")).name
    row = _row({**columns, "file": name}, line, options)
    if isinstance(row, LineProblem):
        return row
    has_key = columns.get(options.id_field) not in (None, "")
    return replace(row, image=image, key=row.key if has_key else image.sha256[:32])


def _is_picture(kind: pa.DataType) -> bool:
    if not pa.types.is_struct(kind) or {field.name for field in kind} != {"bytes", "path"}:
        return False
    return pa.types.is_binary(kind.field("bytes").type) or pa.types.is_large_binary(kind.field("bytes").type)


def _batches(file: pq.ParquetFile, group: int, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    about = file.metadata.row_group(group)
    if about.total_byte_size > MOST_GROUP_BYTES:
        raise BadFile(f"row group {group + 1} has {about.total_byte_size} bytes; write smaller row groups")
    per_row = max(1, about.total_byte_size // max(1, about.num_rows))
    size = max(1, min(MOST_BATCH_ROWS, BATCH_BYTES // per_row))
    target = pa.schema([pa.field(each.name, _in_microseconds(each.type)) for each in schema])
    try:
        for batch in file.iter_batches(batch_size=size, row_groups=[group]):
            yield batch.cast(target, safe=False)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise BadFile(f"row group {group + 1} cannot be read: {error}") from error


def _check_schema(schema: pa.Schema, text_field: str, picture: str) -> None:
    if len(set(schema.names)) != len(schema.names):
        raise BadFile("two columns have the same name")
    if text_field not in schema.names and text_field != USUAL_TEXT:
        raise BadFile(f"no column {text_field!r}; the columns are: {', '.join(schema.names[:20])[:500]}")
    for field in schema:
        if field.name != picture and (refused := _refused(field.type)):
            raise BadFile(f"column {field.name!r} holds {refused}, which has no JSON form; leave it out or convert it")
    if text_field not in schema.names:
        return
    text = schema.field(text_field).type
    text = text.value_type if pa.types.is_dictionary(text) else text
    if not (pa.types.is_string(text) or pa.types.is_large_string(text) or pa.types.is_string_view(text)):
        raise BadFile(f"column {text_field!r} must hold strings, it holds {text}")


def _refused(kind: pa.DataType) -> str:
    """The part of a type that we do not read, or an empty string."""
    if pa.types.is_dictionary(kind):
        return _refused(kind.value_type)
    if pa.types.is_nested(kind):
        inner = [kind.field(n).type for n in range(kind.num_fields)]
        return next((f"{kind}" for each in inner if _refused(each)), "")
    known = (
        pa.types.is_null, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal,
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_date, pa.types.is_time,
        pa.types.is_timestamp, pa.types.is_duration,
    )  # fmt: skip
    return "" if any(test(kind) for test in known) else f"{kind}"


def _in_microseconds(kind: pa.DataType) -> pa.DataType:
    """Python's times have no nanoseconds; and one zone, so that no zone database is needed."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    if pa.types.is_time64(kind):
        return pa.time64("us")
    if pa.types.is_list(kind):
        return pa.list_(_in_microseconds(kind.value_type))
    if pa.types.is_large_list(kind):
        return pa.large_list(_in_microseconds(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _in_microseconds(field.type)) for field in kind])
    return pa.duration("us") if pa.types.is_duration(kind) else kind


def _plain(value: Any) -> Any:
    """The JSON form of a value."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Decimal) else value
