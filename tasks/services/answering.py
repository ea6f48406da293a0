"""Take answers: each in a transaction of its own, each exactly once.

Stored here is only what the annotator waits for: the answer, the moves, the event.
Consensus, pay and webhooks follow in jobs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest

from labeling.errors import GroundworkError, InvalidInput, Problem, StaleState
from labeling.outbox import events
from labeling.outbox.models import Event
from labeling.types import registry
from labeling.types.suggestions import compare
from tasks.models import Answer, Assignment, Draft, Task
from tasks.selectors.answering import Loaded, Turn, correctable, earlier_answers, turns_of
from tasks.selectors.eligibility import Annotator
from tasks.selectors.suggestions import usable
from tasks.services.rejecting import mark_fixed, resolve_if_full
from tasks.states import APART, ASKED, AssignmentState, ProjectState, TaskState

A = AssignmentState
TRIES = 3  # a lease may expire, or be renewed, between the look and the move


class NoSuchAssignment(GroundworkError):
    """It does not exist, or it is somebody else's: the two are told apart for nobody."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it arrived; `id` was made by the sender."""

    id: UUID
    assignment: int
    schema_version: int
    answer: Any
    active_ms: int = 0
    supersedes: int | None = None

    def content_hash(self) -> str:
        """Of what makes two sendings the same answer. The time it took is not part of it."""
        what = [self.assignment, self.schema_version, self.answer, self.supersedes]
        return hashlib.sha256(orjson.dumps(what, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    status: str  # stored, duplicate, late
    answer_id: int


def submit_answer(*, sent: Sent, who: Annotator, loaded: Loaded, now: datetime) -> Outcome:
    """Store one answer of a loaded batch, or a correction of an earlier one.

    Raises NoSuchAssignment, InvalidAnswer (with paths into the answer), InvalidInput (a field beside it) or StaleState.
    A repeat of a stored answer is a duplicate with the first one's result.
    """
    content_hash = sent.content_hash()
    if sent.id in loaded.earlier:
        return _repeat(sent.id, content_hash, who, loaded)
    turn = loaded.turns.get(sent.assignment)
    if turn is None:
        raise NoSuchAssignment("no such assignment")
    value = cleaned(sent, turn, loaded)
    kept = kept_of(sent, turn, loaded, value)
    for attempt in range(TRIES):
        if turn.project_state == ProjectState.ARCHIVED:
            raise StaleState("the project is archived")
        try:
            return _store(sent, value, kept, content_hash, turn, who, now)
        except (IntegrityError, StaleState) as refusal:
            loaded.earlier |= earlier_answers([sent.id])
            if sent.id in loaded.earlier:  # the same answer arrives twice at once, and the other was first
                return _repeat(sent.id, content_hash, who, loaded)
            if isinstance(refusal, IntegrityError):
                raise
            turn, before = turns_of(who, [turn.id])[turn.id], turn
            loaded.turns[turn.id] = turn
            if turn.state == before.state or attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _repeat(client_id: UUID, content_hash: str, who: Annotator, loaded: Loaded) -> Outcome:
    first = loaded.earlier[client_id]
    if first.annotator_id != who.user_id or first.content_hash != content_hash:
        raise StaleState("another answer was stored under this id")
    return Outcome("duplicate", first.answer_id)


def cleaned(sent: Sent, turn: Turn, loaded: Loaded) -> dict[str, Any]:
    config = loaded.configs.get((turn.project_id, sent.schema_version))
    if config is None or sent.schema_version != (turn.own_version or sent.schema_version):
        raise InvalidInput(Problem("schema_version", f"the project has no version {sent.schema_version}", "missing"))
    return registry.get(turn.project_type).clean_answer(sent.answer, config=config, item=turn.item)


def kept_of(sent: Sent, turn: Turn, loaded: Loaded, value: dict[str, Any]) -> dict[str, Any]:
    """What the answer makes of the task's suggestion, as fields of an Answer. Nothing if none could be shown."""
    config = loaded.configs[turn.project_id, sent.schema_version]
    if turn.suggestion is None:
        return {}
    is_older = turn.suggestion["schema_version"] != sent.schema_version
    reader = loaded.reader(turn.project_id) if is_older else None
    shown = usable(turn.suggestion, sent.schema_version, turn.project_type, config, turn.item, reader)
    if shown is None:
        return {}
    kept = compare(registry.get(turn.project_type), shown, value, config)
    return {"suggestion_outcome": kept.outcome, "suggestion_counts": kept.counts}


@transaction.atomic
def _store(
    sent: Sent,
    value: dict[str, Any],
    kept: dict[str, Any],
    content_hash: str,
    turn: Turn,
    who: Annotator,
    now: datetime,
) -> Outcome:
    """First the counts (tasks are locked before assignments), then the move, then the answer; all or nothing."""
    resolved, status = False, "stored"
    is_rework = turn.state == A.RETURNED_FOR_FIX
    if is_rework:
        resolved = _rework(sent, turn, now)
    elif sent.supersedes is not None:
        _supersede(sent.supersedes, turn, who)
    else:
        move, status = MOVES_TO_SUBMITTED.get(AssignmentState(turn.state)) or _refuse(turn)
        resolved = _count(turn, late=status == "late", now=now)
        move(turn, sent, now)
    answer = Answer(
        client_id=sent.id,
        content_hash=content_hash,
        assignment_id=turn.id,
        task_id=turn.task_id,
        project_id=turn.project_id,
        annotator_id=who.user_id,
        schema_version=sent.schema_version,
        value=value,
        active_ms=sent.active_ms,
        supersedes_id=sent.supersedes,
        created_at=now,
        **kept,
    )
    answer.save(force_insert=True)
    if turn.has_draft:
        Draft.objects.filter(assignment_id=turn.id).delete()
    where = {"organization_id": who.organization_id, "project_id": turn.project_id, "actor_id": who.user_id}
    if sent.supersedes is None:
        kind, payload = "answer.submitted", told_of(turn)
    else:
        kind, payload = "answer.corrected", told_of(turn) | {"supersedes": sent.supersedes}
    if is_rework:
        payload["rework"] = 1
    rows = [Event(kind=kind, object_id=answer.pk, payload=payload, **where)]
    if resolved:
        rows.append(Event(kind="task.resolved", object_id=turn.task_id, **where))
    events.emit_many(rows)
    return Outcome(status, answer.pk)


def told_of(turn: Turn) -> dict[str, Any]:
    """In the event of an answer: its task, and that there is something to measure it by."""
    return {"task": turn.task_id} | ({"check": True} if turn.task_state in APART else {})


def _count(turn: Turn, *, late: bool, now: datetime) -> bool:
    """One more answer on the task; true when it was the last one wanted. A late one needs a slot that is free again.

    A task with a ceiling is not resolved here: its consensus decides. One that was settled while this annotator was
    still at it takes the answer all the same.
    """
    task = Task.objects.filter(pk=turn.task_id).exclude(state=TaskState.CANCELED)
    is_last = Q(state__in=ASKED, ceiling=None, answered__gte=F("wanted") - 1)
    changes = {
        "answered": F("answered") + 1,
        "state": Case(When(is_last, then=Value(TaskState.RESOLVED.value)), default=F("state")),
        "resolved_at": Case(When(is_last, then=Value(now)), default=F("resolved_at")),
    }
    if late:
        changes |= {"taken": F("taken") + 1, "wanted": Greatest("wanted", F("taken") + 1)}
        stopped_early = ~Q(state=TaskState.OPEN) & Q(ceiling__gt=F("taken") - F("extra"))  # its slot went to nobody
        if not task.filter(Q(taken__lt=F("wanted")) | stopped_early).update(**changes):
            raise StaleState("the lease expired and the task went to somebody else")
    elif not task.filter(answered__lt=F("taken")).update(**changes):
        raise StaleState("the task was called off")
    return Task.objects.filter(pk=turn.task_id, state=TaskState.RESOLVED, resolved_at=now, ceiling=None).exists()


def _from_lease(turn: Turn, sent: Sent, now: datetime) -> None:
    Assignment.objects.move(turn.id, A.LEASED, A.SUBMITTED, finished_at=now, expires_at=None, active_ms=sent.active_ms)


def _from_offer(turn: Turn, sent: Sent, now: datetime) -> None:
    """An expired lease that lies in the same person's inbox again: the page still shows it."""
    Assignment.objects.move(turn.id, A.OFFERED, A.LEASED, leased_at=now)
    _from_lease(turn, sent, now)


def _from_expired(turn: Turn, sent: Sent, now: datetime) -> None:
    Assignment.objects.move(turn.id, A.EXPIRED, A.SUBMITTED, finished_at=now, expires_at=None, active_ms=sent.active_ms)


def _from_returned(turn: Turn, sent: Sent, now: datetime) -> None:
    Assignment.objects.move(turn.id, A.RETURNED, A.LEASED, leased_at=now)
    _from_lease(turn, sent, now)


MOVES_TO_SUBMITTED: dict[AssignmentState, tuple[Callable[[Turn, Sent, datetime], None], str]] = {
    A.LEASED: (_from_lease, "stored"),
    A.OFFERED: (_from_offer, "stored"),
    A.EXPIRED: (_from_expired, "late"),
    A.RETURNED: (_from_returned, "late"),
}


def _refuse(turn: Turn) -> Any:
    reasons = {
        A.SUBMITTED: "this task is answered already; a correction names the answer it supersedes",
        A.SKIPPED: "this task was skipped",
        A.CANCELED: "this task was called off",
        A.REJECTED: "your answer to this task was rejected for good",
    }
    raise StaleState(reasons[AssignmentState(turn.state)])


def _rework(sent: Sent, turn: Turn, now: datetime) -> bool:
    """A better answer in place of one that a reviewer returned; true when the task has all it wanted now."""
    if sent.supersedes is None:
        raise InvalidInput(Problem("supersedes", "name the answer that was returned to you", "required"))
    old = Answer.objects.filter(pk=sent.supersedes, assignment_id=turn.id)
    if not old.exists():
        raise InvalidInput(Problem("supersedes", f"no answer {sent.supersedes} of this assignment", "missing"))
    if not Task.objects.filter(pk=turn.task_id).exclude(state=TaskState.CANCELED).update(answered=F("answered") + 1):
        raise StaleState("the task was called off")
    mark_fixed(answer_id=sent.supersedes, now=now)
    spent = F("active_ms") + sent.active_ms
    Assignment.objects.move(turn.id, A.RETURNED_FOR_FIX, A.SUBMITTED, finished_at=now, active_ms=spent)
    return resolve_if_full(turn.task_id, now)


def _supersede(answer_id: int, turn: Turn, who: Annotator) -> None:
    """Take the corrected answer out of the live ones. It must be the assignment's, recent, and not exported yet."""
    if turn.task_state == TaskState.PRACTICE:
        raise StaleState("an answer of a training or a test stands as it was given")
    recent = correctable(who)
    old = Answer.objects.filter(pk=answer_id, assignment_id=turn.id, annotator_id=who.user_id)
    if not old.exists():
        raise InvalidInput(Problem("supersedes", f"no answer {answer_id} of this assignment", "missing"))
    if answer_id not in recent:
        raise StaleState("only one's last ten answers may be corrected, each answer once")
    if not old.filter(is_live=True, is_locked=False).update(is_live=False):
        raise StaleState("the answer is exported or corrected already")
