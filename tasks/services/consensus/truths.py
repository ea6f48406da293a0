"""What the methods say of tasks whose answer is known (gold, and what reviewers settled), without being told it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from labeling.aggregation import live, majority
from labeling.aggregation.settling import Known
from labeling.aggregation.votes import Floats
from labeling.quality.measuring import measure
from tasks.models import Consensus, Gold, ProjectVersion, QualityState
from tasks.models.gold import GoldKind
from tasks.services.consensus.by_type import aggregate, stored_evidence
from tasks.services.consensus.cases import Case, encode, read_cases
from tasks.services.consensus.known import known_answers
from tasks.services.consensus.recorded import FOLDS, without_cases
from tasks.services.consensus.rows import outcome_of
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.scoring import read_counts, read_state

SAMPLE = 1000  # tasks; the newest of more
FEWEST_ANSWERS = 2
REVIEW = "review"


class Judged(NamedTuple):
    """One task by one method: how confident and how sure it is, and whether it is right."""

    confidence: float
    sure: float
    is_right: bool


def count_known(schema: Schema) -> int:
    """Tasks with a known answer that people have answered; cheap."""
    gold = Gold.objects.filter(project=schema.project_id, kind=GoldKind.GOLD, task__answered__gte=FEWEST_ANSWERS)
    reviewed = Consensus.objects.filter(project=schema.project_id, method=REVIEW)
    return gold.count() + reviewed.count()


def judged_methods(schema: Schema) -> dict[str, list[Judged]]:
    """By method, for every known task with two answers or more. An item counts with no more answers than it usually
    gets, and is judged by what other tasks tell about its people."""
    state = QualityState.objects.filter(pk=schema.project_id).first()
    if state is None or "parts" not in state.model:
        return {}
    reviewed = Consensus.objects.filter(project=schema.project_id, method=REVIEW).values_list("task_id", "value")
    truths: dict[int, Any] = dict(reviewed) | known_answers(schema)
    cases = [_usual(schema, case) for case in read_cases(schema, state, sorted(truths, reverse=True)[:SAMPLE])]
    cases = [case for case in cases if len(case.pooled) >= FEWEST_ANSWERS]
    said = (_by_type if schema.by_type else _by_votes)(schema, state, cases)
    found: dict[str, list[Judged]] = {}
    for method, task_id, value, confidence, sure in said:
        right = measure(schema.type, schema.config, given=value, known=truths[task_id]).is_right
        found.setdefault(method, []).append(Judged(confidence, sure, right))
    return found


Said = tuple[str, int, dict[str, Any], float, float]  # method, task, answer, confidence, sure


def _usual(schema: Schema, case: Case) -> Case:
    """Checks are answered by everybody; with all of that they would tell nothing about an ordinary task."""
    if schema.force.is_adaptive:
        return replace(case, valid=case.pooled[: schema.force.policy.ceiling])
    overlap = ProjectVersion.objects.values_list("overlap", flat=True)
    most = overlap.get(project=schema.project_id, number=schema.version)
    return replace(case, valid=case.pooled[: max(most, FEWEST_ANSWERS)])


def _folds(cases: Sequence[Case]) -> list[Sequence[Case]]:
    return [part for n in range(FOLDS) if (part := cases[n::FOLDS])]


def _by_type(schema: Schema, state: QualityState, cases: Sequence[Case]) -> list[Said]:
    people = {given.annotator_id: 0 for case in cases for given in case.valid}
    stored = read_counts(schema.project_id, people)
    known = Known({who: stored.get(who, {}).get("sums", {}) for who in people}, state.model.get("crowd", {}))
    said = []
    for part in _folds(cases):
        rest = known.minus([stored_evidence(case) for case in part if case.evidence])
        for task_id, one in aggregate(schema, part, rest, truths={}).items():
            if one.answer is not None:
                said.append((schema.counted, task_id, one.answer, one.confidence, one.sure))
    return said + _by_majority(schema, cases)


def _by_votes(schema: Schema, state: QualityState, cases: Sequence[Case]) -> list[Said]:
    workers: dict[int, int] = {}
    for case in cases:
        for given in (*case.valid, *case.counted):
            workers.setdefault(given.annotator_id, len(workers))
    known = read_state(schema, state, workers)
    said = []
    for part in _folds(cases):
        rest = without_cases(schema, part, known, workers)
        votes = encode([case.ballot.votes for case in part], dict(workers), schema.classes)
        scored = {name: live.score(schema.counted, votes[name], rest[name]) for name in schema.classes}
        for place, case in enumerate(part):
            shares = {name: one.posterior[place] for name, one in scored.items()}
            sure = min(float(one.sure[place]) for one in scored.values())
            said.append(_said(schema, schema.counted, case, shares, sure))
    return said + _by_majority(schema, cases)


def _by_majority(schema: Schema, cases: Sequence[Case]) -> list[Said]:
    votes = encode([case.ballot.votes for case in cases], {}, schema.classes)
    shares = {name: majority.fit(votes[name]).posterior for name in schema.classes}
    return [
        _said(schema, majority.NAME, case, {name: table[place] for name, table in shares.items()}, 0.0)
        for place, case in enumerate(cases)
        if schema.classes
    ]


def _said(schema: Schema, method: str, case: Case, shares: Mapping[str, Floats], sure: float) -> Said:
    outcome = outcome_of(schema, case.ballot, {name: np.asarray(row) for name, row in shares.items()})
    return method, case.task_id, outcome["value"], outcome["confidence"], sure
