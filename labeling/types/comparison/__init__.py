"""Which of two responses is better, and by how much."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.nearest import closest
from labeling.types.parts import (
    clean_justification,
    note_repeats,
    pointing_keys,
    read_choice,
    read_flag,
    read_list,
    read_name,
    read_note,
    read_question,
    read_reason,
)  # fmt: skip
from labeling.types.prompts import html_of, prompt_problems, response_problems
from labeling.types.strict import read_count, read_object, read_text

A, B, TIE, BOTH_BAD = "a", "b", "tie", "both_bad"
OVERALL = "preference"
ORDERS = ([0, 1], [1, 0])
FIELDS = ("question", "scale", "both_bad", "criteria", "justification")


class Comparison(TaskType):
    """The answer is ``{"preference": "a", "strength": 2, "criteria": {…}, "justification": "", "order": [1, 0]}``.

    "a" is the item's first response wherever it was shown, so votes agree whatever the position; ``order`` lists the
    responses as they stood on the screen. ``strength`` is 0 without a preference. A justification speaks of what the
    annotator saw: "Response 1" in it is the response at ``order[0]``.
    """

    name = "comparison"
    title = "Comparison of two responses"
    family = "model"
    description = (
        "Two responses to one prompt side by side, in random order: which is better, and by how much? "
        "For preference data, reward models and arenas."
    )
    inputs = frozenset({"data"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, FIELDS, problems)
        criteria = [
            _clean_criterion(each, problems, f"criteria[{n}]")
            for n, each in enumerate(read_list(given.get("criteria", []), problems, "criteria", least=0, most=20))
        ]
        paths = [f"criteria[{n}].name" for n in range(len(criteria))]
        note_repeats([each["name"] for each in criteria], problems, paths)
        config = {
            "question": read_question(given.get("question"), problems),
            "scale": read_count(given.get("scale", 2), problems, "scale", low=2, high=8),
            "both_bad": read_flag(given.get("both_bad", False), problems, "both_bad"),
            "criteria": criteria,
            "justification": clean_justification(given.get("justification"), problems),
        }
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, (OVERALL, "strength", "criteria", "justification", "order"), problems)
        if not isinstance(raw, dict):
            raise InvalidAnswer(problems)
        answer = _read_preference(given, config, problems, "")
        names = [each["name"] for each in config["criteria"]]
        compared = read_object(given.get("criteria", {}), names, problems, "criteria")
        answer["criteria"] = {}
        for name in names:
            path = f"criteria.{name}"
            if name in compared:
                one = read_object(compared[name], (OVERALL, "strength"), problems, path)
                answer["criteria"][name] = _read_preference(one, config, problems, f"{path}.")
            else:
                problems.append(Problem(path, "is not compared yet", "required"))
        reason = read_reason(given.get("justification", ""), config["justification"], problems, "justification")
        if given.get("order") not in ORDERS or not all(type(place) is int for place in given["order"]):
            problems.append(Problem("order", "must be [0, 1] or [1, 0]: the responses as they were shown", "invalid"))
        if problems:
            raise InvalidAnswer(problems)
        return answer | {"justification": reason, "order": given["order"]}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        return prompt_problems(item, required=False) + response_problems(item, least=2, most=2)

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return html_of(item)

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        parts = [OVERALL, *(f"criteria.{each['name']}" for each in config["criteria"])]
        votes = [
            Vote(who, part, _class_of(one))
            for who, answer in answers.items()
            for part, one in zip(parts, _compared(answer, config), strict=True)
        ]

        def rebuild(won: dict[str, str]) -> dict[str, Any]:
            named = {part.partition(".")[2]: _preference_of(winner) for part, winner in won.items() if part != OVERALL}
            elected = _preference_of(won[OVERALL]) | {"criteria": named}
            nearest = closest(answers.values(), elected, lambda a, b: self.distance(a, b, config))
            rest = nearest or {"justification": "", "order": [0, 1]}
            return elected | {"justification": rest["justification"], "order": rest["order"]}

        steps = len(_classes(config)) - config["both_bad"]
        return Ballot(votes, dict.fromkeys(parts, _classes(config)), rebuild, ordered=dict.fromkeys(parts, steps))

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """Steps between the two on the scale, the mean over all questions."""
        pairs = zip(_compared(a, config), _compared(b, config), strict=True)
        steps = [_apart(one, other, config["scale"]) for one, other in pairs]
        return sum(steps) / len(steps)

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        columns: dict[str, Kind] = {OVERALL: "str", "strength": "int"}
        for criterion in config["criteria"]:
            columns |= {f"{criterion['name']}.preference": "str", f"{criterion['name']}.strength": "int"}
        return columns | {"justification": "str", "order": "str"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        if answer is None:
            return dict.fromkeys(self.export_columns(config))
        row: dict[str, Scalar] = {OVERALL: answer[OVERALL], "strength": answer["strength"]}
        for criterion in config["criteria"]:
            one = answer["criteria"].get(criterion["name"]) or {}
            row[f"{criterion['name']}.preference"] = one.get(OVERALL)
            row[f"{criterion['name']}.strength"] = one.get("strength")
        return row | {"justification": answer["justification"], "order": json.dumps(answer["order"])}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        several = bool(config["criteria"] or config["justification"])
        return pointing_keys(config["scale"] + config["both_bad"], several=several)


def _clean_criterion(raw: Any, problems: list[Problem], path: str) -> dict[str, str]:
    given = read_object(raw, ("name", "label", "description"), problems, path)
    name = read_name(given.get("name"), problems, f"{path}.name")
    label = read_text(given.get("label", name or "?"), problems, f"{path}.label", longest=500)
    description = read_note(given.get("description", ""), problems, f"{path}.description")
    return {"name": name, "label": label, "description": description}


def _read_preference(given: dict[str, Any], config: dict[str, Any], problems: list[Problem], at: str) -> dict[str, Any]:
    if OVERALL not in given:
        problems.append(Problem(f"{at}{OVERALL}", "say which response is better", "required"))
        return {OVERALL: "", "strength": 0}
    allowed = [A, B, *[TIE] * (config["scale"] % 2), *[BOTH_BAD] * config["both_bad"]]
    chosen = read_choice(given[OVERALL], allowed, problems, f"{at}{OVERALL}")
    if chosen not in allowed:
        return {OVERALL: chosen, "strength": 0}
    sided = chosen in (A, B)
    low, high = (1, config["scale"] // 2) if sided else (0, 0)
    strength = read_count(given.get("strength", low), problems, f"{at}strength", low=low, high=high)
    return {OVERALL: chosen, "strength": strength}


def _compared(answer: dict[str, Any], config: dict[str, Any]) -> list[dict[str, Any]]:
    """The overall preference and each criterion's; one that an answer lacks counts as a tie."""
    unsaid = {OVERALL: TIE, "strength": 0}
    return [answer, *(answer["criteria"].get(each["name"], unsaid) for each in config["criteria"])]


def _classes(config: dict[str, Any]) -> tuple[str, ...]:
    """From "a" by far to "b" by far."""
    half = range(1, config["scale"] // 2 + 1)
    sides = [f"{A}{n}" for n in reversed(half)], [f"{B}{n}" for n in half]
    return (*sides[0], *[TIE] * (config["scale"] % 2), *sides[1], *[BOTH_BAD] * config["both_bad"])


def _class_of(one: dict[str, Any]) -> str:
    return f"{one[OVERALL]}{one['strength']}" if one["strength"] else str(one[OVERALL])


def _preference_of(winner: str) -> dict[str, Any]:
    if winner in (TIE, BOTH_BAD):
        return {OVERALL: winner, "strength": 0}
    return {OVERALL: winner[0], "strength": int(winner[1:])}


def _apart(one: dict[str, Any], other: dict[str, Any], scale: int) -> float:
    bad = (one[OVERALL] == BOTH_BAD) + (other[OVERALL] == BOTH_BAD)
    if bad:
        no_side = {one[OVERALL], other[OVERALL]} == {TIE, BOTH_BAD}
        return 0.0 if bad == 2 else 0.5 if no_side else 1.0
    return min(1.0, abs(_place(one, scale) - _place(other, scale)) / (scale - 1))


def _place(one: dict[str, Any], scale: int) -> float:
    """On the scale with the middle at 0; without a tie the two weakest preferences are one step apart."""
    side = {A: -1, B: 1}.get(one[OVERALL], 0)
    return float(side * (one["strength"] - (0 if scale % 2 else 0.5)))
