"""JSON Lines as TRL trains on them: preference pairs, or prompts with completions; chats where prompts are chats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from labeling.exporters.folders import Folder
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Record, Snapshot, note_common
from labeling.exporters.turns import PAIRS, WRITTEN, Chat, as_chat, pairs_of, prompt_of

NAME = "trl"
TITLE = "TRL (preference or SFT, JSON Lines)"
SUFFIX = ".jsonl"
CONTENT_TYPE = "application/jsonl"
TYPES = PAIRS | WRITTEN
AS_CHAT = "a prompt is written as a chat, because others here are chats"


def build(snapshot: Snapshot, folder: Folder) -> None:
    """All lines have one form: TRL takes a file of texts or a file of chats."""
    chats = any(isinstance(record.data.get("prompt"), list) for record in snapshot.records())
    with folder.open("data.jsonl") as file:
        for record in snapshot.records():
            note_common(snapshot, record)
            for line in _lines(record, snapshot.about.type, chats, Note(snapshot, record)):
                file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _lines(record: Record, kind: str, chats: bool, note: Note) -> Iterator[dict[str, Any]]:
    if record.answer is None:
        return
    prompt = prompt_of(record, note)
    if chats and isinstance(prompt, str):
        note("item.prompt", AS_CHAT)
    asked = as_chat(prompt) if chats else prompt

    def said(text: str) -> str | Chat:
        return [{"role": "assistant", "content": text}] if chats else text

    if kind in WRITTEN:
        yield {"prompt": asked, "completion": said(record.answer["response"])}
        return
    for pair in pairs_of(record, kind, note):
        yield {"prompt": asked, "chosen": said(pair.chosen), "rejected": said(pair.rejected)}
