"""Score some tasks and write all that follows from it at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tasks.models import AnnotatorCounts, Answer, Consensus, QualityState
from tasks.services.consensus import lease
from tasks.services.consensus.by_type import settle_by_type
from tasks.services.consensus.cases import Case, read_cases
from tasks.services.consensus.deciding import Judged, settle_tasks
from tasks.services.consensus.own_questions import not_scored, own_questions
from tasks.services.consensus.rows import build_rows, sure_of
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.scoring import score

REVIEW = "review"  # the method of a row that a reviewer settled: what it shows is not ours to change
MACHINE = "machine"  # of one that a machine settled alone: people who had it in hand answer beside that
KEPT = (REVIEW, MACHINE)
Fits = Mapping[Any, Any]  # {part: {task: Fitted}}, or {task: Settled} where the type settles itself
SHOWN = ("value", "confidence", "method", "label")


def settle(
    schema: Schema,
    state: QualityState,
    consumer: str,
    task_ids: Sequence[int],
    *,
    answers: Sequence[int] = (),
    fitted: Fits | None = None,
) -> None:
    """Score the tasks anew; `answers` are those applied by it, `fitted` what a batch fit said of their posteriors.

    Reading and scoring need no transaction: only the consumer writes what they read, except answers, and one that
    comes or goes meanwhile is waiting and brings its task back here.
    """
    now = timezone.now()
    asked_alike, apart = own_questions(schema, task_ids)
    cases = read_cases(schema, state, asked_alike)
    scored = (settle_by_type if schema.by_type else score)(schema, state, cases, fitted)
    rows = build_rows(schema, cases, scored, fitted_at=state.fitted_at)
    for own, ids in apart:
        of_their_own = read_cases(own, state, ids)
        rows += build_rows(own, of_their_own, not_scored(state), fitted_at=None)
        cases += of_their_own
    counts = [
        AnnotatorCounts(project_id=schema.project_id, annotator_id=who, counts=counts)
        for who, counts in scored.counts.items()
    ]
    changes: dict[str, Any] = {"model": scored.model, "applied": F("applied") + len(answers), "settled_at": now}
    with transaction.atomic():
        lease.keep(schema.project_id, consumer, revision=state.revision, is_exact=False, **changes)
        reviewed = _keep_verdicts(rows, task_ids)
        Consensus.objects.filter(task_id__in=[case.task_id for case in cases if not case.valid]).exclude(
            method__in=KEPT
        ).delete()
        Consensus.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["task"],
            update_fields=[*SHOWN, "by_method", "answers", "agreement", "basis", "evidence", "updated_at"],
        )
        AnnotatorCounts.objects.bulk_create(
            counts, update_conflicts=True, unique_fields=["project", "annotator"], update_fields=["counts"]
        )
        Answer.objects.filter(pk__in=answers).update(is_applied=True)
        waits_for_fit = state.must_refit and fitted is None  # which decides: until then much looks unsure
        if (schema.force.is_adaptive or state.revision) and not waits_for_fit:
            final = reviewed | (_delivered(task_ids) if fitted and not state.must_refit else set())
            judged = judged_by(schema, cases, rows, final)
            settle_tasks(project_id=schema.project_id, judged=judged, force=schema.force, now=now)


def _keep_verdicts(rows: Sequence[Consensus], task_ids: Sequence[int]) -> set[int]:
    """Leave in the new rows what reviewers wrote into the old ones; the tasks of those. They stay locked."""
    stored = Consensus.objects.filter(task_id__in=task_ids).order_by("task_id")
    if connection.features.has_select_for_update:
        stored = stored.select_for_update(no_key=True)
    verdicts = {row.task_id: row for row in stored.only("task_id", "by_method", *SHOWN) if row.method in KEPT}
    for row in rows:
        if verdict := verdicts.get(row.task_id):
            for name in SHOWN:
                setattr(row, name, getattr(verdict, name))
            if verdict.method in verdict.by_method:
                row.by_method[verdict.method] = verdict.by_method[verdict.method]
    return set(verdicts)


def judged_by(
    schema: Schema, cases: Sequence[Case], rows: Sequence[Consensus], final: Collection[int]
) -> dict[int, Judged]:
    """What the cases' new rows say about stopping."""
    sure = {row.task_id: sure_of(row, schema.counted) for row in rows}
    return {
        case.task_id: Judged(
            answers=len(case.valid) - case.by_machines,
            set_aside=len(case.set_aside) + case.by_machines,
            void=len(case.void),
            sure=sure.get(case.task_id, 0.0),
            is_final=case.task_id in final,
        )
        for case in cases
    }


def _delivered(task_ids: Sequence[int]) -> set[int]:
    """Those with an exported answer: that the others make it look less sure is no reason to ask again."""
    locked = Answer.objects.filter(task_id__in=task_ids, is_live=True, is_locked=True)
    return set(locked.values_list("task_id", flat=True))
