"""Posteriors of the tasks at hand by the method that counts, and what they move in the project's model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from labeling.aggregation import Votes, live
from labeling.aggregation.incremental import State, empty_state, without
from labeling.aggregation.settling import Settled
from labeling.aggregation.votes import Floats, counts_of, tally
from tasks.models import AnnotatorCounts, QualityState
from tasks.services.consensus.cases import Case, Posterior, encode
from tasks.services.consensus.known import known_classes
from tasks.services.consensus.schema import Schema

DIGITS = 7  # kept of a posterior and of a count: what is added can be taken out again to the last digit


class Fitted(NamedTuple):
    """What a batch fit says of one part of a task."""

    posterior: Floats
    sure: float


@dataclass(frozen=True)
class Scored:
    """New posteriors by task (none for a task without pooled answers), and the model after."""

    posteriors: dict[int, Posterior]
    sure: dict[int, float]  # of those tasks, in their least sure part: what tells whether to stop asking
    model: dict[str, Any]
    counts: dict[int, dict[str, Any]]  # as AnnotatorCounts keep them
    settled: dict[int, Settled] = field(default_factory=dict)  # by task, where the type settles itself


def score(
    schema: Schema,
    state: QualityState,
    cases: Sequence[Case],
    fitted: Mapping[str, Mapping[int, Fitted]] | None = None,
) -> Scored:
    """Score every case; one that a batch fit has scored already takes its posterior from there."""
    workers: dict[int, int] = {}
    before = [case.counted_ballot.votes for case in cases]
    now = [case.pooled_ballot.votes for case in cases]
    for ballot in (*before, *now):
        for vote in ballot:
            workers.setdefault(vote.worker, len(workers))  # type: ignore[arg-type] # our ballots name people by id
    old_votes, new_votes = encode(before, workers, schema.classes), encode(now, workers, schema.classes)
    stored = read_counts(schema.project_id, workers)
    parts: dict[str, Any] = dict(state.model["parts"])
    posteriors: dict[int, Posterior] = {case.task_id: {} for case in cases if case.pooled}
    known_of = known_classes(schema, list(posteriors))
    least = np.ones(len(cases))
    counts: dict[int, dict[str, Any]] = {who: dict(stored.get(who, {})) for who in workers}
    for part, names in schema.classes.items():
        known = _known(parts.get(part), [stored.get(who, {}).get(part) for who in workers], len(names))
        old = np.array([[case.posterior.get(part, {}).get(name, 0.0) for name in names] for case in cases])
        # until the first fit nothing else tells the classes apart
        start = empty_state(0, len(names)).pooled if state.fitted_at is None else 0
        new, sure = _posterior(schema, old_votes[part], new_votes[part], old, known, start)
        for place, case in enumerate(cases):
            if fitted and case.task_id in fitted.get(part, {}):
                new[place], sure[place] = fitted[part][case.task_id]
            if truth := known_of.get(case.task_id, {}).get(part):
                new[place], sure[place] = np.eye(len(names))[names.index(truth)], 1.0
        least = np.minimum(least, sure)
        new = np.where(tally(new_votes[part]).sum(axis=1, keepdims=True) > 0, new.round(DIGITS), 0.0)
        after = _moved(known, (old_votes[part], old), (new_votes[part], new))
        parts[part] = {"pooled": after.pooled.tolist(), "mass": after.class_mass.tolist()}
        for who, code in workers.items():
            counts[who][part] = after.counts[code].tolist()
        for place, case in enumerate(cases):
            if case.pooled:
                shares = zip(names, new[place].tolist(), strict=True)
                posteriors[case.task_id][part] = {name: share for name, share in shares if share}
    surety = {case.task_id: float(least[place]) for place, case in enumerate(cases) if case.pooled}
    return Scored(posteriors, surety, state.model | {"parts": parts}, counts)


def _posterior(
    schema: Schema, before: Votes, now: Votes, old: Floats, known: State, start: Floats | int
) -> tuple[Floats, Floats]:
    """Posteriors [item, class], and how sure of the winner each item is."""
    known = replace(known, pooled=known.pooled + start)
    scored = live.score(schema.counted, now, without(before, old, known))
    return scored.posterior.copy(), scored.sure.copy()


def _moved(known: State, before: tuple[Votes, Floats], now: tuple[Votes, Floats]) -> State:
    change = counts_of(*now) - counts_of(*before)
    return State(
        counts=np.maximum(known.counts + change, 0).round(DIGITS),
        pooled=np.maximum(known.pooled + change.sum(axis=0), 0).round(DIGITS),
        class_mass=np.maximum(known.class_mass + now[1].sum(axis=0) - before[1].sum(axis=0), 0).round(DIGITS),
    )


def _known(part: dict[str, Any] | None, counts: Sequence[Any], n_classes: int) -> State:
    nothing = np.zeros((n_classes, n_classes))
    return State(
        counts=np.array([nothing if one is None else one for one in counts]).reshape(-1, n_classes, n_classes),
        pooled=np.array(part["pooled"]) if part else nothing,
        class_mass=np.array(part["mass"]) if part else np.zeros(n_classes),
    )


def read_state(schema: Schema, state: QualityState, workers: Mapping[int, int]) -> dict[str, State]:
    """What is known of these people and the crowd, by part; their codes are places in the counts."""
    stored = read_counts(schema.project_id, workers)
    return {
        part: _known(state.model["parts"].get(part), [stored.get(who, {}).get(part) for who in workers], len(names))
        for part, names in schema.classes.items()
    }


def read_counts(project_id: int, annotators: Mapping[int, int]) -> dict[int, dict[str, Any]]:
    rows = AnnotatorCounts.objects.filter(project_id=project_id, annotator_id__in=list(annotators))
    return dict(rows.values_list("annotator_id", "counts"))
