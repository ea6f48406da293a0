"""One round trip of the labeling page: answers in, next tasks out. Each part has its status; none stops another."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from labeling.errors import GroundworkError, HasProblems, InvalidAnswer, Problem
from labeling.outbox import events
from labeling.problem_words import error_in_words, in_words
from tasks.models import Assignment
from tasks.selectors import payload
from tasks.selectors.answering import load
from tasks.selectors.eligibility import Annotator
from tasks.selectors.session import session_figures
from tasks.selectors.work import claimable_tasks, inbox, my_assignment
from tasks.selectors.workload import room_today
from tasks.services import leasing
from tasks.services.answering import NoSuchAssignment, Sent, submit_answer
from tasks.services.answering_many import submit_plain
from tasks.services.claiming import claim_next
from tasks.services.commenting import add_comment
from tasks.services.entering import feedback
from tasks.services.offering import reclaim
from tasks.services.selecting import Claimed, claim_tasks
from tasks.services.skipping import skip
from tasks.states import TaskState
from workers.models import Membership

NO_SUCH_ASSIGNMENT = "no such assignment"
MOST_HELD = 30  # leases one person may hold: nobody empties the pool by asking again and again
SEEN_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Malformed:
    """An entry that cannot be read: its sender hears of it, and the other entries are not held up."""

    id: Any
    assignment: Any
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Skip:
    assignment: int
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment to the requester; `id` was made by the sender."""

    id: UUID
    assignment: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    answers: list[Sent | Malformed] = field(default_factory=list)
    skips: list[Skip | Malformed] = field(default_factory=list)
    returns: list[int] = field(default_factory=list)
    as_of: datetime | None = None
    want: int = 0
    have: list[int] = field(default_factory=list)
    project: int | None = None
    claim: list[int] = field(default_factory=list)
    comments: list[Remark | Malformed] = field(default_factory=list)


def exchange(*, asked: Exchange, who: Annotator, now: datetime) -> dict[str, Any]:
    if asked.have:
        leasing.heartbeat(who=who, assignment_ids=asked.have, now=now)
    with _together():
        reply: dict[str, Any] = {
            "results": list(_answers(asked, who, now)) if asked.answers else [],
            "skipped": [_skip(entry, who, now) for entry in asked.skips],
            "returned": [_return(assignment_id, asked.as_of, who, now) for assignment_id in asked.returns],
        }
        if asked.comments:
            reply["comments"] = [_comment(entry, who, now) for entry in asked.comments]
        chosen: list[int] = []
        if asked.claim:
            claimed = claim_tasks(tasks=claimable_tasks(who, asked.claim), who=who, now=now)
            reply["claimed"] = [_told_of_claim(task_id, claimed) for task_id in asked.claim]
            chosen = list(dict.fromkeys(claimed.given[pk] for pk in asked.claim if pk in claimed.given))
    reply["tasks"] = payload.tasks_of(chosen + (_next(asked, who, now) if asked.want else []))
    reply["projects"] = payload.projects_of(reply["tasks"])
    reply["session"] = session_figures(who, now)
    reply["release"] = settings.RELEASE
    reply["now"] = now
    return reply


def _together() -> AbstractContextManager[Any]:
    """On SQLite one transaction around all parts, each in a savepoint: one sync to disk instead of one a part.

    There one writer at a time is the rule anyway. On PostgreSQL, where answers of two people may lock the same tasks
    in different orders, each part keeps its own transaction.
    """
    return transaction.atomic() if connection.vendor == "sqlite" else nullcontext()


def _answers(asked: Exchange, who: Annotator, now: datetime) -> Iterator[dict[str, Any]]:
    sound = [entry for entry in asked.answers if isinstance(entry, Sent)]
    loaded = load(who, {sent.assignment for sent in sound}, {sent.id for sent in sound})
    stored = submit_plain(sent=sound, who=who, loaded=loaded, now=now)
    for entry in asked.answers:
        result: dict[str, Any] = {"id": entry.id, "assignment": entry.assignment}
        if isinstance(entry, Malformed):
            yield result | {"status": "refused", **_told(HasProblems(entry.problems))}
            continue
        try:
            outcome = stored.pop(entry.id, None) or submit_answer(sent=entry, who=who, loaded=loaded, now=now)
            result |= {"status": outcome.status, "answer_id": outcome.answer_id}
            if loaded.turns[entry.assignment].task_state == TaskState.PRACTICE:
                result["feedback"] = feedback(answer_id=outcome.answer_id, now=now)
        except InvalidAnswer as error:
            result |= {"status": "invalid", **_told(error)}
        except NoSuchAssignment:
            result |= {"status": "refused", "detail": in_words(NO_SUCH_ASSIGNMENT)}
        except GroundworkError as error:
            result |= {"status": "refused", **_told(error)}
        yield result


def _skip(entry: Skip | Malformed, who: Annotator, now: datetime) -> dict[str, Any]:
    if isinstance(entry, Malformed):
        return {"assignment": entry.assignment, "status": "refused", **_told(HasProblems(entry.problems))}
    return _given_back(
        entry.assignment,
        "skipped",
        who,
        lambda mine: skip(assignment=mine, reason=entry.reason, note=entry.note, now=now),
    )


def _comment(entry: Remark | Malformed, who: Annotator, now: datetime) -> dict[str, Any]:
    result: dict[str, Any] = {"id": entry.id, "assignment": entry.assignment}
    if isinstance(entry, Malformed):
        return result | {"status": "refused", **_told(HasProblems(entry.problems))}
    try:
        mine = my_assignment(who, entry.assignment)
        _, is_new = add_comment(who=who, client_id=entry.id, assignment=mine, kind=entry.kind, text=entry.text, now=now)
    except Assignment.DoesNotExist:
        return result | {"status": "refused", "detail": in_words(NO_SUCH_ASSIGNMENT)}
    except GroundworkError as error:
        return result | {"status": "refused", **_told(error)}
    return result | {"status": "stored" if is_new else "duplicate"}


def _return(assignment_id: int, as_of: datetime | None, who: Annotator, now: datetime) -> dict[str, Any]:
    return _given_back(
        assignment_id,
        "returned",
        who,
        lambda mine: leasing.return_lease(assignment=mine, now=now, as_of=as_of and min(as_of, now)),
    )


def _given_back(assignment_id: int, status: str, who: Annotator, give: Any) -> dict[str, Any]:
    try:
        give(my_assignment(who, assignment_id))
    except Assignment.DoesNotExist:
        return {"assignment": assignment_id, "status": "refused", "detail": in_words(NO_SUCH_ASSIGNMENT)}
    except GroundworkError as error:
        return {"assignment": assignment_id, "status": "refused", **_told(error)}
    return {"assignment": assignment_id, "status": status}


def _told_of_claim(task_id: int, claimed: Claimed) -> dict[str, Any]:
    if assignment_id := claimed.given.get(task_id):
        return {"task": task_id, "status": "leased", "assignment": assignment_id}
    if refusal := claimed.refused.get(task_id):
        return {"task": task_id, "status": "refused", **_told(refusal)}
    return {"task": task_id, "status": "refused", "detail": "no such task"}


def _next(asked: Exchange, who: Annotator, now: datetime) -> list[int]:
    """First what the person holds but the page does not show, then the inbox, then open tasks, then idle offers."""
    known = {*asked.have, *(entry.assignment for entry in asked.answers if isinstance(entry, Sent))}
    held = inbox(who, without=known, now=now, project_id=asked.project)
    again = held.leased[: asked.want]
    if again:
        leasing.take_up(who=who, assignment_ids=again, now=now)
    room = min(asked.want - len(again), MOST_HELD - len(asked.have) - len(held.leased))
    most = room_today(who, now) if room > 0 else None
    room = room if most is None else min(room, most)
    if room <= 0:
        return again
    offers = held.offered[:room]
    if offers:
        offers = leasing.lease_offers(who=who, assignment_ids=offers, now=now)
    room -= len(offers)
    found = claim_next(who=who, count=room, now=now, project_id=asked.project) if room else []
    if room and not found and not offers:
        found = reclaim(who=who, count=room, now=now, project_id=asked.project)
    if len(found) == room and len(held.offered) - len(offers) <= settings.INBOX_SIZE // 2:
        events.emit("inbox.low", organization_id=who.organization_id, object_id=who.user_id)
    return again + offers + found


def note_presence(*, membership: Membership, now: datetime) -> None:
    """Offers go to people who are there; written at most every SEEN_EVERY."""
    if membership.seen_at is None or membership.seen_at < now - SEEN_EVERY:
        Membership.objects.filter(pk=membership.pk).update(seen_at=now)


def _told(error: GroundworkError) -> dict[str, Any]:
    told: dict[str, Any] = {"detail": error_in_words(error)}
    if isinstance(error, HasProblems):
        told["problems"] = [{"path": p.path, "message": in_words(p.message), "code": p.code} for p in error.problems]
    return told
