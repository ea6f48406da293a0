"""One option out of several, for a text or an image."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.classification import bindings, clean_question, option_problem, values
from labeling.types.strict import read_object


class Choice(TaskType):
    """The answer is ``{"option": value}``."""

    name = "choice"
    title = "Classification, one label"
    family = "text"
    description = "A text or an image, and one label out of a list."
    asks_options = True
    inputs = frozenset({"text", "image"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        config = clean_question(read_object(raw, ("question", "options"), problems), problems)
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        answer = read_object(raw, ("option",), problems)
        if isinstance(raw, dict):
            if "option" not in answer:
                problems.append(Problem("option", "choose one option", "required"))
            elif problem := option_problem(answer["option"], config, "option"):
                problems.append(problem)
        if problems:
            raise InvalidAnswer(problems)
        return {"option": answer["option"]}

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        votes = [Vote(who, "item", answer["option"]) for who, answer in answers.items()]
        return Ballot(votes, {"item": values(config)}, rebuild=lambda won: {"option": won["item"]})

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        return 0.0 if a["option"] == b["option"] else 1.0

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {"option": "str"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        return {"option": answer["option"] if answer else None}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        return bindings(config)
