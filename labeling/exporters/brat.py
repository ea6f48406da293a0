"""brat: for each item a text and a file of annotations beside it, and annotation.conf, which names their kinds."""

from __future__ import annotations

import re

from labeling.exporters.folders import Folder, Names, harmless
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Snapshot, note_common
from labeling.exporters.texts import BLANK, one_to_one, spans_of, text_of
from labeling.types.attributes import CHOOSING, option_values

NAME = "brat"
TITLE = "brat (standoff)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = frozenset({"spans"})
NAMES = "names of labels and links are written with _ for what brat does not allow"
VALUE = "an attribute's value is written with _ for spaces"
OTHER_KEY = "the key of an item is written otherwise, to be the name of a file"
NO_END = "a link to a span that has no place here has none either"
PARTS = re.compile(r"[^\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
"""What others part lines or columns at ends a part of a span."""


class _Named:
    """The names of all kinds as brat takes them: words without spaces or marks, no two alike."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.entities: dict[str, None] = {}
        self.relations: dict[str, None] = {}
        self.values: dict[str, dict[str, None]] = {}
        for config in snapshot.configs():
            for label in config["labels"]:
                self.entities.setdefault(label["value"])
                for one in label.get("attributes", []):
                    options = self.values.setdefault(one["name"], {})
                    options |= dict.fromkeys(option_values(one) if one["type"] in CHOOSING else [])
            self.relations |= dict.fromkeys(one["value"] for one in config["relations"])
        self.names = one_to_one([*self.entities, *self.relations, *self.values], _plain)
        self.words = {name: one_to_one(options, _word) for name, options in self.values.items()}

    def name(self, name: str, note: Note) -> str:
        if self.names[name] != name:
            note("answer", NAMES)
        return self.names[name]

    def word(self, name: str, value: object, note: Note) -> str:
        """A value of the attribute called ``name``."""
        word = self.words[name].get(str(value)) or _word(str(value))
        if word != str(value):
            note("answer", VALUE)
        return word

    def conf(self) -> str:
        attributes = (
            f"{self.names[name]}\tArg:<ENTITY>{', Value:' if words else ''}{'|'.join(words.values())}"
            for name, words in self.words.items()
        )
        relations = (f"{self.names[name]}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name in self.relations)
        parts = [
            "[entities]", *(self.names[name] for name in self.entities), "", "[relations]", *relations, "",
            "[events]", "", "[attributes]", *attributes, "",
        ]  # fmt: skip
        return "\n".join(parts)


def build(snapshot: Snapshot, folder: Folder) -> None:
    named, names = _Named(snapshot), Names()
    folder.write("annotation.conf", named.conf().encode())
    for record in snapshot.records():
        note_common(snapshot, record, carried=("text",))
        name = names.unique(harmless(record.key), record.task)
        if name != record.key:
            snapshot.losses.note(record, "item.key", OTHER_KEY)
        folder.write(f"{name}.txt", text_of(record).encode())
        folder.write(f"{name}.ann", _annotations(Note(snapshot, record), named).encode())


def _annotations(note: Note, named: _Named) -> str:
    lines: list[str] = []
    numbers: dict[str, str] = {}
    attributes = 0
    for n, span in enumerate(spans_of(note.record)):
        parts = _parts(span["start"], span["text"])
        if not parts:
            note(f"answer.annotations[{n}]", BLANK)
            continue
        numbers[span["id"]] = number = f"T{len(numbers) + 1}"
        places = ";".join(f"{start} {start + len(text)}" for start, text in parts)
        covered = " ".join(text for _, text in parts)
        lines.append(f"{number}\t{named.name(span['label'], note)} {places}\t{covered}\n")
        for name, value in (span.get("attributes") or {}).items():
            for each in value if isinstance(value, list) else [value]:
                if each is False:
                    continue
                attributes += 1
                words = "" if each is True else f" {named.word(name, each, note)}"
                lines.append(f"A{attributes}\t{named.name(name, note)} {number}{words}\n")
    count = 0
    for n, link in enumerate((note.record.answer or {}).get("relationships", [])):
        if not {link["source_ref"], link["target_ref"]} <= numbers.keys():
            note(f"answer.relationships[{n}]", NO_END)
            continue
        count += 1
        ends = f"Arg1:{numbers[link['source_ref']]} Arg2:{numbers[link['target_ref']]}"
        lines.append(f"R{count}\t{named.name(link['name'], note)} {ends}\n")
    return "".join(lines)


def _parts(start: int, text: str) -> list[tuple[int, str]]:
    """A span without its line ends and tabs: brat writes one over several lines as parts. None for white space."""
    found = [(start + part.start(), part.group()) for part in PARTS.finditer(text)]
    return [(at, part) for at, part in found if part.strip()]


def _plain(name: str) -> str:
    return re.sub(r"[^\w-]", "_", name)


def _word(value: str) -> str:
    return re.sub(r"[\s|,]+", "_", value)
