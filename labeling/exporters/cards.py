"""What the formats with a description of the whole share: facts in words, and a flat row of labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.exporters.base import opened
from labeling.exporters.snapshot import Snapshot
from labeling.types import registry
from labeling.types.base import Kind


def columns_of(snapshot: Snapshot) -> dict[str, Kind]:
    """The columns of ``rows_of``."""
    labels = registry.get(snapshot.about.type).export_columns(snapshot.about.config)
    columns: dict[str, Kind] = {"key": "str", "item": "json"}
    columns |= {"image": "str"} if _has_pictures(snapshot) else {"text": "str"}
    columns |= {f"label.{name}": kind for name, kind in labels.items()}
    columns |= {"confidence": "float", "agreement": "float", "answer_count": "int"}
    return columns | ({"answers": "json"} if snapshot.about.with_answers else {})


def rows_of(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """The result as its type's flat columns, the item as it is."""
    task_type = registry.get(snapshot.about.type)
    kinds = task_type.export_columns(snapshot.about.config)
    for record in snapshot.records():
        cells = task_type.export_row(record.answer, snapshot.config_of(record))
        yield {
            "key": record.key,
            "item": {name: value for name, value in record.data.items() if name != "text"},
            "text": record.data.get("text") if isinstance(record.data.get("text"), str) else None,
            "image": record.image.file if record.image else None,
            **{f"label.{name}": cell for name, cell in opened(cells, kinds).items()},
            "confidence": record.confidence,
            "agreement": record.agreement,
            "answer_count": record.answer_count,
            "answers": record.answers,
        }


def _has_pictures(snapshot: Snapshot) -> bool:
    first = next(snapshot.records(), None)
    return first is not None and first.image is not None


def sentences(snapshot: Snapshot) -> dict[str, str]:
    """How the labels were made, from facts only; what is not known is not said."""
    facts = snapshot.about.facts
    told: dict[str, str] = {}
    if facts.get("annotators"):
        hours = f", {facts['active_hours']} hours of active work" if facts.get("active_hours") else ""
        told["collection"] = f"{facts['answers']} answers by {facts['annotators']} annotators{hours}."
    if facts.get("overlap"):
        told["protocol"] = f"Each item was asked of {facts['overlap']} annotators, independently of each other."
    if facts.get("methods"):
        told["analysis"] = f"Answers were combined by: {', '.join(facts['methods'])}."
    if facts.get("agreement") is not None:
        told["agreement"] = f"Mean agreement of the answers to an item: {facts['agreement']:.3f}."
    if facts.get("machine_answers"):
        told["machines"] = f"{facts['machine_answers']} answers were given by models."
    if facts.get("checks"):
        told["quality"] = f"Annotators were measured by {facts['checks']} items with a known answer."
    if facts.get("end_use"):
        told["use"] = facts["end_use"]
    if facts.get("content_risks") or facts.get("content_note"):
        told["sensitive"] = "; ".join([*facts.get("content_risks", []), *filter(None, [facts.get("content_note")])])
    return told


def question_of(config: dict[str, Any]) -> str:
    return str(config.get("question") or config.get("title") or "")
