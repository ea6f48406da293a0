"""Answers that are votes: each part of a ballot by the method of its kind, put together to an answer again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labeling.aggregation import ballot_scores
from labeling.aggregation.ballot_scores import Group, Scores
from labeling.aggregation.fitting import as_clean
from labeling.aggregation.settling import NOTHING, Case, Known, Part, Settled, Sums, crowd_of, in_order, rounded

if TYPE_CHECKING:
    from labeling.types.base import Ballot, TaskType

SMALLEST = 1e-4
"""Of a posterior that is worth a line in the evidence."""
PRIOR, USUAL = 10.0, 0.7
"""Votes that a new worker is taken to have given, and how many of a new crowd's are right."""
TRUTH = "truth"


@dataclass(frozen=True)
class Asked:
    """One case with its ballot; ``votes`` and ``truth`` by part."""

    case: Case
    ballot: Ballot
    votes: Mapping[str, Sequence[tuple[Hashable, str]]]
    truth: Mapping[str, str]


def aggregate(
    task_type: TaskType,
    cases: Sequence[Case],
    config: dict[str, Any],
    *,
    known: Known | None = None,
    method: str = "e4",
) -> list[Settled]:
    """As ``TaskType.aggregate``.

    Parts on a scale are settled by ``ordinal`` and those that are alike by ``multilabel`` where ``method`` is e4; with
    another method, every part by that one.
    """
    return settle_ballots(
        [_asked(case, lambda answers: task_type.ballot(answers, config)) for case in cases],
        lambda answer, case: as_clean(task_type, answer, case, config),
        known=known,
        method=method,
    )


def settle_ballots(asked: Sequence[Asked], cleaned: Any, *, known: Known | None, method: str) -> list[Settled]:
    """``cleaned(answer, case)`` makes of a rebuilt answer one that fits the case."""
    scores = ballot_scores.score(_groups(asked), known, method)
    evidence = [_evidence(each, n, scores) for n, each in enumerate(asked)]
    crowds = [_crowd(each, n, mine, scores) for (n, each), mine in zip(enumerate(asked), evidence, strict=True)]
    if known is None:
        known = NOTHING.plus(
            Settled(None, 0, 0, evidence=mine, crowd=crowd) for mine, crowd in zip(evidence, crowds, strict=True)
        )
    settled = []
    for n, (each, mine, crowd) in enumerate(zip(asked, evidence, crowds, strict=True)):
        weights = {worker: skill_of(worker, known) for worker in mine}
        settled.append(_settled(each, n, scores, cleaned, mine, crowd, weights))
    return settled


def skill_of(worker: Hashable, known: Known) -> float:
    """How often the worker is right, over all parts, leaning on the crowd."""
    crowd, mine = known.crowd, known.of(worker)
    usual = (crowd.get("right", 0.0) + PRIOR * USUAL) / (crowd.get("given", 0.0) + PRIOR)
    skill = (mine.get("right", 0.0) + PRIOR * usual) / (mine.get("given", 0.0) + PRIOR)
    return min(max(skill, 0.0), 1.0)


def cut(case: Case, ballot_of: Any) -> Asked:
    """A case with its votes; ``ballot_of(answers)`` is the type's."""
    return _asked(case, ballot_of)


def _asked(case: Case, ballot_of: Any) -> Asked:
    ballot = ballot_of({worker: case.answers[worker] for worker in in_order(case.answers)})
    votes: dict[str, list[tuple[Hashable, str]]] = defaultdict(list)
    for vote in ballot.votes:
        votes[vote.part].append((vote.worker, vote.value))
    truth = {} if case.truth is None else {v.part: v.value for v in ballot_of({TRUTH: case.truth}).votes}
    return Asked(case, ballot, votes, truth)


def _groups(asked: Sequence[Asked]) -> dict[str, Group]:
    """Every question with its rows: one for each case and part that has votes."""
    groups: dict[str, Group] = {}
    for n, each in enumerate(asked):
        ballot = each.ballot
        for part, classes in ballot.classes.items():
            if not each.votes.get(part):
                continue
            question = ballot.questions.get(part, part)
            group = groups.get(question)
            if group is None:
                group = groups[question] = Group(question, classes, ballot.ordered.get(part), ballot.alike)
            group.rows.append((n, part))
            group.votes.append(each.votes[part])
            group.truth.append(each.truth.get(part))
    return groups


def _evidence(asked: Asked, n: int, scores: Scores) -> dict[Hashable, Sums]:
    """Expected votes by true class, and how many were right."""
    evidence: dict[Hashable, Sums] = defaultdict(lambda: defaultdict(float))
    for part, votes in asked.votes.items():
        row = scores.row(n, part)
        for worker, value in votes:
            mine = evidence[worker]
            mine["given"] += 1
            mine["right"] += row.share(value)
            for true, share in row.evidence:
                mine[row.key(true, value)] += share
    return {worker: rounded(sums) for worker, sums in evidence.items()}


def _crowd(asked: Asked, n: int, evidence: dict[Hashable, Sums], scores: Scores) -> Sums:
    mass: Sums = defaultdict(float)
    for part in asked.votes:
        row = scores.row(n, part)
        for true, share in row.evidence:
            mass[row.mass_key(true)] += share
    return crowd_of(evidence, **mass)


def _settled(
    asked: Asked,
    n: int,
    scores: Scores,
    cleaned: Any,
    evidence: dict[Hashable, Sums],
    crowd: Sums,
    weights: dict[Hashable, float],
) -> Settled:
    if not asked.votes and asked.case.truth is None:
        return Settled(None, 0.0, 0.0)
    rows = {part: scores.row(n, part) for part in asked.ballot.classes if part in asked.votes}
    won = {part: row.label for part, row in rows.items()}
    posteriors = {part: row.shares() for part, row in rows.items()}
    if asked.ballot.elect is not None:
        won = asked.ballot.elect(posteriors)
    sure, parts = [], {}
    for part, row in rows.items():
        share = round(row.share(won[part]), 7)
        # the mean has the vote shares in it, which are never sure: they have no say in whether to stop
        sure.append(row.sure if won[part] == row.label else min(row.sure, share))
        support = tuple(worker for worker, value in asked.votes[part] if value == won[part])
        parts[part] = Part(share, support, posteriors[part], row.spread)
    if asked.case.truth is not None:
        return Settled(asked.case.truth, 1.0, 1.0, parts, evidence, crowd, weights)
    confidence = min((part.confidence for part in parts.values()), default=0.0)
    answer = cleaned(asked.ballot.rebuild(won), asked.case)
    return Settled(answer, confidence, float(np.round(min(sure), 7)), parts, evidence, crowd, weights)
