"""Label Studio: tasks.json with annotations, and config.xml, the labeling configuration they go with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from labeling.exporters.folders import Folder, Names
from labeling.exporters.label_studio_config import OwnNames, configuration, field_names, kinds_of_links
from labeling.exporters.label_studio_controls import RENAMED, Control, Controls
from labeling.exporters.label_studio_shapes import TAGS, Tell, entry, shape_regions
from labeling.exporters.pictures import file_name, note_without_picture, write_pictures
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import SHAPES, UNFINISHED, Record, Snapshot
from labeling.exporters.texts import text_of

NAME = "label_studio"
TITLE = "Label Studio (JSON, XML)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = SHAPES | {"choice", "multichoice", "tree", "spans", "writing"}
MARKED = SHAPES | {"spans"}
WITHOUT = ("format", "rle")
OWN_KEY = "a column of the item called key gives way to the item's own key"
MIXED = "Label Studio shows pictures or texts in one project, not both: this item's is among its data only"


def build(snapshot: Snapshot, folder: Folder) -> None:
    own = [tag.lower() for tag in TAGS.values()]
    controls = Controls(snapshot, own) if snapshot.about.type in MARKED else None
    taken = controls.names if controls else field_names(snapshot)
    writer = _Writer(snapshot, OwnNames.beside(taken, _shown(snapshot)), controls)
    folder.write("config.xml", configuration(snapshot, writer.own, controls).encode())
    count = 0
    with folder.open("tasks.json") as file:
        file.write(b"[")
        for record in snapshot.records():
            if (task := writer.task(record)) is not None:
                file.write(b",\n" if count else b"\n")
                file.write(orjson.dumps(task))
                count += 1
        file.write(b"\n]\n" if count else b"]\n")
    write_pictures(snapshot, folder)


def _shown(snapshot: Snapshot) -> str:
    first = next(snapshot.records(), None)
    return "image" if snapshot.about.type in SHAPES or (first and first.image) else "text"


class _Writer:
    def __init__(self, snapshot: Snapshot, own: OwnNames, controls: Controls | None) -> None:
        self.snapshot, self.own, self.controls = snapshot, own, controls
        self.names, self.kinds = Names(), kinds_of_links(snapshot)

    def task(self, record: Record) -> dict[str, Any] | None:
        """Where single answers were asked for, each is an annotation; the result comes first, as the ground truth."""
        note = Note(self.snapshot, record)
        if self.snapshot.about.type in SHAPES and note_without_picture(self.snapshot, record):
            return None
        if record.data.get("key", record.key) != record.key:
            note("item.key", OWN_KEY)
        if bool(record.image) != (self.own.kind == "image"):
            note("item", MIXED)
        data = {name: value for name, value in record.data.items() if name != "image"}
        if record.image:
            name = self.names.unique(file_name(record, with_files=self.snapshot.open_image is not None), record.task)
            data["image"] = f"images/{name.replace('%', '%25').replace('#', '%23')}"
        else:
            data["text"] = text_of(record)
        annotations = []
        if record.answer is None:
            note("answer", UNFINISHED)
        else:
            annotations.append(self._annotation(record, record.answer, note, 0) | {"ground_truth": True})
        for n, answer in enumerate(record.answers, 1):
            one = self._annotation(record, answer["value"], _silently, n) | {"ground_truth": False}
            annotations.append(one | {"meta": {"annotator": answer["annotator"]}})
        return {"id": record.task, "data": data | {"key": record.key}, "annotations": annotations, "predictions": []}

    def _annotation(self, record: Record, answer: dict[str, Any], note: Tell, n: int) -> dict[str, Any]:
        result = list(self._results(record, answer, note))
        return {"id": record.task * 1000 + n, "result": result, "was_cancelled": False}

    def _results(self, record: Record, answer: dict[str, Any], note: Tell) -> Iterator[dict[str, Any]]:
        kind = self.snapshot.about.type
        if kind in SHAPES:
            for n, shape in enumerate(answer["annotations"]):
                for region in shape_regions(shape, record, self.own.shown, note, f"answer.annotations[{n}]"):
                    yield region
                    if region["id"] == shape["uuid"]:
                        yield from self._asked_of(shape, region, note, f"answer.annotations[{n}].attributes")
            for name, value in (answer.get("global_attributes") or {}).items():
                if value not in (None, "", []):
                    control = self._control(None, name, note, "answer.global_attributes")
                    yield entry(f"g-{name}", control.tag.lower(), control.name, self.own.shown, control.value(value))
            for link in answer.get("links", []):
                yield self._relation(link["from"], link["to"], link["type"])
        elif kind == "spans":
            for n, span in enumerate(answer["annotations"]):
                place = {"start": span["start"], "end": span["end"], "text": span["text"], "labels": [span["label"]]}
                region = entry(span["id"], "labels", self.own.label, self.own.shown, place)
                yield region
                yield from self._asked_of(span, region, note, f"answer.annotations[{n}].attributes")
            for link in answer.get("relationships", []):
                yield self._relation(link["source_ref"], link["target_ref"], link["name"])
        else:
            yield from _of_whole(kind, answer, self.own.shown)

    def _asked_of(
        self, marked: dict[str, Any], region: dict[str, Any], note: Tell, path: str
    ) -> Iterator[dict[str, Any]]:
        """What was asked of a region, under its id and in its place. A mask is not written a second time."""
        place = {name: each for name, each in region["value"].items() if name not in WITHOUT and "labels" not in name}
        for name, value in (marked.get("attributes") or {}).items():
            control = self._control(marked["label"], name, note, path)
            given = {"type": control.tag.lower(), "from_name": control.name, "value": place | control.value(value)}
            yield region | given

    def _control(self, label: str | None, name: str, note: Tell, path: str) -> Control:
        assert self.controls is not None
        control = self.controls.of(label, name)
        if control.name != name:
            note(path, RENAMED)
        return control

    def _relation(self, source: str, target: str, name: str) -> dict[str, Any]:
        direction = "right" if self.kinds.get(name, {}).get("directed", True) else "bi"
        return {"type": "relation", "from_id": source, "to_id": target, "direction": direction, "labels": [name]}


def _silently(path: str, reason: str) -> None:
    """Losses of single answers: those of the result tell what kinds there are."""


def _of_whole(kind: str, answer: dict[str, Any], shown: str) -> Iterator[dict[str, Any]]:
    if kind == "choice":
        yield entry("c1", "choices", "choice", shown, {"choices": [answer["option"]]})
    elif kind == "multichoice" and answer["options"]:
        yield entry("c1", "choices", "choice", shown, {"choices": answer["options"]})
    elif kind == "tree" and answer["paths"]:
        yield entry("t1", "taxonomy", "choice", shown, {"taxonomy": answer["paths"]})
    elif kind == "writing":
        for name, text in answer["fields"].items():
            if text:
                yield entry(f"w-{name}", "textarea", name, shown, {"text": [text]})
