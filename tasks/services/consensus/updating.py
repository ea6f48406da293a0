"""Apply waiting answers to a project's consensus."""

from contextlib import suppress
from time import monotonic

from django.db import transaction
from django.utils import timezone

from tasks.models import AnnotatorCounts, Answer, Consensus, QualityState
from tasks.selectors import quality as selectors
from tasks.services.consensus import by_type, lease, refit
from tasks.services.consensus.calibrating import calibrate
from tasks.services.consensus.schema import Schema, read_schema
from tasks.services.consensus.settling import Fits, settle
from tasks.services.consensus.sweeping import decide_waiting, follow_policy

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
    while True:
        with suppress(lease.Outdated):
            while _apply_chunk(project_id, consumer, chunk):
                if monotonic() > deadline:
                    return False
            if not follow_policy(project_id, consumer, deadline):
                return False
            state = QualityState.objects.get(pk=project_id)
            if refit.is_due(state, timezone.now()) and not _refit(project_id, consumer, chunk, deadline):
                return False
            if calibrate(read_schema(project_id)) and not follow_policy(project_id, consumer, deadline):
                return False
            decide_waiting(project_id, consumer)
            return True


def _apply_chunk(project_id: int, consumer: str, chunk: int) -> int:
    schema, state = _current(project_id, consumer)
    waiting = list(selectors.waiting_answers(project_id).values_list("pk", "task_id")[:chunk])
    if waiting:
        task_ids = sorted({task_id for _, task_id in waiting})
        settle(schema, state, consumer, task_ids, answers=[pk for pk, _ in waiting])
    return len(waiting)


def _refit(project_id: int, consumer: str, chunk: int, deadline: float) -> bool:
    schema, state = _current(project_id, consumer)
    exactly = refit.is_due_exactly(state, timezone.now())
    if schema.by_type and state.applied > by_type.WHOLE:
        if not _pass_over(schema, state, consumer, chunk, deadline):
            return False
    else:
        fitted: Fits = by_type.fit_by_type(schema, state) if schema.by_type else refit.fit(schema)
        moved = refit.moved_tasks(schema, fitted, state.model["epoch"], exactly=exactly)
        if state.must_refit:
            moved = sorted({*moved, *refit.tasks_of_the_left_out(project_id)})
        for start in range(0, len(moved), chunk):
            if monotonic() > deadline:
                return False
            settle(schema, state, consumer, moved[start : start + chunk], fitted=fitted)
            state.refresh_from_db(fields=["model"])
    done = {"is_exact": True, "must_refit": False} if exactly else {}
    lease.keep(
        project_id,
        consumer,
        revision=state.revision,
        fitted_at=timezone.now(),
        fitted_at_applied=state.applied,
        **done,
    )
    return True


def _pass_over(schema: Schema, state: QualityState, consumer: str, chunk: int, deadline: float) -> bool:
    """A fit of a project too large to be held as a whole: every task once more, by what the others tell by now.

    It begins with the skills there are, and goes on where a killed one stopped.
    """
    rows = Consensus.objects.filter(project_id=schema.project_id).order_by("task_id")
    while ids := list(rows.filter(task_id__gt=state.model.get("passed", 0)).values_list("task_id", flat=True)[:chunk]):
        if monotonic() > deadline:
            return False
        settle(schema, state, consumer, ids, fitted={})
        state.refresh_from_db(fields=["model"])
        state.model["passed"] = ids[-1]
        lease.keep(schema.project_id, consumer, revision=state.revision, model=state.model)
    state.model.pop("passed", None)
    lease.keep(schema.project_id, consumer, revision=state.revision, model=state.model)
    return True


def _current(project_id: int, consumer: str) -> tuple[Schema, QualityState]:
    """The schema in force and the state that belongs to it: a new schema or method starts the counting over."""
    state = QualityState.objects.get(pk=project_id)  # before the schema: what changes in between is noticed
    schema = read_schema(project_id)
    known = state.model.get("method"), state.model.get("counted", schema.counted)
    if state.config_hash == schema.config_hash and known == (schema.method, schema.counted):
        return schema, state
    epoch = state.model.get("epoch", 0) + 1
    model = {"epoch": epoch, "method": schema.method, "counted": schema.counted, "parts": {}}
    classes = {part: list(names) for part, names in schema.classes.items()}
    with transaction.atomic():
        lease.keep(
            project_id,
            consumer,
            revision=state.revision,
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
