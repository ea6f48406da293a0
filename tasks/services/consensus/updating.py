"""Apply waiting answers to a project's consensus."""

from collections.abc import Mapping, Sequence
from time import monotonic

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tasks.models import AnnotatorCounts, Answer, Consensus, QualityState
from tasks.selectors import quality as selectors
from tasks.services.consensus import lease, refit
from tasks.services.consensus.cases import read_cases
from tasks.services.consensus.own_questions import not_scored, own_questions
from tasks.services.consensus.rows import build_rows
from tasks.services.consensus.schema import Schema, read_schema
from tasks.services.consensus.scoring import Fitted, score

CHUNK = 1000  # answers in one transaction
BUDGET = 60.0  # seconds in one call: well below a job's time limit


def update_project(*, project_id: int, chunk: int = CHUNK, budget: float = BUDGET) -> bool:
    """Apply every waiting answer and refit when it is time; True if the time was up before the work was done.

    While somebody else consumes the project there is nothing to do: they look again after giving it back, so an answer
    that came in the last moment is not left lying.
    """
    deadline = monotonic() + budget
    while consumer := lease.take(project_id):
        try:
            if not _consume(project_id, consumer, chunk, deadline):
                return True
        finally:
            lease.release(project_id, consumer)
        if not selectors.has_waiting_answers(project_id):
            return False
    return False


def _consume(project_id: int, consumer: str, chunk: int, deadline: float) -> bool:
    while _apply_chunk(project_id, consumer, chunk):
        if monotonic() > deadline:
            return False
    return not refit.is_due(QualityState.objects.get(pk=project_id), timezone.now()) or _refit(
        project_id, consumer, chunk, deadline
    )


def _apply_chunk(project_id: int, consumer: str, chunk: int) -> int:
    schema, state = _current(project_id, consumer)
    waiting = list(selectors.waiting_answers(project_id).values_list("pk", "task_id")[:chunk])
    if waiting:
        task_ids = list(dict.fromkeys(task_id for _, task_id in waiting))
        _settle(schema, state, consumer, task_ids, answers=[pk for pk, _ in waiting])
    return len(waiting)


def _refit(project_id: int, consumer: str, chunk: int, deadline: float) -> bool:
    schema, state = _current(project_id, consumer)
    fitted = refit.fit(schema)
    moved = refit.moved_tasks(schema, fitted, state.model["epoch"])
    for start in range(0, len(moved), chunk):
        if monotonic() > deadline:
            return False
        _settle(schema, state, consumer, moved[start : start + chunk], fitted=fitted)
        state.refresh_from_db()
    lease.keep(project_id, consumer, fitted_at=timezone.now(), fitted_at_applied=state.applied)
    return True


def _settle(
    schema: Schema,
    state: QualityState,
    consumer: str,
    task_ids: Sequence[int],
    *,
    answers: Sequence[int] = (),
    fitted: Mapping[str, Mapping[int, Fitted]] | None = None,
) -> None:
    """Score the tasks and write all that follows from it at once.

    Reading and scoring need no transaction: only the consumer writes what they read, except answers, and one that
    comes or goes meanwhile is waiting and brings its task back here.
    """
    asked_alike, apart = own_questions(schema, task_ids)
    cases = read_cases(schema, state, asked_alike)
    scored = score(schema, state, cases, fitted)
    rows = build_rows(schema, cases, scored)
    empty = [case.task_id for case in cases if not case.valid]
    for own, ids in apart:
        of_their_own = read_cases(own, state, ids)
        rows += build_rows(own, of_their_own, not_scored(state))
        empty += [case.task_id for case in of_their_own if not case.valid]
    counts = [
        AnnotatorCounts(project_id=schema.project_id, annotator_id=who, counts=counts)
        for who, counts in scored.counts.items()
    ]
    with transaction.atomic():
        lease.keep(schema.project_id, consumer, model=scored.model, applied=F("applied") + len(answers))
        Consensus.objects.filter(task_id__in=empty).delete()
        Consensus.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["task"],
            update_fields=[
                *("value", "confidence", "method", "by_method", "answers", "agreement", "label", "updated_at"),
            ],
        )
        AnnotatorCounts.objects.bulk_create(
            counts, update_conflicts=True, unique_fields=["project", "annotator"], update_fields=["counts"]
        )
        Answer.objects.filter(pk__in=answers).update(is_applied=True)


def _current(project_id: int, consumer: str) -> tuple[Schema, QualityState]:
    """The schema in force and the state that belongs to it: a new schema or method starts the counting over."""
    schema = read_schema(project_id)
    state = QualityState.objects.get(pk=project_id)
    if (state.config_hash, state.model.get("method")) == (schema.config_hash, schema.method):
        return schema, state
    model = {"epoch": state.model.get("epoch", 0) + 1, "method": schema.method, "parts": {}}
    classes = {part: list(names) for part, names in schema.classes.items()}
    with transaction.atomic():
        lease.keep(
            project_id,
            consumer,
            config_hash=schema.config_hash,
            classes=classes,
            model=model,
            applied=0,
            fitted_at_applied=0,
            fitted_at=None,
        )
        AnnotatorCounts.objects.filter(project_id=project_id).delete()
        Answer.objects.filter(project_id=project_id, is_applied=True).update(is_applied=False)
    return schema, QualityState.objects.get(pk=project_id)
