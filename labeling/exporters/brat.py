"""brat: for each item a text and a file of annotations beside it, and annotation.conf, which names their kinds."""

from __future__ import annotations

import re

from labeling.exporters.folders import Folder, Names, harmless
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Snapshot, note_common
from labeling.exporters.texts import spans_of, text_of

NAME = "brat"
TITLE = "brat (standoff)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = frozenset({"spans"})
NAMES = "names of labels and links are written with _ for what brat does not allow"
VALUE = "an attribute's value is written with _ for spaces"


def build(snapshot: Snapshot, folder: Folder) -> None:
    folder.write("annotation.conf", _conf(snapshot).encode())
    names = Names()
    for record in snapshot.records():
        note_common(snapshot, record)
        name = names.unique(harmless(record.key), record.task)
        folder.write(f"{name}.txt", text_of(record).encode())
        folder.write(f"{name}.ann", _annotations(Note(snapshot, record)).encode())


def _annotations(note: Note) -> str:
    lines: list[str] = []
    numbers: dict[str, str] = {}
    attributes = 0
    for n, span in enumerate(spans_of(note.record), 1):
        numbers[span["id"]] = f"T{n}"
        parts = _parts(span["start"], span["text"])
        places = ";".join(f"{start} {start + len(text)}" for start, text in parts)
        covered = " ".join(text for _, text in parts)
        lines.append(f"T{n}\t{_plain(span['label'], note)} {places}\t{covered}\n")
        for name, value in (span.get("attributes") or {}).items():
            for each in value if isinstance(value, list) else [value]:
                if each is False:
                    continue
                attributes += 1
                words = "" if each is True else f" {_value(each, note)}"
                lines.append(f"A{attributes}\t{_plain(name, note)} T{n}{words}\n")
    for n, link in enumerate((note.record.answer or {}).get("relationships", []), 1):
        ends = f"Arg1:{numbers[link['source_ref']]} Arg2:{numbers[link['target_ref']]}"
        lines.append(f"R{n}\t{_plain(link['name'], note)} {ends}\n")
    return "".join(lines)


def _parts(start: int, text: str) -> list[tuple[int, str]]:
    """A span without its line ends: brat writes one over several lines as parts."""
    found = [(start + part.start(), part.group()) for part in re.finditer(r"[^\r\n]+", text)]
    return found or [(start, text)]


def _plain(name: str, note: Note) -> str:
    plain = re.sub(r"[^\w-]", "_", name)
    if plain != name:
        note("answer", NAMES)
    return plain


def _value(value: object, note: Note) -> str:
    plain = re.sub(r"\s+", "_", str(value))
    if plain != str(value):
        note("answer", VALUE)
    return plain


def _conf(snapshot: Snapshot) -> str:
    entities: dict[str, None] = {}
    relations: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for config in snapshot.configs():
        for label in config["labels"]:
            entities[re.sub(r"[^\w-]", "_", label["value"])] = None
            for one in label.get("attributes", []):
                options = [re.sub(r"\s+", "_", option["value"]) for option in one.get("options", [])]
                values = f", Value:{'|'.join(options)}" if options else ""
                attributes[re.sub(r"[^\w-]", "_", one["name"])] = f"Arg:<ENTITY>{values}"
        for relation in config["relations"]:
            relations[re.sub(r"[^\w-]", "_", relation["value"])] = "Arg1:<ENTITY>, Arg2:<ENTITY>"
    parts = [
        "[entities]", *entities, "", "[relations]", *(f"{name}\t{ends}" for name, ends in relations.items()), "",
        "[events]", "", "[attributes]", *(f"{name}\t{values}" for name, values in attributes.items()), "",
    ]  # fmt: skip
    return "\n".join(parts)
