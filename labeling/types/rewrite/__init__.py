"""A given response, made better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.aggregation import medoid
from labeling.aggregation.settling import Case, Known, Settled, learn
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import edit_distance, text_consensus
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.parts import read_flag, read_note, read_question
from labeling.types.prompts import html_of, one_response, prompt_problems
from labeling.types.strict import read_object
from labeling.types.written import RULES, clean_lengths, read_written


class Rewrite(TaskType):
    """The answer is ``{"response": text, "is_unchanged": false}``; unchanged is what was confirmed as good."""

    name = "rewrite"
    title = "Rewriting a response"
    family = "model"
    description = "A model's response that the annotator corrects in place, with the differences shown while writing."
    inputs = frozenset({"data"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "hint", "may_keep", *RULES), problems)
        config = {
            "question": read_question(given.get("question"), problems),
            "hint": read_note(given.get("hint", ""), problems, "hint"),
            "may_keep": read_flag(given.get("may_keep", True), problems, "may_keep"),
            **clean_lengths(given, problems),
        }
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("response", "is_unchanged"), problems)
        if not isinstance(raw, dict):
            raise InvalidAnswer(problems)
        is_same = isinstance(given.get("response"), str) and _plain(given["response"]) == _plain(one_response(item))
        if is_same:  # the length rules are for what is written, not for what was given
            text = _plain(given["response"])
            if not config["may_keep"]:
                problems.append(Problem("response", "is the given one; it must be changed", "unchanged"))
        else:
            text = read_written(given.get("response"), config, problems, "response")
        if read_flag(given.get("is_unchanged", is_same), problems, "is_unchanged") != is_same and not problems:
            message = "is true, but the response was changed" if not is_same else "is false, but nothing was changed"
            problems.append(Problem("is_unchanged", message, "invalid"))
        if problems:
            raise InvalidAnswer(problems)
        return {"response": text, "is_unchanged": is_same}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        if not (one_response(item) or "").strip():
            return [Problem("response", "has no response to rewrite", "missing")]
        return prompt_problems(item, required=False)

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return html_of(item)

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)

        def settle(case: Case, known: Known) -> Settled:
            given = _plain(one_response(case.item))

            def write(texts: dict[str, str]) -> dict[str, Any]:
                return {"response": texts["response"], "is_unchanged": texts["response"] == given}

            return text_consensus.settle(self, case, config, known, read=_read, write=write)

        return learn(cases, settle) if known is None else [settle(case, known) for case in cases]

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        return edit_distance.normalized(a["response"], b["response"])

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {"response": "str", "is_unchanged": "bool"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        if answer is None:
            return {"response": None, "is_unchanged": None}
        return {"response": answer["response"], "is_unchanged": answer["is_unchanged"]}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        keys = [KeyBinding("write", "w", "Write")]
        return [*keys, KeyBinding("keep", "n", "Needs no change")] if config["may_keep"] else keys


def _read(answer: dict[str, Any]) -> dict[str, str]:
    return {"response": answer["response"]}


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
