"""Ratings of a conversation as votes: one part for each criterion of each message, turn, and the whole."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from labeling.types.base import Ballot, TaskType, Vote
from labeling.types.criteria import Criterion, classes, elected, points, vote
from labeling.types.nearest import closest

OVERALL = "overall"


def ballot(task_type: TaskType, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
    """Of what anybody rated. A criterion is one question, about whichever message: that is how well people rate it."""
    rated = _rated(answers, config)
    votes = [
        Vote(
            who, _part(level, place, criterion), vote(criterion, _ratings(answer, level, place).get(criterion["name"]))
        )
        for who, answer in answers.items()
        for level, place, criterion in rated
    ]

    def rebuild(won: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {"messages": {}, "turns": {}, OVERALL: {}}
        for level, place, criterion in rated:
            value = elected(criterion, won.get(_part(level, place, criterion)))
            if value is not None:
                ratings = found[level].setdefault(place, {}) if place else found[OVERALL]
                ratings[criterion["name"]] = value
        found["justifications"] = {}
        nearest = closest(answers.values(), found, lambda a, b: task_type.distance(a, b, config))
        reasons = nearest["justifications"] if nearest else {}
        return found | {"justifications": reasons}

    parts = {_part(level, place, criterion): (level, criterion) for level, place, criterion in rated}
    return Ballot(
        votes,
        {part: classes(criterion) for part, (_level, criterion) in parts.items()},
        rebuild,
        ordered={part: len(points(criterion)) for part, (_level, criterion) in parts.items()},
        questions={part: f"{level}.{criterion['name']}" for part, (level, criterion) in parts.items()},
    )


def _rated(answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> list[tuple[str, str, Criterion]]:
    found = []
    for level in ("messages", "turns"):
        places = sorted({place for answer in answers.values() for place in answer[level]}, key=int)
        found += [(level, place, each) for place in places for each in config[f"{level.removesuffix('s')}_criteria"]]
    return found + [(OVERALL, "", each) for each in config["overall_criteria"]]


def _ratings(answer: dict[str, Any], level: str, place: str) -> Mapping[str, Any]:
    ratings: Mapping[str, Any] = answer[level].get(place, {}) if place else answer[OVERALL]
    return ratings


def _part(level: str, place: str, criterion: Criterion) -> str:
    return f"{level}.{place}.{criterion['name']}" if place else f"{OVERALL}.{criterion['name']}"
