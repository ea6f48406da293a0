"""Answers that a reviewer does not accept: returned to their annotator first, rejected for good only after that.

A rejected answer is not live: it counts in no consensus. Its slot stays with its annotator until they have fixed it,
declined, or let the deadline pass. A machine mends nothing and is told nothing: its vote is rejected for good at once.
Lock order: the project's state where a consensus row may be missing, consensus, then task, then assignment,
then project.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from labeling.errors import InvalidInput, NotAllowed, Problem, StaleState
from labeling.outbox import events
from tasks.models import Answer, Assignment, Consensus, Rejection, Review, Task
from tasks.selectors.machines import is_of_machine
from tasks.selectors.review_rules import review_rules_of
from tasks.services.claiming import slots_opened
from tasks.services.consensus import lease
from tasks.states import ASKED, REJECTION_REASONS, AppealState, AssignmentState, RejectionState, TaskState

A, J = AssignmentState, RejectionState
RECENT = 20  # of a person's answers: those by which the brake measures
ALWAYS = 2  # rejections among them that need no second person
LONGEST_NOTE, LONGEST_CLAUSE = 2000, 120
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Rejected:
    """What a reviewer says about one answer."""

    answer: int
    reason: str
    clause: str = ""
    note: str = ""


def reason_problems(reason: str, clause: str, note: str, path: str = "") -> list[Problem]:
    problems = []
    if reason not in REJECTION_REASONS:
        text = f"must be one of {', '.join(REJECTION_REASONS)}, not {reason!r}"
        problems.append(Problem(f"{path}reason", text, "choice"))
    if reason == "other" and not note.strip():
        problems.append(Problem(f"{path}note", "say why: the reason is none of the listed ones", "required"))
    for name, text, most in (("clause", clause, LONGEST_CLAUSE), ("note", note, LONGEST_NOTE)):
        if len(text) > most:
            problems.append(Problem(f"{path}{name}", f"is longer than {most} characters", "max_length"))
    return problems


def lock(task_id: int) -> Task:
    """The task, locked until the transaction ends; before it its consensus, as the consumer of answers does.

    Where there is no consensus yet, the consumer may be about to write one: then it waits for us.
    """
    consensus = Consensus.objects.filter(task_id=task_id)
    if connection.features.has_select_for_update:
        locked = consensus.select_for_update().values_list("pk")
        if not list(locked):
            lease.hold(Task.objects.values_list("project_id", flat=True).get(pk=task_id))
            list(locked.all())
    Task.objects.filter(pk=task_id).update(taken=F("taken"))
    return Task.objects.select_related("project", "item").get(pk=task_id)


def reject(*, review: Review, rejected: Rejected, now: datetime) -> Rejection:
    """Return the answer to its annotator, or hold that until a second person agrees. The task is locked."""
    answer = Answer.objects.filter(pk=rejected.answer, task_id=review.task_id).first()
    if answer is None:
        raise InvalidInput(Problem("rejections", f"no answer {rejected.answer} to this task", "missing"))
    if answer.annotator_id == review.reviewer_id:
        raise NotAllowed("nobody reviews their own answer")
    rejection = Rejection.objects.create(
        review=review,
        answer=answer,
        project_id=answer.project_id,
        annotator_id=answer.annotator_id,
        state=J.HELD,
        reason=rejected.reason,
        clause=rejected.clause.strip(),
        note=rejected.note.strip(),
        created_at=now,
    )
    if is_of_machine(answer.annotator_id):
        refuse_vote(rejection=rejection, now=now)
    elif braked(rejection):
        _emit("rejection.held", rejection, review.reviewer_id)
    else:
        give_back(rejection=rejection, now=now)
    return rejection


def braked(rejection: Rejection) -> bool:
    """Whether this is more than the share of the person's recent answers that one reviewer may reject."""
    theirs = Answer.objects.filter(
        annotator_id=rejection.annotator_id, project_id=rejection.project_id, superseded_by=None
    )
    recent = list(theirs.order_by("-pk").values_list("pk", flat=True)[:RECENT])
    refused = Rejection.objects.filter(answer__in=recent).exclude(state=J.WITHDRAWN)
    by_now = refused.exclude(pk=rejection.pk).count() + 1
    brake = review_rules_of(rejection.project_id).rejection_brake
    return by_now > max(ALWAYS, len(recent) * brake // 100)


def _take_out(answer: Answer) -> None:
    """Out of the consensus."""
    live = Answer.objects.filter(pk=answer.pk, is_live=True)
    if not live.filter(is_locked=False).update(is_live=False, is_applied=False):
        if live.exists():
            raise StaleState(f"answer {answer.pk} is exported: what was delivered is not taken back")
        raise StaleState(f"answer {answer.pk} was corrected meanwhile")


def refuse_vote(*, rejection: Rejection, now: datetime) -> None:
    """A machine's vote leaves the consensus, and the slot that came with it goes, too. The task is locked."""
    answer = rejection.answer
    _take_out(answer)
    Rejection.objects.move(rejection.pk, J.HELD, J.FINAL, closed_at=now)
    rejection.state, rejection.closed_at = J.FINAL, now
    Assignment.objects.move(answer.assignment_id, A.SUBMITTED, A.REJECTED)
    gone = {name: F(name) - 1 for name in ("answered", "taken")}
    fewer = {name: Greatest(F(name) - 1, Value(least)) for name, least in (("wanted", 1), ("extra", 0))}
    Task.objects.filter(pk=answer.task_id).update(**gone, **fewer)
    _emit("answer.rejected", rejection, rejection.review.reviewer_id, reason=rejection.reason, by="machine")


def give_back(*, rejection: Rejection, now: datetime) -> None:
    """The answer leaves the consensus and its annotator may fix it. The task is locked."""
    answer = rejection.answer
    _take_out(answer)
    until = review_rules_of(rejection.project_id).fix_until(now)
    Rejection.objects.move(rejection.pk, J.HELD, J.RETURNED, fix_until=until)
    rejection.state, rejection.fix_until = J.RETURNED, until
    Assignment.objects.move(answer.assignment_id, A.SUBMITTED, A.RETURNED_FOR_FIX)
    Task.objects.filter(pk=answer.task_id).update(answered=F("answered") - 1)
    _emit("answer.rejected", rejection, rejection.review.reviewer_id, reason=rejection.reason)


@transaction.atomic
def confirm(*, rejection: Rejection, actor_id: int, now: datetime) -> None:
    """The second person agrees: the annotator hears of it now."""
    _other_than(rejection, actor_id)
    task = lock(rejection.answer.task_id)
    if not Answer.objects.filter(pk=rejection.answer_id, is_live=True).exists():
        Rejection.objects.move(rejection.pk, J.HELD, J.WITHDRAWN, closed_at=now)  # corrected meanwhile: nothing to fix
        _emit("rejection.withdrawn", rejection, actor_id)
        return
    give_back(rejection=rejection, now=now)
    Rejection.objects.filter(pk=rejection.pk).update(confirmed_by=actor_id)
    if rejection.review.verdict == "reject" and task.state != TaskState.OPEN:
        Task.objects.move(task.pk, TaskState(task.state), TaskState.OPEN, resolved_at=None)
    _emit("rejection.confirmed", rejection, actor_id)


@transaction.atomic
def dismiss(*, rejection: Rejection, actor_id: int, now: datetime) -> None:
    """The second person does not agree: the answer stays, and nobody is told."""
    _other_than(rejection, actor_id)
    lock(rejection.answer.task_id)
    Rejection.objects.move(rejection.pk, J.HELD, J.WITHDRAWN, closed_at=now, confirmed_by=actor_id)
    _emit("rejection.dismissed", rejection, actor_id)


def _other_than(rejection: Rejection, actor_id: int) -> None:
    if actor_id == rejection.review.reviewer_id:
        raise NotAllowed("a second person has to look at this, not the one who rejected it")
    if actor_id == rejection.annotator_id:
        raise NotAllowed("nobody decides about their own answer")


def mark_fixed(*, answer_id: int, now: datetime) -> Rejection:
    """The annotator sent a better answer. StaleState when the time for that is over."""
    rejection = Rejection.objects.filter(answer_id=answer_id, state=J.RETURNED).first()
    if rejection is None:
        raise StaleState("this answer cannot be fixed any more")
    Rejection.objects.move(rejection.pk, J.RETURNED, J.FIXED, closed_at=now)
    return rejection


@transaction.atomic
def finalize(*, rejection: Rejection, now: datetime, actor_id: int | None = None) -> None:
    """Declined by its annotator, or too late: the slot goes to somebody else if the task still wants an answer."""
    task = lock(rejection.answer.task_id)
    Rejection.objects.move(rejection.pk, J.RETURNED, J.FINAL, closed_at=now)
    Assignment.objects.move(rejection.answer.assignment_id, A.RETURNED_FOR_FIX, A.REJECTED, finished_at=now)
    if task.state in ASKED:
        Task.objects.filter(pk=task.pk).update(taken=F("taken") - 1)
        slots_opened(task.project_id)
    else:
        Task.objects.filter(pk=task.pk).update(taken=F("taken") - 1, wanted=Greatest(F("wanted") - 1, Value(1)))
    _emit("rejection.final", rejection, actor_id)


def finalize_overdue(*, now: datetime) -> int:
    """Those whose deadline has passed; an appeal stops the clock. Safe to run twice at once."""
    due = Rejection.objects.filter(state=J.RETURNED, fix_until__lt=now).exclude(appeal__state=AppealState.OPEN)
    done = 0
    for rejection in due.select_related("answer", "review").order_by("pk")[:CHUNK]:
        try:
            finalize(rejection=rejection, now=now)
        except StaleState:
            continue  # fixed while we were looking
        done += 1
    return done


def withdraw(*, rejection: Rejection, now: datetime, actor_id: int | None) -> None:
    """The answer counts again as if nothing had been said. The task is locked.

    StaleState when it was fixed meanwhile: then another answer stands in its place.
    """
    was = RejectionState(rejection.state)
    Rejection.objects.move(rejection.pk, was, J.WITHDRAWN, closed_at=now)
    if was != J.HELD:
        answer = rejection.answer
        held = A.RETURNED_FOR_FIX if was == J.RETURNED else A.REJECTED
        slots = 0 if was == J.RETURNED else 1  # a final rejection has given its slot away
        _one_more_answer(Task.objects.get(pk=answer.task_id), slots)
        Assignment.objects.move(answer.assignment_id, held, A.SUBMITTED)
        Answer.objects.filter(pk=answer.pk, is_live=False).update(is_live=True, is_applied=False)
        resolve_if_full(answer.task_id, now)
        _emit("answer.restored", rejection, actor_id)
    _emit("rejection.withdrawn", rejection, actor_id)


def _one_more_answer(task: Task, slots: int) -> None:
    """The locked task holds one more answer, with a slot of its own if `slots` is 1."""
    taken = task.taken + slots
    extra = task.extra if task.ceiling is None else max(task.extra, taken - task.ceiling)
    changes = {"taken": taken, "wanted": max(task.wanted, taken), "extra": extra, "answered": task.answered + 1}
    Task.objects.filter(pk=task.pk).update(**changes)


def resolve_if_full(task_id: int, now: datetime) -> bool:
    """Of a task with a ceiling the consensus says when it has enough."""
    full = Task.objects.filter(pk=task_id, state__in=ASKED, ceiling=None, answered__gte=F("wanted"))
    return bool(full.update(state=TaskState.RESOLVED, resolved_at=now))


def _emit(kind: str, rejection: Rejection, actor_id: int | None, **payload: str) -> None:
    about_answer = kind.startswith("answer.")
    events.emit(
        kind,
        organization_id=rejection.review.organization_id,
        object_id=rejection.answer_id if about_answer else rejection.pk,
        project_id=rejection.project_id,
        actor_id=actor_id,
        task=rejection.answer.task_id,
        **({"rejection": rejection.pk} if about_answer else {"answer": rejection.answer_id}),
        **payload,
    )
