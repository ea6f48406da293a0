"""Responses in order, best first."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from labeling.aggregation import medoid
from labeling.aggregation.settling import Case, Known, Settled, learn
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import ranking_consensus
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.parts import DIGITS, clean_justification, read_flag, read_question, read_reason
from labeling.types.prompts import MOST_RESPONSES, html_of, prompt_problems, response_problems
from labeling.types.strict import read_count, read_object


class Ranking(TaskType):
    """The answer is ``{"ranks": [2, 1, 2], "order": [2, 0, 1], "justification": ""}``.

    ``ranks`` has the rank of each of the item's responses, 1 is best, no rank left out; ``order`` lists the responses
    as they stood on the screen. The consensus is the order that all pairs of all rankings speak for.
    """

    name = "ranking"
    title = "Ranking of responses"
    family = "model"
    description = "Several responses to one prompt, put in order from best to worst; with ties, if you allow them."
    inputs = frozenset({"data"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "ties", "justification"), problems)
        config = {
            "question": read_question(given.get("question"), problems),
            "ties": read_flag(given.get("ties", False), problems, "ties"),
            "justification": clean_justification(given.get("justification"), problems),
        }
        if problems:
            raise InvalidConfig(problems)
        return config

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("ranks", "order", "justification"), problems)
        if not isinstance(raw, dict):
            raise InvalidAnswer(problems)
        responses = item.get("responses")
        count = len(responses) if isinstance(responses, list) else 0
        ranks = _read_places(given.get("ranks"), problems, "ranks", count=count, low=1)
        order = _read_places(given.get("order"), problems, "order", count=count, low=0)
        if not problems:
            _check_ranks(ranks, config, problems)
            if sorted(order) != list(range(count)):
                problems.append(Problem("order", "must name every response once", "invalid"))
        reason = read_reason(given.get("justification", ""), config["justification"], problems, "justification")
        if problems:
            raise InvalidAnswer(problems)
        return {"ranks": ranks, "order": order, "justification": reason}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        return prompt_problems(item, required=False) + response_problems(item, least=2, most=MOST_RESPONSES)

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        return html_of(item)

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)

        def settle(case: Case, known: Known) -> Settled:
            return ranking_consensus.settle(self, case, config, known)

        return learn(cases, settle) if known is None else [settle(case, known) for case in cases]

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        return kendall_distance(a["ranks"], b["ranks"])

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return {"ranks": "str", "best": "int", "order": "str", "justification": "str"}

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        """``best`` is the place of the best response, empty where several share the first rank."""
        if answer is None:
            return dict.fromkeys(self.export_columns(config))
        ranks = answer["ranks"]
        best = ranks.index(1) if ranks.count(1) == 1 else None
        order = json.dumps(answer["order"])
        return {"ranks": json.dumps(ranks), "best": best, "order": order, "justification": answer["justification"]}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        keys = [KeyBinding(f"rank.{n}", digit, f"Rank {n}") for n, digit in enumerate(DIGITS, 1)]
        keys += [
            KeyBinding("move.up", "Alt+ArrowUp", "Better by one place"),
            KeyBinding("move.down", "Alt+ArrowDown", "Worse by one place"),
            KeyBinding("response.next", "j", "Next response"),
            KeyBinding("response.back", "k", "Response before"),
        ]
        return [*keys, KeyBinding("tie", "t", "Same rank as the one above")] if config["ties"] else keys


def kendall_distance(a: list[int], b: list[int]) -> float:
    """(1 - Kendall's tau-b) / 2: 0 the same order, 1 the reverse. Two rankings of other lengths are 1 apart.

    A ranking that ties everything is 0.5 from any other: it says nothing for or against it.
    """
    if a == b:
        return 0.0
    if len(a) != len(b):
        return 1.0
    same = untied_a = untied_b = 0
    for n, m in combinations(range(len(a)), 2):
        one, other = _sign(a[n] - a[m]), _sign(b[n] - b[m])
        same += one * other
        untied_a += one != 0
        untied_b += other != 0
    if not untied_a or not untied_b:
        return 0.5
    return min(1.0, max(0.0, (1 - same / math.sqrt(untied_a * untied_b)) / 2))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _read_places(raw: Any, problems: list[Problem], path: str, *, count: int, low: int) -> list[int]:
    if not isinstance(raw, list):
        problems.append(Problem(path, "must be a list" if raw is not None else "is missing", "type"))
        return []
    if len(raw) != count:
        problems.append(Problem(path, f"has {len(raw)} entries; the item has {count} responses", "range"))
        return []
    high = low + count - 1
    return [read_count(each, problems, f"{path}[{n}]", low=low, high=high) for n, each in enumerate(raw)]


def _check_ranks(ranks: list[int], config: dict[str, Any], problems: list[Problem]) -> None:
    if missing := set(range(1, max(ranks, default=0) + 1)) - set(ranks):
        problems.append(Problem("ranks", f"no response has rank {min(missing)}", "invalid"))
    seen: set[int] = set()
    for n, rank in enumerate(ranks):
        if rank in seen and not config["ties"]:
            problems.append(Problem(f"ranks[{n}]", f"is {rank}, as another; this schema has no ties", "duplicate"))
        seen.add(rank)
