"""Parquet, zstd, in row groups of bounded size; the schema comes from the columns, not from the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from labeling.exporters.base import Columns, in_utc
from labeling.types.base import Kind

NAME = "parquet"
TITLE = "Parquet"
SUFFIX = ".parquet"
CONTENT_TYPE = "application/vnd.apache.parquet"
GROUP_ROWS = 5_000
GROUP_CHARACTERS = 32_000_000
TYPES: dict[Kind, pa.DataType] = {
    "str": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "json": pa.string(),
    "time": pa.timestamp("us", tz="UTC"),
}

pa.set_memory_pool(pa.system_memory_pool())  # the default one keeps tens of megabytes of what it was given once


def write(rows: Iterable[Mapping[str, Any]], file: BinaryIO, columns: Columns) -> int:
    schema = _schema(columns)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        count, characters = 0, 0
        group: list[list[Any]] = []
        for row in rows:
            cells = [_cell(row.get(name), kind) for name, kind in columns.items()]
            group.append(cells)
            count += 1
            characters += sum(len(cell) for cell in cells if isinstance(cell, str))
            if len(group) >= GROUP_ROWS or characters >= GROUP_CHARACTERS:
                _write_group(writer, group, schema)
                group, characters = [], 0
        if group:
            _write_group(writer, group, schema)
    return count


def join(parts: Iterable[BinaryIO], file: BinaryIO, columns: Columns) -> None:
    """Row group by row group; one thread, as each further one keeps memory of its own."""
    with pq.ParquetWriter(file, _schema(columns), compression="zstd") as writer:
        for part in parts:
            with part:
                groups = pq.ParquetFile(part, pre_buffer=False)
                for n in range(groups.num_row_groups):
                    writer.write_table(groups.read_row_group(n, use_threads=False))


def _schema(columns: Columns) -> pa.Schema:
    return pa.schema([pa.field(name, TYPES[kind]) for name, kind in columns.items()])


def _write_group(writer: pq.ParquetWriter, group: list[list[Any]], schema: pa.Schema) -> None:
    arrays = [pa.array([cells[n] for cells in group], type=field.type) for n, field in enumerate(schema)]
    writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=len(group))


def _cell(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind == "json":
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()
    if kind == "time":
        return in_utc(value)
    return str(value) if kind == "str" else value
