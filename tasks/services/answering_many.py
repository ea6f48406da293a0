"""The usual answers of a batch all at once: what one answer does with a statement, this does with one for all of them.

Whatever is unusual (a repeat, a correction, an expired lease) is left to `answering`, which takes one at a time.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, IntegerField, Value, When

from labeling.errors import GroundworkError, StaleState
from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.models import Answer, Assignment, Draft, Task
from tasks.selectors.answering import Loaded, Turn
from tasks.selectors.eligibility import Annotator
from tasks.services.answering import Outcome, Sent, cleaned, kept_of, told_of
from tasks.states import ASKED, AssignmentState, ProjectState, TaskState

A = AssignmentState


def submit_plain(*, sent: Sequence[Sent], who: Annotator, loaded: Loaded, now: datetime) -> dict[UUID, Outcome]:
    """Store the valid first answers to leases that are held; the outcome of each, by its id.

    All or none: if anything is not as it was loaded, nothing is stored and nothing returned. An answer that is not in
    the result has to go the usual way.
    """
    usual = _usual(sent, loaded)
    if len(usual) < 2:
        return {}
    try:
        return _store(usual, who, now)
    except (StaleState, IntegrityError):  # somebody was faster; one by one each gets its own reason
        return {}


Usual = tuple[Sent, Turn, dict[str, Any], dict[str, Any]]  # with the clean answer and what it kept of a suggestion


def _usual(sent: Sequence[Sent], loaded: Loaded) -> list[Usual]:
    ids, tasks = Counter(one.id for one in sent), Counter[int]()
    for one in sent:
        if turn := loaded.turns.get(one.assignment):
            tasks[turn.task_id] += 1
    found = []
    for one in sent:
        turn = loaded.turns.get(one.assignment)
        if turn is None or turn.state != A.LEASED or turn.project_state == ProjectState.ARCHIVED:
            continue
        if one.supersedes is not None or one.id in loaded.earlier or ids[one.id] > 1 or tasks[turn.task_id] > 1:
            continue
        try:
            value = cleaned(one, turn, loaded)
        except GroundworkError:
            continue
        found.append((one, turn, value, kept_of(one, turn, loaded, value)))
    return found


@transaction.atomic
def _store(usual: Sequence[Usual], who: Annotator, now: datetime) -> dict[UUID, Outcome]:
    """Tasks are locked before assignments, and in the order of their ids."""
    resolved = _count([turn.task_id for _, turn, *_ in usual], now)
    spent = Case(*(When(pk=turn.id, then=Value(one.active_ms)) for one, turn, *_ in usual), output_field=IntegerField())
    ids = [turn.id for _, turn, *_ in usual]
    Assignment.objects.move_all(ids, A.LEASED, A.SUBMITTED, finished_at=now, expires_at=None, active_ms=spent)
    answers = Answer.objects.bulk_create(
        Answer(
            client_id=one.id,
            content_hash=one.content_hash(),
            assignment_id=turn.id,
            task_id=turn.task_id,
            project_id=turn.project_id,
            annotator_id=who.user_id,
            schema_version=one.schema_version,
            value=value,
            active_ms=one.active_ms,
            created_at=now,
            **kept,
        )
        for one, turn, value, kept in usual
    )
    if drafted := [turn.id for _, turn, *_ in usual if turn.has_draft]:
        Draft.objects.filter(assignment_id__in=drafted).delete()
    rows = []
    turns = {turn.task_id: turn for _, turn, *_ in usual}
    for answer in answers:
        where = {"organization_id": who.organization_id, "project_id": answer.project_id, "actor_id": who.user_id}
        rows.append(
            Event(kind="answer.submitted", object_id=answer.pk, payload=told_of(turns[answer.task_id]), **where)
        )
        if answer.task_id in resolved:
            rows.append(Event(kind="task.resolved", object_id=answer.task_id, **where))
    events.emit_many(rows)
    return {answer.client_id: Outcome("stored", answer.pk) for answer in answers}


def _count(task_ids: Sequence[int], now: datetime) -> set[int]:
    """One more answer on each task; which of them are resolved by it, as in `answering`."""
    tasks = Task.objects.filter(pk__in=task_ids).exclude(state=TaskState.CANCELED).order_by("pk")
    if connection.features.has_select_for_update:
        tasks = tasks.select_for_update(no_key=True)
    counted = {
        pk: state in ASKED and ceiling is None and answered + 1 >= wanted
        for pk, state, ceiling, answered, wanted in tasks.values_list("pk", "state", "ceiling", "answered", "wanted")
    }
    if len(counted) != len(task_ids):
        raise StaleState("a task was called off")
    full = {pk for pk, is_full in counted.items() if is_full}
    Task.objects.filter(pk__in=counted.keys() - full).update(answered=F("answered") + 1)
    if full:
        Task.objects.filter(pk__in=full).update(answered=F("answered") + 1, state=TaskState.RESOLVED, resolved_at=now)
    return full
