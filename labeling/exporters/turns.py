"""Preferences and written responses as pairs and chats: what the formats for training language models share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Record

PAIRS = frozenset({"comparison", "ranking"})
WRITTEN = frozenset({"response", "rewrite"})
TIE = "a tie prefers none: it gives no pair"
STRENGTH = "the strength of a preference has no place in this format"
CRITERIA = "criteria beside the overall preference have no place in this format"
REASON = "a justification has no place in this format"
NO_PROMPT = "has no prompt: it is written as an empty one"
NO_ITEM = "the item has no two responses"
Chat = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """The places of two responses, the better one first."""

    chosen: str
    rejected: str


def pairs_of(record: Record, kind: str, note: Note) -> Iterator[Pair]:
    """A comparison gives one pair, a ranking each pair of different ranks."""
    answer = record.answer
    if answer is None:
        return
    texts = [response_text(each) for each in record.data.get("responses") or []]
    if len(texts) < 2:
        note("item.responses", NO_ITEM)
        return
    if answer.get("justification"):
        note("answer.justification", REASON)
    ranks = answer["ranks"] if kind == "ranking" else _ranks(answer, note)
    for a, b in combinations(range(len(ranks)), 2):
        if ranks[a] == ranks[b]:
            note("answer", TIE)
        else:
            better, worse = (a, b) if ranks[a] < ranks[b] else (b, a)
            yield Pair(texts[better], texts[worse])


def _ranks(answer: dict[str, Any], note: Note) -> list[int]:
    if answer.get("criteria"):
        note("answer.criteria", CRITERIA)
    if answer.get("strength", 0) > 1:
        note("answer.strength", STRENGTH)
    return {"a": [1, 2], "b": [2, 1]}.get(answer["preference"], [1, 1])


def response_text(response: Any) -> str:
    text = response.get("text") if isinstance(response, dict) else response
    return text if isinstance(text, str) else ""


def prompt_of(record: Record, note: Note) -> str | Chat:
    """A text, or the turns of a chat."""
    prompt = record.data.get("prompt")
    if isinstance(prompt, list):
        return [{"role": str(turn["role"]), "content": str(turn["content"])} for turn in prompt]
    if not isinstance(prompt, str) or not prompt:
        note("item.prompt", NO_PROMPT)
        return ""
    return prompt


def as_chat(prompt: str | Chat) -> Chat:
    return [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
