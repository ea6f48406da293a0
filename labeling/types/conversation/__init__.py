"""Ratings of a conversation: message by message, turn by turn, and as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from labeling.aggregation import ballots, medoid
from labeling.aggregation.fitting import as_clean
from labeling.aggregation.settling import Case, Known, Settled
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import conversation_votes
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.criteria import Criterion, clean_criteria, clean_ratings, most_points, ratings_apart
from labeling.types.label_changes import Moved, renamed_one
from labeling.types.parts import note_repeats, pointing_keys, read_list, read_question, read_reason
from labeling.types.prompts import html_of, message_problems
from labeling.types.strict import read_object, read_text

LEVELS = ("messages", "turns", "overall")
FIELDS = ("question", "roles", "message_criteria", "turn_criteria", "overall_criteria")
USER = "user"


class Conversation(TaskType):
    """The answer is ``{"messages": {"1": {name: value}}, "turns": {"0": {…}}, "overall": {…}, "justifications": {…}}``.

    A message goes by its place in the item, a turn by its number from 0: what one user message starts, up to the next.
    Justifications go by path, such as ``messages.1.honesty``. How many messages there are differs from item to item,
    so there is no ballot for all of them: see ``aggregate``.
    """

    name = "conversation"
    title = "Rating of a conversation"
    family = "model"
    description = "A conversation of several turns, rated message by message, turn by turn and as a whole."
    inputs = frozenset({"data"})
    right_within = 0.15  # a step of five off in every other criterion

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, FIELDS, problems)
        roles = [
            read_text(role, problems, f"roles[{n}]", longest=50)
            for n, role in enumerate(read_list(given.get("roles", ["assistant"]), problems, "roles", least=1, most=10))
        ]
        note_repeats(roles, problems, [f"roles[{n}]" for n in range(len(roles))])
        config: dict[str, Any] = {"question": read_question(given.get("question"), problems), "roles": roles}
        for field in FIELDS[2:]:
            config[field] = clean_criteria(given.get(field, []), problems, field, least=0)
        if isinstance(raw, dict) and not any(config[field] for field in FIELDS[2:]):
            problems.append(Problem("message_criteria", f"nothing is asked; give {', '.join(FIELDS[2:])}", "required"))
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, (*LEVELS, "justifications"), problems)
        if not isinstance(raw, dict):
            raise InvalidAnswer(problems)
        asked = _asked(item, config)
        answer: dict[str, Any] = {}
        for level in ("messages", "turns"):
            found = read_object(given.get(level, {}), asked[level], problems, level)
            cleaned = {
                place: clean_ratings(found.get(place, {}), _criteria(config, level), problems, f"{level}.{place}")
                for place in asked[level]
            }
            answer[level] = {place: ratings for place, ratings in cleaned.items() if ratings}
        overall = given.get("overall", {})
        answer["overall"] = clean_ratings(overall, config["overall_criteria"], problems, "overall")
        answer["justifications"] = _clean_reasons(given.get("justifications", {}), config, asked, problems)
        if problems:
            raise InvalidAnswer(problems)
        return answer

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        if found := message_problems(item):
            return found
        if config["overall_criteria"] or any(_asked(item, config).values()):
            return []
        return [Problem("messages", f"has no message by {' or '.join(config['roles'])}", "missing")]

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return html_of(item)

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        """Every rating is voted on; one criterion is one question, whatever the message or turn."""
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)
        asked = [ballots.cut(case, lambda answers: conversation_votes.ballot(self, answers, config)) for case in cases]
        return ballots.settle_ballots(
            asked, lambda answer, case: as_clean(self, answer, case, config), known=known, method=method
        )

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """The mean over everything that either has rated."""
        steps: list[float] = []
        for level in ("messages", "turns"):
            for place in sorted(a[level].keys() | b[level].keys()):
                steps += ratings_apart(_criteria(config, level), a[level].get(place, {}), b[level].get(place, {}))
        steps += ratings_apart(config["overall_criteria"], a["overall"], b["overall"])
        return sum(steps) / len(steps) if steps else 0.0

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        found = dict(answer)
        for level, prefix in (("messages", "message_criteria"), ("turns", "turn_criteria")):
            rated = {place: renamed_one(ratings, prefix, moved) for place, ratings in answer[level].items()}
            found[level] = {place: ratings for place, ratings in rated.items() if ratings}
        found["overall"] = renamed_one(answer["overall"], "overall_criteria", moved)
        return found

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        columns: dict[str, Kind] = {}
        for criterion in config["overall_criteria"]:
            columns[f"overall.{criterion['name']}"] = "str" if criterion["options"] else "int"
        return columns | {"messages": "str", "turns": "str", "justifications": "str"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        row: dict[str, Scalar] = dict.fromkeys(self.export_columns(config))
        if answer:
            row |= {f"overall.{name}": value for name, value in answer["overall"].items()}
            row |= {
                name: json.dumps(answer[name], ensure_ascii=False) for name in ("messages", "turns", "justifications")
            }
        return row

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        points = most_points([each for field in FIELDS[2:] for each in config[field]])
        keys = pointing_keys(points, several=False)
        return [
            *keys,
            KeyBinding("message.next", "j", "Next message"),
            KeyBinding("message.back", "k", "Message before"),
        ]


def _criteria(config: dict[str, Any], level: str) -> list[Criterion]:
    found: list[Criterion] = config[f"{level.removesuffix('s')}_criteria"]
    return found


def _asked(item: Mapping[str, Any], config: dict[str, Any]) -> dict[str, list[str]]:
    """The places of the messages and turns that are rated."""
    messages = [each for each in item.get("messages") or () if isinstance(each, dict)]
    rated = [str(n) for n, message in enumerate(messages) if message.get("role") in config["roles"]]
    turns = [str(n) for n in range(sum(message.get("role") == USER for message in messages))]
    return {
        "messages": rated if config["message_criteria"] else [],
        "turns": turns if config["turn_criteria"] else [],
    }


def _clean_reasons(
    raw: Any, config: dict[str, Any], asked: dict[str, list[str]], problems: list[Problem]
) -> dict[str, str]:
    rules = {f"overall.{each['name']}": each["justification"] for each in config["overall_criteria"]}
    for level in ("messages", "turns"):
        for place in asked[level]:
            rules |= {f"{level}.{place}.{each['name']}": each["justification"] for each in _criteria(config, level)}
    given = read_object(raw, rules, problems, "justifications")
    read: dict[str, str] = {
        path: read_reason(given.get(path, ""), rule, problems, f"justifications.{path}") for path, rule in rules.items()
    }
    return {path: text for path, text in read.items() if text}
