"""JSON Lines for OpenAI's fine-tuning: chats with the response last, or preference pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from labeling.exporters.folders import Folder
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Record, Snapshot, note_common
from labeling.exporters.turns import PAIRS, WRITTEN, Chat, as_chat, pairs_of, prompt_of

NAME = "openai"
TITLE = "OpenAI fine-tuning (chat or preference, JSON Lines)"
SUFFIX = ".jsonl"
CONTENT_TYPE = "application/jsonl"
TYPES = PAIRS | WRITTEN
ROLES = ("system", "user", "assistant")
ROLE = "a role that OpenAI does not know is written as user"


def build(snapshot: Snapshot, folder: Folder) -> None:
    with folder.open("data.jsonl") as file:
        for record in snapshot.records():
            note_common(snapshot, record)
            for line in _lines(record, snapshot.about.type, Note(snapshot, record)):
                file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _lines(record: Record, kind: str, note: Note) -> Iterator[dict[str, Any]]:
    if record.answer is None:
        return
    asked = _known_roles(as_chat(prompt_of(record, note)), note)
    if kind in WRITTEN:
        yield {"messages": [*asked, _said(record.answer["response"])]}
        return
    for pair in pairs_of(record, kind, note):
        yield {
            "input": {"messages": asked, "tools": [], "parallel_tool_calls": True},
            "preferred_output": [_said(pair.chosen)],
            "non_preferred_output": [_said(pair.rejected)],
        }


def _said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def _known_roles(turns: Chat, note: Note) -> Chat:
    if any(turn["role"] not in ROLES for turn in turns):
        note("item.prompt", ROLE)
    return [turn if turn["role"] in ROLES else turn | {"role": "user"} for turn in turns]
