"""A response to a prompt, written by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.aggregation import medoid
from labeling.aggregation.settling import Case, Known, Settled, learn
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import edit_distance, text_consensus
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.parts import read_note, read_question
from labeling.types.prompts import html_of, prompt_problems
from labeling.types.strict import read_object
from labeling.types.written import RULES, clean_lengths, read_written


class Response(TaskType):
    """The answer is ``{"response": text}``."""

    name = "response"
    title = "Writing a response"
    family = "model"
    description = "A prompt or a conversation that the annotator answers in writing: demonstrations for fine-tuning."
    inputs = frozenset({"data"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "hint", *RULES), problems)
        config = {
            "question": read_question(given.get("question"), problems),
            "hint": read_note(given.get("hint", ""), problems, "hint"),
            **clean_lengths(given, problems),
        }
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("response",), problems)
        text = read_written(given.get("response"), config, problems, "response") if isinstance(raw, dict) else ""
        if problems:
            raise InvalidAnswer(problems)
        return {"response": text}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        return prompt_problems(item)

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return html_of(item)

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)

        def settle(case: Case, known: Known) -> Settled:
            return text_consensus.settle(self, case, config, known, read=_read, write=_write)

        return learn(cases, settle) if known is None else [settle(case, known) for case in cases]

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        return edit_distance.normalized(a["response"], b["response"])

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {"response": "str"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        return {"response": answer["response"] if answer else None}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        return [KeyBinding("write", "w", "Write")]


def _read(answer: dict[str, Any]) -> dict[str, str]:
    return {"response": answer["response"]}


def _write(texts: dict[str, str]) -> dict[str, Any]:
    return {"response": texts["response"]}
