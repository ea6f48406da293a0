"""Settle tasks by what their type makes of the answers: boxes, spans, texts, and votes that hang together.

People's skills are named sums over tasks. Each row keeps what its task has put in, so that it can be taken out exactly.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from labeling.aggregation import medoid
from labeling.aggregation.settling import Case as Question
from labeling.aggregation.settling import Known, Settled, Sums
from tasks.models import Answer, QualityState
from tasks.services.consensus.cases import Case, read_cases
from tasks.services.consensus.known import known_answers
from tasks.services.consensus.rows import evidence_of
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.scoring import Scored, read_counts

WHOLE = 2_000  # answers up to which a fit takes the project as a whole
CHUNK = 500


def settle_by_type(
    schema: Schema, state: QualityState, cases: Sequence[Case], fitted: Mapping[int, Settled] | None = None
) -> Scored:
    """Each case by what the others tell of its people; one that a fit has settled already is taken from there."""
    asked = [case for case in cases if case.pooled]
    before = [stored_evidence(case) for case in cases if case.evidence]
    people = {given.annotator_id: 0 for case in asked for given in case.pooled}
    people |= {who: 0 for one in before for who in one.evidence}  # type: ignore[misc] # our people are ids
    stored = read_counts(schema.project_id, people)
    known = Known({who: stored.get(who, {}).get("sums", {}) for who in people}, state.model.get("crowd", {}))
    known = known.minus(before)
    done = fitted or {}
    open_cases = [case for case in asked if case.task_id not in done]
    found = aggregate(schema, open_cases, known)
    settled = {case.task_id: found.get(case.task_id) or done[case.task_id] for case in asked}
    known = known.plus(settled.values())
    counts = {who: {"sums": dict(known.of(who))} for who in people}
    return Scored({}, {}, state.model | {"crowd": dict(known.crowd)}, counts, settled)


def aggregate(
    schema: Schema, cases: Sequence[Case], known: Known | None, *, truths: Mapping[int, dict[str, Any]] | None = None
) -> dict[int, Settled]:
    """By task. Without `known` people's skills are learnt from these cases; `truths` are by default what is known."""
    if not cases:
        return {}
    if truths is None:
        truths = known_answers(schema, [case.task_id for case in cases])
    questions = [
        Question({given.annotator_id: given.value for given in case.pooled}, case.item, truths.get(case.task_id))
        for case in cases
    ]
    method = schema.counted if schema.classes or schema.counted == medoid.NAME else "e4"
    found = schema.type.aggregate(questions, schema.config, known=known, method=method)
    return {case.task_id: one for case, one in zip(cases, found, strict=True)}


def fit_by_type(schema: Schema, state: QualityState) -> dict[int, Settled]:
    """The whole project, from nothing but its applied answers."""
    answers = Answer.objects.filter(project_id=schema.project_id, is_live=True, is_applied=True)
    ids = list(answers.order_by("task_id").values_list("task_id", flat=True).distinct())
    cases: list[Case] = []
    for start in range(0, len(ids), CHUNK):
        cases += [case for case in read_cases(schema, state, ids[start : start + CHUNK]) if case.pooled]
    return aggregate(schema, cases, None)


def has_moved(stored: Mapping[str, object], settled: Settled, epoch: int, *, least: float) -> bool:
    """Whether a row's evidence of before is another one than the fit's; with `least` 0 in any digit."""
    fresh = evidence_of(settled, epoch)
    if least == 0:
        return stored != fresh
    old, new = _flat(stored), _flat(fresh)
    return any(abs(old.get(name, 0.0) - new.get(name, 0.0)) > least for name in old.keys() | new.keys())


def _flat(evidence: Mapping[str, object]) -> dict[tuple[str, str], float]:
    workers: Mapping[str, Mapping[str, float]] = evidence.get("workers", {})  # type: ignore[assignment]
    return {(who, name): amount for who, sums in workers.items() for name, amount in sums.items()}


def stored_evidence(case: Case) -> Settled:
    """What the row of before was counted with."""
    evidence: dict[Hashable, Sums] = {int(who): sums for who, sums in case.evidence["workers"].items()}
    return Settled(None, 0.0, 0.0, evidence=evidence, crowd=case.evidence["crowd"])
