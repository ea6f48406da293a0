"""A form: several attachments, several fields, and fields that depend on others."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import attachments, form_votes
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.fields import Field, clean_fields, is_shown, named_in, read_values, values_of
from labeling.types.nearest import closest
from labeling.types.parts import pointing_keys, read_note, read_question
from labeling.types.strict import read_object

FLAT: dict[str, Kind] = {"number": "float", "boolean": "bool", "linear_scale": "int"}


class TextCollection(TaskType):
    """The answer is ``{"annotations": {field_id: [value, …]}}``, as Scale's; what is empty or hidden is not in it.

    Fields of choices, yes or no and scales are votes. The others of a consensus come from the answer nearest to what
    was elected, where the elected fields show them.
    """

    name = "textcollection"
    title = "Form"
    family = "form"
    description = (
        "Texts, formatted documents and pictures with a form beside them: text, numbers, dates, choices, rankings and "
        "scales, where some fields appear only after certain answers."
    )
    inputs = frozenset({"text", "image", "data"})
    right_within = 0.2  # free text is never quite the same

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("title", "description", "fields"), problems)
        config = {
            "title": read_question(given.get("title"), problems, "title"),
            "description": read_note(given.get("description", ""), problems, "description"),
            "fields": clean_fields(given.get("fields"), problems),
        }
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("annotations",), problems)
        if isinstance(raw, dict):
            ids = [field["field_id"] for field in config["fields"]]
            given = read_object(given.get("annotations"), ids, problems, "annotations")
        found: dict[str, list[Any]] = {}
        wrong: set[str] = set()  # whatever depends on these may be shown or hidden
        for field in config["fields"]:
            name, path = field["field_id"], f"annotations.{field['field_id']}"
            is_sure = wrong.isdisjoint(named_in(field))
            shown = is_shown(field, found)
            if name not in given:
                if is_sure and shown and field["required"]:
                    problems.append(Problem(path, "is not filled in", "required"))
            elif is_sure and not shown:
                problems.append(Problem(path, "is hidden by its conditions; leave it out", "hidden"))
            else:
                faults: list[Problem] = []
                found[name] = read_values(given[name], field, faults, path)
                problems += faults
                if faults:
                    wrong.add(name)
        if not problems and not found:
            problems.append(Problem("annotations", "nothing is filled in", "required"))
        if problems:
            raise InvalidAnswer(problems)
        return {"annotations": found}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        return attachments.attachment_problems(item)

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return attachments.html_of(item)

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        voted = [field for field in config["fields"] if any(form_votes.parts_of(field))]
        votes = [
            Vote(who, part, value)
            for who, answer in answers.items()
            for field in voted
            for part, value in form_votes.votes_of(field, answer["annotations"].get(field["field_id"]))
        ]

        def rebuild(won: dict[str, str]) -> dict[str, Any]:
            elected = {field["field_id"]: form_votes.elected(field, won) for field in voted}
            target = {"annotations": {name: values for name, values in elected.items() if values is not None}}
            nearest = closest(answers.values(), target, lambda a, b: _voted_distance(voted, a, b))
            return {"annotations": _together(config["fields"], elected, nearest)}

        classes = {part: names for field in voted for part, names in form_votes.parts_of(field)}
        scales = {f["field_id"]: f["max"] - f["min"] + 1 for f in voted if f["type"] == "linear_scale"}
        return Ballot(votes, classes, rebuild, ordered=scales)

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """The mean over the fields that either has filled in."""
        return _voted_distance(config["fields"], a, b)

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {f"annotations.{field['field_id']}": FLAT.get(field["type"], "str") for field in config["fields"]}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        row: dict[str, Scalar] = dict.fromkeys(self.export_columns(config))
        for field in config["fields"]:
            if answer and (values := answer["annotations"].get(field["field_id"])):
                is_one = field["type"] not in ("range", "ranking_order") and field.get("max_choices", 1) == 1
                row[f"annotations.{field['field_id']}"] = (
                    values[0] if is_one else json.dumps(values, ensure_ascii=False)
                )
        return row

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        return pointing_keys(max(_points(field) for field in config["fields"]), several=len(config["fields"]) > 1)


def _points(field: Field) -> int:
    """How many digits answer it."""
    if field["type"] == "boolean":
        return 2
    if field["type"] == "category":
        return min(20, len(values_of(field)))
    return int(field["max"] - field["min"] + 1) if field["type"] == "linear_scale" else 0


def _voted_distance(fields: list[Field], a: dict[str, Any], b: dict[str, Any]) -> float:
    one, other = a["annotations"], b["annotations"]
    filled = [field for field in fields if field["field_id"] in one or field["field_id"] in other]
    steps = [form_votes.apart(each, one.get(each["field_id"]), other.get(each["field_id"])) for each in filled]
    return sum(steps) / len(steps) if steps else 0.0


def _together(
    fields: list[Field], elected: dict[str, list[Any] | None], nearest: dict[str, Any] | None
) -> dict[str, list[Any]]:
    rest = nearest["annotations"] if nearest else {}
    found: dict[str, list[Any]] = {}
    for field in fields:
        name = field["field_id"]
        values = elected[name] if name in elected else rest.get(name)
        if values is not None and is_shown(field, found):
            found[name] = values
    return found
