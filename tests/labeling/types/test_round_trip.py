"""An answer that an exporter wrote and an importer read is the same answer: as a suggestion, or given again."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling import exporters, importers
from labeling.types import registry
from tests.labeling.types.answers import ASKED
from tests.labeling.types.test_shape_properties import CONFIG as SHAPES
from tests.labeling.types.test_shape_properties import ITEM as PICTURE
from tests.labeling.types.test_shape_properties import shapes

every_format = pytest.mark.parametrize("format_name", ["jsonl", "csv", "parquet"])


def read_again(format_name: str, type_name: str, config: dict[str, Any], answers: list[Any]) -> list[dict[str, Any]]:
    """The data of the items that an export of these answers makes when it is uploaded."""
    kind, written = registry.get(type_name), exporters.get(format_name)
    flat = kind.export_columns(config)
    rows = [
        {"id": str(n), "text": "x", "hypothesis": answer, "answers": [{"value": answer}]}
        | {f"consensus.{name}": cell for name, cell in exporters.opened(kind.export_row(answer, config), flat).items()}
        for n, answer in enumerate(answers)
    ]
    columns: dict[str, Any] = {"id": "str", "text": "str", "hypothesis": "json", "answers": "json"}
    file = io.BytesIO()
    written.write(rows, file, columns | {f"consensus.{name}": column for name, column in flat.items()})
    read = list(importers.read(file, name=f"export{written.SUFFIX}"))
    assert [each.key for each in read if isinstance(each, importers.Row)] == [row["id"] for row in rows]
    return [each.data for each in read if isinstance(each, importers.Row)]


def value_of(cell: Any) -> Any:
    """As suggestions are read: JSON text where the file has nothing else."""
    return json.loads(cell) if isinstance(cell, str) else cell


def comes_back(format_name: str, type_name: str, config: dict[str, Any], item: Any, answers: list[Any]) -> None:
    kind = registry.get(type_name)
    flat = kind.export_columns(config)
    for data, answer in zip(read_again(format_name, type_name, config, answers), answers, strict=True):
        for found in (value_of(data["hypothesis"]), value_of(data["answers"])[0]["value"]):
            assert kind.clean_answer(found, config=config, item=item) == answer
        row = kind.export_row(answer, config)
        for name in (name for name, column in flat.items() if column == "json"):
            assert value_of(data[f"consensus.{name}"]) == json.loads(str(row[name])), name


@every_format
@pytest.mark.parametrize("type_name", ASKED)
@settings(max_examples=15)
@given(data=st.data())
def test_what_people_answered(type_name: str, format_name: str, data: st.DataObject) -> None:
    asked = ASKED[type_name]
    answers = data.draw(st.lists(asked.answers, min_size=1, max_size=4))
    config = registry.get(type_name).clean_config(asked.config)
    comes_back(format_name, type_name, config, asked.item, answers)


@every_format
@settings(max_examples=15)
@given(drawn=st.lists(st.lists(shapes(), max_size=4), min_size=1, max_size=3))
def test_what_people_drew(format_name: str, drawn: list[list[dict[str, Any]]]) -> None:
    kind = registry.get("image_annotation")
    answers = [kind.clean_answer({"annotations": each}, config=SHAPES, item=PICTURE) for each in drawn]
    comes_back(format_name, "image_annotation", SHAPES, PICTURE, answers)


@every_format
@pytest.mark.parametrize("type_name", registry.all())
def test_every_sample_of_every_type(type_name: str, format_name: str) -> None:
    kind = registry.get(type_name)
    for sample in kind.samples():
        config = kind.clean_config(sample["config"])
        comes_back(format_name, type_name, config, sample["item"], [sample["answer"]])
