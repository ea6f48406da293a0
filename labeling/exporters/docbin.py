"""spaCy's DocBin: words with entities, overlapping spans in a group, and categories; written without spaCy.

A DocBin is packed as a whole, so there is one for each thousand items; spaCy reads a folder of them as it reads one.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from labeling.exporters.folders import Folder
from labeling.exporters.msgpack import pack
from labeling.exporters.murmur import hash_of
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import NO_KEY, Record, Snapshot, note_common
from labeling.exporters.texts import BLANK, Token, note_more, spans_of, text_of, tokens_of

NAME = "spacy"
TITLE = "spaCy (DocBin)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = frozenset({"spans", "choice", "multichoice"})
DOCS = 1000
ORTH, ENT_IOB, ENT_TYPE = 65, 77, 78
INSIDE, OUTSIDE, BEGIN = 1, 2, 3
GROUP = "sc"
"""Where spaCy's span categorizer looks."""
IN_GROUP = "spans that overlap are in the group of spans, not among the entities"


def build(snapshot: Snapshot, folder: Folder) -> None:
    records, number = snapshot.records(), 0
    while (batch := list(islice(records, DOCS))) or not number:
        number += 1
        folder.write(f"data-{number:05}.spacy", _bin(snapshot, batch))


def _bin(snapshot: Snapshot, records: list[Record]) -> bytes:
    strings: set[str] = {""}
    tokens, spaces, lengths = bytearray(), bytearray(), bytearray()
    cats: list[dict[str, float]] = []
    groups: list[bytes] = []
    for record in records:
        note_common(snapshot, record, carried=("text",))
        note = Note(snapshot, record)
        note("item.key", NO_KEY)
        spans = spans_of(record) if snapshot.about.type == "spans" else []
        note_more(note, spans)
        words = list(_words(text_of(record), spans))
        tags = _tags(words, spans, note)
        for (_, text, space), (iob, label) in zip(words, tags, strict=True):
            strings |= {text, label}
            tokens += struct.pack("<3Q", _number(text), iob, _number(label))
            spaces.append(space)
        lengths += struct.pack("<i", len(words))
        cats.append(_cats(snapshot, record))
        groups.append(_group(words, spans, strings))
    message = {
        "version": "0.1", "attrs": [ORTH, ENT_IOB, ENT_TYPE], "tokens": bytes(tokens), "spaces": bytes(spaces),
        "lengths": bytes(lengths), "strings": sorted(strings), "cats": cats,
        "flags": [{"has_unknown_spaces": False}] * len(records), "span_groups": groups,
    }  # fmt: skip
    return zlib.compress(pack(message))


Word = tuple[Token, str, bool]


def _words(text: str, spans: list[dict[str, Any]]) -> Iterator[Word]:
    """Each with whether one space follows. All other white space is a word, as in spaCy's own texts."""
    at = 0
    ready: list[tuple[Token, str]] = []
    for token in tokens_of(text, spans):
        _spacing(text, at, token.start, ready)
        ready.append((token, text[token.start : token.end]))
        at = token.end
    _spacing(text, at, len(text), ready)
    for n, (token, word) in enumerate(ready):
        following = ready[n + 1][0].start if n + 1 < len(ready) else len(text)
        yield token, word, following == token.end + 1


def _spacing(text: str, start: int, end: int, ready: list[tuple[Token, str]]) -> None:
    """One space belongs to the word before it."""
    if start < end and ready and text[start] == " ":
        start += 1
    if start < end:
        ready.append((Token(start, end), text[start:end]))


def _tags(words: list[Word], spans: list[dict[str, Any]], note: Note) -> list[tuple[int, str]]:
    """Entities: spans that do not overlap an earlier one."""
    tags = [(OUTSIDE, "")] * len(words)
    for n, span in enumerate(sorted(spans, key=lambda each: (each["start"], -each["end"]))):
        covered = _covered(words, span)
        if not covered:
            note(f"answer.annotations[{n}]", BLANK)
        elif any(tags[k][0] != OUTSIDE for k in covered):
            note(f"answer.annotations[{n}]", IN_GROUP)
        else:
            for k in covered:
                tags[k] = (BEGIN if k == covered[0] else INSIDE, span["label"])
    return tags


def _covered(words: list[Word], span: dict[str, Any]) -> list[int]:
    return [n for n, (token, _, _) in enumerate(words) if span["start"] <= token.start < span["end"]]


def _group(words: list[Word], spans: list[dict[str, Any]], strings: set[str]) -> bytes:
    packed = []
    for span in spans:
        covered = _covered(words, span)
        if covered:
            strings.add(span["label"])
            first, last = covered[0], covered[-1]
            place = (first, last + 1, words[first][0].start, words[last][0].end)
            packed.append(struct.pack(">QQQllll", 0, 0, _number(span["label"]), *place))
    if not packed:
        return b""
    group = pack({"name": GROUP, "attrs": {}, "spans": packed})
    return pack([group])


def _cats(snapshot: Snapshot, record: Record) -> dict[str, float]:
    """1 for the options chosen, 0 for the others; none where there is no answer."""
    if record.answer is None or snapshot.about.type == "spans":
        return {}
    chosen = record.answer.get("options", [record.answer.get("option")])
    return {each["value"]: float(each["value"] in chosen) for each in snapshot.config_of(record)["options"]}


def _number(text: str) -> int:
    """spaCy knows a string by its hash, but for some words of its own."""
    return _symbols().get(text) or hash_of(text) if text else 0


@cache
def _symbols() -> dict[str, int]:
    """From runs of names whose numbers follow each other."""
    runs: dict[str, list[str]] = json.loads(Path(__file__).with_name("spacy_symbols.json").read_text("utf-8"))
    return {name: int(first) + n for first, names in runs.items() for n, name in enumerate(names)}
