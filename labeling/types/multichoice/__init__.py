"""Any number of options, for a text or an image."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types.base import Ballot, KeyBinding, Kind, Scalar, TaskType, Vote
from labeling.types.classification import bindings, clean_question, option_problem, values
from labeling.types.strict import read_count, read_object

YES, NO = "yes", "no"


class MultiChoice(TaskType):
    """The answer is ``{"options": [values in schema order]}``; every option is voted on by itself.

    Of these votes those win that are likelier than not; then as many of the likeliest as ``min`` and ``max`` ask for.
    """

    name = "multichoice"
    title = "Classification, many labels"
    family = "text"
    description = "A text or an image, and any number of labels out of a list."
    asks_options = True
    inputs = frozenset({"text", "image"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "options", "min", "max"), problems)
        config = clean_question(given, problems)
        count = len(config["options"])
        config["min"] = read_count(given.get("min", 0), problems, "min", low=0, high=count)
        config["max"] = read_count(given.get("max", count), problems, "max", low=min(1, count), high=count)
        if config["min"] > config["max"]:
            problems.append(Problem("min", f"is {config['min']}, more than max, {config['max']}", "range"))
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        chosen = read_object(raw, ("options",), problems).get("options")
        if isinstance(raw, dict) and not isinstance(chosen, list):
            message = "must be a list" if "options" in raw else "list the options that apply"
            problems.append(Problem("options", message, "type" if "options" in raw else "required"))
        if isinstance(chosen, list):
            problems += _list_problems(chosen, config)
        if problems:
            raise InvalidAnswer(problems)
        picked = set(chosen or ())
        return {"options": [value for value in values(config) if value in picked]}

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        options = values(config)
        votes = [
            Vote(who, option, YES if option in answer["options"] else NO)
            for who, answer in answers.items()
            for option in options
        ]
        return Ballot(
            votes,
            dict.fromkeys(options, (YES, NO)),
            rebuild=lambda won: {"options": [option for option in options if won.get(option) == YES]},
            alike=True,
            elect=lambda posteriors: _elected(posteriors, config["min"], config["max"]),
        )

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """Jaccard's: the share of the options named by either that only one of them named."""
        one, other = set(a["options"]), set(b["options"])
        either = one | other
        return len(one ^ other) / len(either) if either else 0.0

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return dict.fromkeys((f"options.{value}" for value in values(config)), "bool")

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        return {f"options.{value}": (value in answer["options"]) if answer else None for value in values(config)}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        return bindings(config)


def _elected(posteriors: dict[str, dict[str, float]], least: int, most: int) -> dict[str, str]:
    likely = {option: shares.get(YES, 0.0) for option, shares in posteriors.items()}
    ranked = sorted(likely, key=lambda option: -round(likely[option], 6))
    count = sum(round(share, 6) >= 0.5 for share in likely.values())
    chosen = set(ranked[: min(max(count, least), most)])
    return {option: YES if option in chosen else NO for option in likely}


def _list_problems(chosen: list[Any], config: dict[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    if len(chosen) > len(config["options"]):
        return [Problem("options", f"has {len(chosen)} entries; the schema has {len(config['options'])}", "too_many")]
    seen: set[str] = set()
    for n, value in enumerate(chosen):
        if problem := option_problem(value, config, f"options[{n}]"):
            problems.append(problem)
        elif value in seen:
            problems.append(Problem(f"options[{n}]", f"{value!r} is named twice", "duplicate"))
        else:
            seen.add(value)
    if not problems and len(chosen) < config["min"]:
        problems.append(Problem("options", f"choose at least {config['min']}", "too_few"))
    if not problems and len(chosen) > config["max"]:
        problems.append(Problem("options", f"choose at most {config['max']}", "too_many"))
    return problems
