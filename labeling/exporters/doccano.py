"""doccano's JSON Lines: texts with labels of the whole, with spans (and their relations), or with other texts."""

from __future__ import annotations

from typing import Any

import orjson

from labeling.exporters.folders import Folder
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Record, Snapshot, note_common
from labeling.exporters.texts import ATTRIBUTES, note_more, spans_of, text_of

NAME = "doccano"
TITLE = "doccano (JSON Lines)"
SUFFIX = ".jsonl"
CONTENT_TYPE = "application/jsonl"
TYPES = frozenset({"choice", "multichoice", "tree", "spans", "writing"})
PATH = " / "
BRANCHES = "a branch of the tree is written as one name"
NO_TEXT = "doccano takes no item without a text: it is left out"
FIELDS = "doccano has no names for several texts: they are written one after another"


def build(snapshot: Snapshot, folder: Folder) -> None:
    with folder.open("data.jsonl") as file:
        for record in snapshot.records():
            if not text_of(record):
                snapshot.losses.note(record, "item.text", NO_TEXT)
                continue
            note_common(snapshot, record)
            more = {name: value for name, value in record.data.items() if name not in ("text", "label", "meta")}
            line: dict[str, Any] = {"id": record.key, "text": text_of(record), **_labels(snapshot, record)}
            if more:
                line["meta"] = more
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _labels(snapshot: Snapshot, record: Record) -> dict[str, Any]:
    answer, kind, note = record.answer, snapshot.about.type, Note(snapshot, record)
    if kind == "spans":
        return _spans(snapshot.config_of(record), record, note)
    if answer is None:
        return {"label": []}
    if kind == "choice":
        return {"label": [answer["option"]]}
    if kind == "multichoice":
        return {"label": answer["options"]}
    if kind == "tree":
        if any(len(path) > 1 for path in answer["paths"]):
            note("answer.paths", BRANCHES)
        return {"label": [PATH.join(path) for path in answer["paths"]]}
    if len(answer["fields"]) > 1:
        note("answer.fields", FIELDS)
    return {"label": [text for text in answer["fields"].values() if text]}


def _spans(config: dict[str, Any], record: Record, note: Note) -> dict[str, Any]:
    spans = spans_of(record)
    if not config["relations"]:
        note_more(note, spans)
        return {"label": [[span["start"], span["end"], span["label"]] for span in spans]}
    numbers = {span["id"]: n for n, span in enumerate(spans, 1)}
    links = (record.answer or {}).get("relationships", [])
    for n, span in enumerate(spans):
        if span.get("attributes"):
            note(f"answer.annotations[{n}].attributes", ATTRIBUTES)
    return {
        "entities": [
            {"id": n, "label": span["label"], "start_offset": span["start"], "end_offset": span["end"]}
            for n, span in enumerate(spans, 1)
        ],
        "relations": [
            {"id": n, "from_id": numbers[one["source_ref"]], "to_id": numbers[one["target_ref"]], "type": one["name"]}
            for n, one in enumerate(links, 1)
        ],
    }
