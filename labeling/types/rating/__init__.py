"""Ratings of a text, an image or a response: Likert scales and rubrics."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.criteria import (
    classes,
    clean_criteria,
    clean_ratings,
    elected,
    most_points,
    points,
    ratings_apart,
    score,
    vote,
)  # fmt: skip
from labeling.types.label_changes import Moved, renamed_one
from labeling.types.nearest import closest
from labeling.types.parts import pointing_keys, read_question, read_reason
from labeling.types.prompts import html_of, material_problems
from labeling.types.strict import read_object


class Rating(TaskType):
    """The answer is ``{"ratings": {name: value}, "justifications": {name: text}}``.

    A criterion without a rating, or without a justification, is not in the answer.
    """

    name = "rating"
    title = "Rating by criteria"
    family = "model"
    description = (
        "A text, an image or a model's response, rated on one or more criteria: Likert scales, rubrics with points, "
        "named grades; with a reason, if you ask for one."
    )
    inputs = frozenset({"text", "image", "data"})
    right_within = 0.15  # a step of five off in every other criterion

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "criteria"), problems)
        question = read_question(given.get("question"), problems)
        config = {"question": question, "criteria": clean_criteria(given.get("criteria"), problems, "criteria")}
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("ratings", "justifications"), problems)
        if not isinstance(raw, dict):
            raise InvalidAnswer(problems)
        ratings = clean_ratings(given.get("ratings"), config["criteria"], problems, "ratings")
        reasons = clean_reasons(given.get("justifications", {}), config["criteria"], problems)
        if problems:
            raise InvalidAnswer(problems)
        return {"ratings": ratings, "justifications": reasons}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        return material_problems(item)

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return html_of(item)

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        criteria = config["criteria"]
        votes = [
            Vote(who, criterion["name"], vote(criterion, answer["ratings"].get(criterion["name"])))
            for who, answer in answers.items()
            for criterion in criteria
        ]

        def rebuild(won: dict[str, str]) -> dict[str, Any]:
            values = {each["name"]: elected(each, won.get(each["name"])) for each in criteria}
            ratings = {name: value for name, value in values.items() if value is not None}
            result = {"ratings": ratings, "justifications": {}}
            nearest = closest(answers.values(), result, lambda a, b: self.distance(a, b, config))
            return {"ratings": ratings, "justifications": nearest["justifications"] if nearest else {}}

        scales = {each["name"]: len(points(each)) for each in criteria}
        return Ballot(votes, {each["name"]: classes(each) for each in criteria}, rebuild, ordered=scales)

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """The mean over the criteria that either has rated of how far the two are apart on the scale."""
        steps = ratings_apart(config["criteria"], a["ratings"], b["ratings"])
        return sum(steps) / len(steps) if steps else 0.0

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        return answer | {"ratings": renamed_one(answer["ratings"], "criteria", moved)}

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        columns: dict[str, Kind] = {"score": "float"}
        for criterion in config["criteria"]:
            columns[f"ratings.{criterion['name']}"] = "str" if criterion["options"] else "int"
            if criterion["justification"]:
                columns[f"justifications.{criterion['name']}"] = "str"
        return columns

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        row: dict[str, Scalar] = dict.fromkeys(self.export_columns(config))
        if answer:
            row["score"] = score(config["criteria"], answer["ratings"])
            row |= {f"ratings.{name}": value for name, value in answer["ratings"].items()}
            row |= {f"justifications.{name}": text for name, text in answer["justifications"].items()}
        return row

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        criteria = config["criteria"]
        several = len(criteria) > 1 or any(each["justification"] for each in criteria)
        return pointing_keys(most_points(criteria), several=several)


def clean_reasons(raw: Any, criteria: list[dict[str, Any]], problems: list[Problem]) -> dict[str, str]:
    """The justifications that were written, in schema order; one that is required must be there."""
    given = read_object(raw, [each["name"] for each in criteria], problems, "justifications")
    reasons = {}
    for criterion in criteria:
        path = f"justifications.{criterion['name']}"
        if text := read_reason(given.get(criterion["name"], ""), criterion["justification"], problems, path):
            reasons[criterion["name"]] = text
    return reasons
