"""Fit the whole project anew, and carry over what moved.

The fit starts from the vote shares, so it depends on the answers only, never on the order in which they came. What it
finds is written chunk by chunk, each chunk as consistent as any other update: a killed refit is simply done again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from django.db.models import QuerySet

from labeling import aggregation
from labeling.aggregation.votes import result_of, tally
from labeling.types.base import Vote
from tasks.models import Answer, Consensus, LeftOut, QualityState
from tasks.selectors.answering import judged
from tasks.services.consensus.by_type import has_moved
from tasks.services.consensus.cases import encode
from tasks.services.consensus.known import gold_codes, known_classes
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.scoring import DIGITS, Fitted
from tasks.states import TaskState

GROWTH = 0.1  # of the answers since the last fit
EAGER = 20_000  # answers; up to here a fit is so cheap that every lull ends with one
PAUSE = timedelta(seconds=2)
NIGHT = timedelta(days=1)
REST = timedelta(seconds=30)
MOVED = 0.02


def is_due(state: QualityState, now: datetime) -> bool:
    if is_due_exactly(state, now):
        return True
    grown = state.applied - state.fitted_at_applied
    if grown <= 0:
        return False
    if state.fitted_at is None or grown >= GROWTH * state.fitted_at_applied:
        return True
    return now - state.fitted_at >= (PAUSE if state.applied <= EAGER else NIGHT)


def is_due_exactly(state: QualityState, now: datetime) -> bool:
    """Whether every row is to become what the fit says, however little it moved: then the rows depend on the answers
    alone, not on how they came. After somebody was left out or taken back in, and when a project came to rest."""
    is_at_rest = state.settled_at is not None and now - state.settled_at >= REST
    return state.must_refit or (not state.is_exact and state.applied <= EAGER and is_at_rest)


def fit(schema: Schema) -> dict[str, dict[int, Fitted]]:
    """Every task with pooled, applied answers: {part: {task: its posterior}}."""
    tasks: list[int] = []
    ballots: list[list[Vote]] = []
    for task_id, ballot in _ballots(schema):
        tasks.append(task_id)
        ballots.append(ballot)
    fitted: dict[str, dict[int, Fitted]] = {}
    known = known_classes(schema)
    for part, votes in encode(ballots, _workers(ballots), schema.classes).items():
        gold = gold_codes(known, tasks, part, schema.classes[part])
        result = aggregation.get(schema.counted).fit(votes, gold=gold)
        sure = getattr(result, "sure", result.confidence)
        answered = tally(votes).sum(axis=1) > 0
        fitted[part] = {tasks[n]: Fitted(result.posterior[n], float(sure[n])) for n in np.flatnonzero(answered)}
    return fitted


def moved_tasks(schema: Schema, fitted: Mapping[Any, Any], epoch: int, *, exactly: bool = False) -> list[int]:
    """Tasks whose stored label is another one, whose posteriors are more than MOVED away, or that stop on the other
    side of tau. Exactly: those that differ at all."""
    moved = []
    rows = Consensus.objects.filter(project_id=schema.project_id).order_by("task_id")
    if schema.by_type:
        least = 0.0 if exactly else MOVED
        pairs = rows.values_list("task_id", "evidence").iterator(chunk_size=2000)
        return [
            task_id
            for task_id, evidence in pairs
            if task_id in fitted and has_moved(evidence, fitted[task_id], epoch, least=least)
        ]
    for task_id, by_method, basis in rows.values_list("task_id", "by_method", "basis").iterator(chunk_size=2000):
        stored = by_method.get(schema.counted) or {}
        if stored.get("epoch") != epoch:
            continue
        found = {part: fitted[part][task_id] for part in schema.classes if task_id in fitted[part]}
        sure = round(min((part.sure for part in found.values()), default=stored["sure"]), DIGITS)
        is_other = (stored["sure"] >= tau) != (sure >= tau) if (tau := basis.get("tau")) else False
        if exactly:
            is_other |= stored["sure"] != sure or basis.get("calibration", 0) != schema.force.calibration.number
        least = 0.0 if exactly else MOVED
        if is_other or any(
            _has_moved(stored["posterior"].get(part, {}), one, schema.classes[part], least)
            for part, one in found.items()
        ):
            moved.append(task_id)
    return moved


def tasks_of_the_left_out(project_id: int) -> set[int]:
    """Those with an answer of somebody who is left out or was: whether they need another one is still to be decided."""
    people = LeftOut.objects.filter(project_id=project_id).values("annotator_id")
    answers = Answer.objects.filter(project_id=project_id, is_live=True, annotator_id__in=people)
    return set(answers.values_list("task_id", flat=True))


def _has_moved(stored: dict[str, float], fitted: Fitted, names: tuple[str, ...], least: float) -> bool:
    old = np.array([stored.get(name, 0.0) for name in names])
    both = result_of(np.vstack([old, fitted.posterior]))
    away = np.abs(old - fitted.posterior.round(DIGITS)).max().round(DIGITS)
    return bool(both.labels[0] != both.labels[1] or away > least)


def _ballots(schema: Schema) -> Iterator[tuple[int, list[Vote]]]:
    pooled = [number for number in schema.hashes if schema.pools(number)]
    if schema.reader is not None:
        pooled += schema.reader.exact_versions()
    answers = Answer.objects.filter(
        project_id=schema.project_id, is_live=True, is_applied=True, schema_version__in=pooled
    )
    answers = answers.exclude(annotator_id__in=schema.left_out).exclude(task__state=TaskState.PRACTICE)
    for task_id, given in groupby(_rows(schema, answers.order_by("task_id", "id")), key=itemgetter(0)):
        yield task_id, schema.type.ballot({who: value for _, who, value in given}, schema.config).votes


def _rows(schema: Schema, answers: QuerySet[Answer]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(task, person, answer in the labels of now)"""
    fields = ("task_id", "annotator_id", "value")
    if schema.reader is None:
        yield from answers.values_list(*fields).iterator(chunk_size=5000)
        return
    more = ("schema_version", "task__item__data", "task__item__media")
    for task_id, who, value, version, data, media in answers.values_list(*fields, *more).iterator(chunk_size=2000):
        if not schema.pools(version):
            value = schema.reader.read(value, version, judged(data, media))
        if value is not None:
            yield task_id, who, value


def _workers(ballots: list[list[Vote]]) -> dict[object, int]:
    codes: dict[object, int] = {}
    for votes in ballots:
        for vote in votes:
            codes.setdefault(vote.worker, len(codes))
    return codes
