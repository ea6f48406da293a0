"""Export, import, export again."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from labeling import importers
from labeling.exporters.snapshot import Image, Record
from labeling.importers import ImportOptions, LineProblem, Row
from labeling.importers.found import ANSWERED, KNOWN, SUGGESTED
from labeling.types import registry
from tests.formats.making import Made, export


def rows_of(content: bytes, name: str, format: str = "", **options: Any) -> list[Row | LineProblem]:
    """What the importer found by the content gives; ``format`` is the one expected."""
    stream = io.BytesIO(content)
    found = importers.sniff(stream, name)
    assert found == (format or found)
    return list(importers.get(found).read(stream, position={}, options=ImportOptions(file_name=name, **options)))


def troubles(rows: list[Row | LineProblem]) -> list[tuple[str, str]]:
    return [(each.field, each.reason) for each in rows if isinstance(each, LineProblem)]


def items(rows: list[Row | LineProblem]) -> list[Row]:
    return [each for each in rows if isinstance(each, Row)]


def schema_of(content: bytes, name: str) -> Any:
    stream = io.BytesIO(content)
    return importers.schema_of(stream, name=name, format=importers.sniff(stream, name))


def records_of(rows: list[Row | LineProblem]) -> list[Record]:
    """The items with their labels as results, as a project of the file's own schema would have them."""
    found = []
    for n, row in enumerate(items(rows), 1):
        data = {name: value for name, value in row.data.items() if name not in (SUGGESTED, KNOWN, ANSWERED)}
        image = None
        if row.image:
            file = data.pop("file")
            image = Image(file, row.image.width, row.image.height, row.image.format)
            data["image"] = file
        found.append(
            Record(task=n, item=n, key=row.key, data=data, image=image, answer=row.data.get(SUGGESTED), answers=[])
        )
    return found


def again(made: Made, name: str, format: str, exporter: str, *, pictures: bool = False) -> Made:
    """The same export of what the importer made of an export, under the schema that it found."""
    rows = rows_of(made.content, name, format)
    assert troubles(rows) == []
    schema = schema_of(made.content, name)
    task_type = registry.get(schema.type)
    config = task_type.clean_config(schema.config)
    records = []
    for record in records_of(rows):
        size = {"image": {"width": record.image.width, "height": record.image.height}} if record.image else {}
        answer = record.answer and task_type.clean_answer(record.answer, config=config, item=record.data | size)
        records.append(replace(record, answer=answer))
    return export(exporter, schema.type, schema.config, records, pictures=pictures)


def resumes_anywhere(content: bytes, name: str) -> bool:
    """A new reader that goes on after any row gives the rest."""
    whole = rows_of(content, name)
    reader = importers.get(importers.sniff(io.BytesIO(content), name))
    for n, each in enumerate(whole, 1):
        options = ImportOptions(file_name=name)
        if list(reader.read(io.BytesIO(content), position=each.position_after, options=options)) != whole[n:]:
            return False
    return True


def fits(content: bytes, name: str) -> str:
    """The type that the file suggests, whose schema takes every answer in it."""
    schema = schema_of(content, name)
    task_type = registry.get(schema.type)
    config = task_type.clean_config(schema.config)
    for row in items(rows_of(content, name)):
        size = {"image": {"width": row.image.width, "height": row.image.height}} if row.image else {}
        given = [each["answer"] for each in row.data.get("worker_answers", [])]
        given += [row.data[column] for column in ("hypothesis", "known_answer") if column in row.data]
        for answer in given:
            task_type.clean_answer(answer, config=config, item=row.data | size)
    return schema.type
