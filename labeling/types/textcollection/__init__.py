"""A form: several attachments, several fields, and fields that depend on others."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from labeling.aggregation import ballots, medoid
from labeling.aggregation.fitting import as_clean
from labeling.aggregation.settling import Case, Known, Settled, add, learn, merged
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import attachments, form_consensus, form_votes
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.field_values import STRETCHES, Field, values_of
from labeling.types.fields import clean_fields, read_fields
from labeling.types.label_changes import Moved, field_of, flat, renamed_all
from labeling.types.nearest import closest
from labeling.types.parts import pointing_keys, read_note, read_question
from labeling.types.strict import read_object

FLAT: dict[str, Kind] = {"number": "float", "boolean": "bool", "linear_scale": "int"}
SEVERAL = (*STRETCHES, "ranking_order", "field_set")
ENTRY_KEYS = (("entry.add", "n", "Another entry"), ("entry.remove", "Delete", "Remove this entry"))


class TextCollection(TaskType):
    """The answer is ``{"annotations": {field_id: [value, …]}}``, as Scale's; what is empty or hidden is not in it.

    A field set holds objects of the same kind, one for each entry. Fields of choices, yes or no and scales are votes,
    those of a set too if it has one entry only. The others of a consensus are settled by the way of their kind (see
    ``form_consensus``), where the elected fields show them.
    """

    name = "textcollection"
    title = "Form"
    family = "form"
    description = (
        "Texts, formatted documents and pictures with a form beside them: text, numbers, dates, times, choices (nested "
        "too), rankings and scales, some asked only after certain answers, some in sets that may be filled in again."
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
        found: dict[str, list[Any]] = {}
        if isinstance(raw, dict):
            found = read_fields(given.get("annotations"), config["fields"], problems, "annotations")
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
            target = {"annotations": form_votes.together(voted, won, {}, {})}
            nearest = closest(answers.values(), target, lambda a, b: _distance(voted, a, b))
            rest = nearest["annotations"] if nearest else {}
            return {"annotations": form_votes.together(config["fields"], won, rest, {})}

        classes = {part: names for field in voted for part, names in form_votes.parts_of(field)}
        scales = {f["field_id"]: f["max"] - f["min"] + 1 for f in voted if f["type"] == "linear_scale"}
        return Ballot(votes, classes, rebuild, ordered=scales)

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        """Fields that are votes by ``method``, every other one by the way of its kind."""
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)
        voted = ballots.aggregate(self, cases, config, known=known, method=method)

        def settle(case: Case, known: Known) -> Settled:
            return form_consensus.settle(case, config["fields"], known)

        written = learn(cases, settle) if known is None else [settle(case, known) for case in cases]
        return [self._joined(*each, config) for each in zip(cases, voted, written, strict=True)]

    def _joined(self, case: Case, voted: Settled, written: Settled, config: dict[str, Any]) -> Settled:
        """The fields that are votes and those that are not, as one answer."""
        if case.truth is None and not case.answers:
            return Settled(None, 0.0, 0.0)
        evidence = merged([voted.evidence, written.evidence])
        crowd = dict(voted.crowd)
        add(crowd, written.crowd)
        weights = {who: voted.weights.get(who, written.weights.get(who, 0.5)) for who in case.answers}
        if case.truth is not None:
            return Settled(case.truth, 1.0, 1.0, {**voted.parts, **written.parts}, evidence, crowd, weights)
        assert written.answer is not None
        elected = (voted.answer or {"annotations": {}})["annotations"]
        won = {
            part: value
            for field in config["fields"]
            for part, value in form_votes.votes_of(field, elected.get(field["field_id"]))
        }
        rest = form_consensus.nested(config["fields"], written.answer["annotations"])
        answer = {"annotations": form_votes.together(config["fields"], won, rest, {})}
        clean = as_clean(self, answer, case, config)
        kept = form_consensus.flat(config["fields"], clean["annotations"])
        parts = {**voted.parts, **{name: part for name, part in written.parts.items() if name in kept}}
        both = [written, *([voted] if voted.parts else [])]
        least, sure = min(each.confidence for each in both), min(each.sure for each in both)
        return Settled(clean, least, sure, parts, evidence, crowd, weights)

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """The mean over the fields that either has filled in."""
        return _distance(config["fields"], a, b)

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        """Field by field: the same value may be a label of several."""
        fields = {each["field_id"]: each for outer in config["fields"] for each in (outer, *outer.get("fields", []))}

        def now(filled: dict[str, Any]) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for name, values in filled.items():
                to = flat(moved, lambda parts, name=name: field_of(parts) == name)  # type: ignore[misc]
                if values and isinstance(values[0], dict) and fields[name]["type"] == "field_set":
                    kept = [entry for entry in map(now, values) if entry]
                else:
                    kept = renamed_all(values, to) if to else values
                if kept:
                    found[name] = kept
            return found

        return {"annotations": now(answer["annotations"])}

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        """A column for each field; those of a field set of one entry have their own, many entries are one of JSON."""
        return {f"annotations.{name}": FLAT.get(field["type"], "str") for name, field in _columns(config["fields"])}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        filled = answer["annotations"] if answer else {}
        return {
            f"annotations.{name}": _cell(field, _values(name, filled)) for name, field in _columns(config["fields"])
        }

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        fields = [each for field in config["fields"] for each in field.get("fields", [field])]
        keys = pointing_keys(max(_points(field) for field in fields), several=len(fields) > 1)
        return keys + [KeyBinding(*each) for each in ENTRY_KEYS] if may_repeat(config["fields"]) else keys


def _points(field: Field) -> int:
    """How many digits answer it."""
    if field["type"] == "boolean":
        return 2
    if field["type"] == "category":
        return min(20, len(values_of(field)))
    return int(field["max"] - field["min"] + 1) if field["type"] == "linear_scale" else 0


def may_repeat(fields: list[Field]) -> bool:
    """Whether a field set may have more or fewer entries than it begins with."""
    sets = [field for field in fields if field["type"] == "field_set"]
    return any(
        each["max_responses_required"] > (each["min_responses_required"] if each["required"] else 0) for each in sets
    )


def _distance(fields: list[Field], a: dict[str, Any], b: dict[str, Any]) -> float:
    return form_votes.forms_apart(fields, a["annotations"], b["annotations"])


def _columns(fields: list[Field]) -> Iterator[tuple[str, Field]]:
    for field in fields:
        if form_votes.is_single(field):
            yield from ((f"{field['field_id']}.{each['field_id']}", each) for each in field["fields"])
        else:
            yield field["field_id"], field


def _values(name: str, filled: dict[str, Any]) -> list[Any] | None:
    outer, _, inner = name.partition(".")
    values: list[Any] | None = filled.get(outer)
    return values[0].get(inner) if values and inner else values


def _cell(field: Field, values: list[Any] | None) -> Scalar:
    if not values:
        return None
    is_one = field["type"] not in SEVERAL and field.get("max_choices", 1) == 1
    found: Scalar = values[0] if is_one else json.dumps(values, ensure_ascii=False)
    return found
