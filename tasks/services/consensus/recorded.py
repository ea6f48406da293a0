"""What the rule to stop would have seen after each answer to tasks that got more of them than it asks for."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, Q

from labeling.aggregation import live
from labeling.aggregation.incremental import State, without
from labeling.aggregation.votes import Floats, Ints, result_of
from labeling.quality.stopped import Bools
from labeling.types.base import Vote
from tasks.models import Consensus, QualityState, Task
from tasks.services.consensus.cases import Case, encode
from tasks.services.consensus.cases import read_cases as read
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.scoring import read_state
from tasks.services.consensus.settling import REVIEW
from tasks.states import TaskState

SAMPLE = 2000  # tasks; the newest of more
FOLDS = 5  # a task is judged by what others tell about its people, not by itself
DONE = (TaskState.RESOLVED, TaskState.IN_REVIEW)


@dataclass(frozen=True)
class Recorded:
    """[item, n]: after n + 1 answers, how sure, whether the label was the last one, and the posterior of one part."""

    sure: Floats
    right: Bools
    posterior: Floats | None  # [item, n, class]; None where answers have several parts
    truth: Ints | None  # [item]: the class known in the end
    reviewed: int  # items whose last label is a reviewer's


def recorded(schema: Schema, *, least: int, audited: bool) -> Recorded | None:
    """Replay tasks of at least that many answers; None where there are none, or answers are no votes.

    `audited`: the audit sample alone, with every answer. Otherwise also tasks that were asked a fixed number of
    people. Tasks that the rule itself went on asking about are left out: they are the hard ones.
    """
    state = QualityState.objects.filter(pk=schema.project_id).first()
    if schema.by_type or state is None or "parts" not in state.model:
        return None
    wanted = Q(is_audit=True, answered__gte=F("ceiling"))
    if not audited:
        wanted |= Q(ceiling=None)
    tasks = Task.objects.filter(wanted, project_id=schema.project_id, state__in=DONE, answered__gte=least)
    ids = sorted(tasks.order_by("-pk").values_list("pk", flat=True)[:SAMPLE])
    cases = [case for case in read(schema, state, ids) if len(case.pooled) >= max(least, 2)]
    return _replayed(schema, state, cases) if cases else None


def _replayed(schema: Schema, state: QualityState, cases: Sequence[Case]) -> Recorded:
    rows = {row.task_id: row for row in Consensus.objects.filter(task__in=[case.task_id for case in cases])}
    truth = [_classes_of(schema, rows[case.task_id], case) for case in cases]
    most = max(len(case.pooled) for case in cases)
    sure = np.full((len(cases), most), np.nan)
    right = np.zeros((len(cases), most), dtype=bool)
    single = next(iter(schema.classes)) if len(schema.classes) == 1 else None
    posterior = np.zeros((len(cases), most, len(schema.classes[single]))) if single else None
    workers: dict[int, int] = {}
    for case in cases:
        for given in case.pooled:
            workers.setdefault(given.annotator_id, len(workers))
    known = read_state(schema, state, workers)
    for fold in range(min(FOLDS, len(cases))):
        places = list(range(fold, len(cases), FOLDS))
        rest = without_cases(schema, [cases[place] for place in places], known, workers)
        for n in range(1, most + 1):
            asked = [place for place in places if len(cases[place].pooled) >= n]
            if not asked:
                break
            shown = [_first(schema, cases[place], n) for place in asked]
            surety, is_right = np.ones(len(asked)), np.ones(len(asked), dtype=bool)
            for part, votes in encode(shown, workers, schema.classes).items():
                scored = live.score(schema.counted, votes, rest[part])
                surety = np.minimum(surety, scored.sure)
                labels = result_of(scored.posterior).labels
                is_right &= labels == np.array([truth[place][part] for place in asked])
                if posterior is not None:
                    posterior[asked, n - 1] = scored.posterior
            sure[asked, n - 1], right[asked, n - 1] = surety, is_right
    reviewed = sum(row.method == REVIEW for row in rows.values())
    known_class = np.array([each[single] for each in truth]) if single else None
    return Recorded(sure, right, posterior, known_class, reviewed)


def _classes_of(schema: Schema, row: Consensus, case: Case) -> dict[str, int]:
    """The label in the end: a reviewer's, else what all answers together say; -1 for a part it says nothing of."""
    counted = row.by_method.get(schema.counted) or {}
    value = row.value if row.method == REVIEW else counted.get("value", row.value)
    votes = {vote.part: vote.value for vote in schema.type.ballot({0: value}, schema.config).votes}
    return {
        part: names.index(votes[part]) if votes.get(part) in names else -1 for part, names in schema.classes.items()
    }


def _first(schema: Schema, case: Case, n: int) -> list[Vote]:
    answers: dict[Hashable, Any] = {given.annotator_id: given.value for given in case.pooled[:n]}
    return schema.type.ballot(answers, schema.config).votes


def without_cases(
    schema: Schema, cases: Sequence[Case], known: dict[str, State], workers: dict[int, int]
) -> dict[str, State]:
    votes = encode([case.counted_ballot.votes for case in cases], dict(workers), schema.classes)
    rest = {}
    for part, names in schema.classes.items():
        old = np.array([[case.posterior.get(part, {}).get(name, 0.0) for name in names] for case in cases])
        rest[part] = without(votes[part], old, known[part])
    return rest
