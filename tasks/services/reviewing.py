"""Reviews: a task on one reviewer's screen, their verdict, and the way back."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from labeling.errors import InvalidInput, NotAllowed, Problem, StaleState
from labeling.outbox import events
from labeling.types import registry
from tasks.models import Answer, Consensus, Project, ProjectVersion, Rejection, Review, Task
from tasks.models.review import Stage, Verdict
from tasks.selectors.answering import judged
from tasks.selectors.machines import is_of_machine
from tasks.selectors.review_payload import SHOWN, consensus_shown
from tasks.selectors.review_rules import review_rules_of
from tasks.selectors.reviews import REPEATS, REVIEWABLE, Reviewer, candidates, to_repeat
from tasks.services.claiming import slots_opened
from tasks.services.consensus.rows import in_words
from tasks.services.rejecting import (
    LONGEST_CLAUSE,
    LONGEST_NOTE,
    Rejected,
    lock,
    reason_problems,
    reject,
    withdraw,
)
from tasks.states import RejectionState, ReviewState, TaskState

METHOD = "review"  # a consensus that a person settled: the consumer leaves its value alone
LOOK = 30  # tasks tried before giving up: others may be quicker
UNDO = timedelta(minutes=15)
ALIKE = 0.05  # two reviewers whose answers are so close agree
OURS = ("value", "confidence", "method", "label")  # of a consensus; the rest of the row is the consumer's

R, T = ReviewState, TaskState


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on the consensus and on answers, as it arrived.

    `value` is what the reviewer stands for: with "accept" the consensus they saw, with "fix" their own answer.
    """

    verdict: str
    value: Any = None
    reason: str = ""
    clause: str = ""
    note: str = ""
    rejections: tuple[Rejected, ...] = field(default=())
    active_ms: int = 0


def take_reviews(
    *, who: Reviewer, project: Project, source: str, count: int, now: datetime, **chosen: Any
) -> list[Review]:
    """Up to `count` tasks of a list, each on this reviewer's screen only."""
    taken: list[Review] = []
    for task in candidates(who, project, source=source, now=now, **chosen).select_related("project")[:LOOK]:
        if len(taken) >= count:
            break
        if review := take_review(who=who, task=task, source=source, now=now):
            taken.append(review)
    return taken


def take_review(*, who: Reviewer, task: Task, source: str, now: datetime) -> Review | None:
    """Lease the review of one task, or None: another reviewer was quicker."""
    stage = REPEATS.get(source, Stage.FIRST)
    earlier = to_repeat(who, stage).filter(task=task).order_by("pk").first() if source in REPEATS else None
    if source in REPEATS and earlier is None:
        return None
    try:
        with transaction.atomic():
            over = Review.objects.filter(task=task, state=R.LEASED, expires_at__lte=now)
            over.update(state=R.UNDONE, expires_at=None)
            return Review.objects.create(
                organization_id=who.organization_id,
                project_id=task.project_id,
                task=task,
                reviewer_id=who.user_id,
                stage=stage,
                source=source,
                earlier=earlier,
                schema_version=task.project.version,
                expires_at=review_rules_of(task.project_id).lease_until(now),
                created_at=now,
            )
    except IntegrityError:
        return None


def held_by(who: Reviewer) -> QuerySet[Review]:
    return Review.objects.filter(reviewer_id=who.user_id, organization_id=who.organization_id, state=R.LEASED)


def take_up_again(
    *, who: Reviewer, project: Project, source: str, count: int, now: datetime, task: int = 0
) -> list[Review]:
    """What this reviewer took from the list on a page that is gone without a word, as after a crash."""
    held = held_by(who).filter(project=project, source=source, expires_at__gt=now).select_related("task__project")
    if task:
        held = held.filter(task=task)
    found = list(held.order_by("pk")[:count])
    keep(who=who, review_ids=[review.pk for review in found], now=now)
    return found


def keep(*, who: Reviewer, review_ids: list[int], now: datetime) -> None:
    """A sign of life for what lies on the reviewer's screen."""
    held = held_by(who).filter(pk__in=review_ids)
    for project_id in set(held.values_list("project_id", flat=True)):
        held.filter(project=project_id).update(expires_at=review_rules_of(project_id).lease_until(now))


def give_back(*, who: Reviewer, review_ids: list[int]) -> int:
    """The reviewer went away, or looks at another list: others may have these tasks."""
    return held_by(who).filter(pk__in=review_ids).update(state=R.UNDONE, expires_at=None)


@transaction.atomic
def decide(*, review: Review, decision: Decision, now: datetime) -> Review:
    """Store the verdict and do what follows from it. The same verdict once more changes nothing.

    Raises InvalidInput, InvalidAnswer (of a fix), NotAllowed, or StaleState when the task is not what the reviewer saw.
    """
    task = lock(review.task_id)
    review.refresh_from_db()
    if review.state == R.DONE and (review.verdict, review.value) == _said(decision, review):
        return review
    problems = _problems(review, decision)
    if problems:
        raise InvalidInput(problems)
    if task.state not in REVIEWABLE:
        raise StaleState(f"task {task.pk} is {task.state} now")
    if Answer.objects.filter(task=task, annotator_id=review.reviewer_id).exists():
        raise NotAllowed("nobody reviews a task they answered themselves")
    consensus = Consensus.objects.filter(task=task).first()
    value = _value(review, decision, task, consensus)
    changes: dict[str, Any] = {
        "verdict": decision.verdict,
        "value": value,
        "reason": decision.reason,
        "clause": decision.clause.strip(),
        "note": decision.note.strip(),
        "before": _before(task, consensus),
        "active_ms": decision.active_ms,
        "decided_at": now,
        "expires_at": None,
    }
    if review.stage == Stage.SECOND:
        changes["agrees"] = _agree(review, value)
    elif review.stage == Stage.FIRST and value is not None:
        changes["wants_second"] = is_repeated(review)
    Review.objects.move(review.pk, R.LEASED, R.DONE, **changes)
    review.refresh_from_db()
    _emit("review.decided", review, verdict=decision.verdict, stage=review.stage)
    given = [reject(review=review, rejected=one, now=now) for one in decision.rejections]
    if review.stage == Stage.SECOND:
        return review
    if value is None:
        _ask_again(task, given, now)
    else:
        _settle(task, review, value, now)
    return review


def _said(decision: Decision, review: Review) -> tuple[str, Any]:
    """A fix is compared as it was cleaned; cleaning a clean answer changes nothing, so this is good enough."""
    return decision.verdict, decision.value if decision.verdict != Verdict.REJECT else None


def _problems(review: Review, decision: Decision) -> list[Problem]:
    if decision.verdict not in Verdict.values:
        return [Problem("verdict", f"must be one of {', '.join(Verdict.values)}, not {decision.verdict!r}", "choice")]
    problems = []
    if review.stage == Stage.SECOND and (decision.verdict == Verdict.REJECT or decision.rejections):
        problems.append(Problem("verdict", "a blind second review accepts or fixes", "choice"))
    if decision.verdict == Verdict.REJECT and not decision.rejections:
        problems += reason_problems(decision.reason, decision.clause, decision.note)
    elif len(decision.clause) > LONGEST_CLAUSE or len(decision.note) > LONGEST_NOTE:
        problems.append(Problem("note", f"is longer than {LONGEST_NOTE} characters", "max_length"))
    answers = [one.answer for one in decision.rejections]
    if len(set(answers)) < len(answers):
        problems.append(Problem("rejections", "an answer is rejected twice", "unique"))
    for n, one in enumerate(decision.rejections):
        problems += reason_problems(one.reason, one.clause, one.note, f"rejections[{n}].")
    return problems


def _value(review: Review, decision: Decision, task: Task, consensus: Consensus | None) -> dict[str, Any] | None:
    """What the reviewer stands for; None when they ask again."""
    if decision.verdict == Verdict.REJECT:
        return None
    if decision.verdict == Verdict.ACCEPT:
        shown = consensus_shown(review, consensus)
        if shown is None:
            raise InvalidInput(Problem("verdict", "there is no consensus to accept yet", "missing"))
        if decision.value != shown["value"]:
            raise StaleState("the consensus has changed since it was shown")
        return shown["value"]
    versions = dict(ProjectVersion.objects.filter(project=task.project_id).values_list("number", "config_hash"))
    if versions.get(review.schema_version) != versions[task.project.version]:
        raise StaleState("the project's schema has changed since the task was shown")
    config = ProjectVersion.objects.get(project=task.project_id, number=review.schema_version).config
    item = judged(task.item.data, task.item.media)
    return registry.get(task.project.type).clean_answer(decision.value, config=config, item=item)


def _before(task: Task, consensus: Consensus | None) -> dict[str, Any]:
    return {
        "task": task.state,
        "wanted": task.wanted,
        "ceiling": task.ceiling,
        "extra": task.extra,
        "resolved_at": task.resolved_at.isoformat() if task.resolved_at else None,
        "consensus": {name: getattr(consensus, name) for name in SHOWN} if consensus else None,
    }


def is_repeated(review: Review) -> bool:
    """A share of reviews is repeated blind. By a hash, so that nobody can tell which from the page."""
    digest = hashlib.sha256(f"second:{settings.SECRET_KEY}:{review.pk}".encode()).digest()
    return int.from_bytes(digest[:4]) % 100 < review_rules_of(review.project_id).second_reviews


def _agree(review: Review, value: Any) -> bool:
    if review.earlier is None or review.earlier.value is None:
        return False
    config = ProjectVersion.objects.get(project=review.project_id, number=review.schema_version).config
    return registry.get(review.project.type).distance(review.earlier.value, value, config) <= ALIKE


def _settle(task: Task, review: Review, value: Any, now: datetime) -> None:
    """The reviewer's word is the consensus now; what the methods say stays beside it, in the consumer's columns."""
    if task.state != T.RESOLVED:
        Task.objects.move(task.pk, TaskState(task.state), T.RESOLVED, resolved_at=now)
    config = ProjectVersion.objects.get(project=task.project_id, number=review.schema_version).config
    Consensus.objects.update_or_create(
        task=task,
        defaults={
            "project_id": task.project_id,
            "value": value,
            "confidence": 1.0,
            "method": METHOD,
            "label": in_words(registry.get(task.project.type).export_row(value, config)),
            "updated_at": now,
        },
    )


def _ask_again(task: Task, given: list[Rejection], now: datetime) -> None:
    """Rejected answers come back to their annotators first; without any of people, one more person is asked.

    While the brake holds all of them, the task waits where it is.
    """
    given = [one for one in given if one.state != RejectionState.FINAL]  # without the votes of machines
    if given and all(one.state == RejectionState.HELD for one in given):
        if task.state == T.RESOLVED:
            Task.objects.move(task.pk, T.RESOLVED, T.IN_REVIEW)
        return
    Task.objects.move(task.pk, TaskState(task.state), T.OPEN, resolved_at=None)
    if not given:
        # a task with a ceiling gets a higher one: below it, its consensus asks for more
        Task.objects.filter(pk=task.pk).update(wanted=F("wanted") + 1, ceiling=F("ceiling") + 1)
        slots_opened(task.project_id)


@transaction.atomic
def undo(*, review: Review, now: datetime) -> Review:
    """Take one's verdict back, exactly: StaleState when somebody has built on it. The review is under way again."""
    task = lock(review.task_id)
    review.refresh_from_db()
    if review.state != R.DONE or review.decided_at is None or review.decided_at < now - UNDO:
        raise StaleState("only a verdict of the last minutes is taken back")
    if Review.objects.filter(task=task, pk__gt=review.pk).exclude(state=R.UNDONE).exists():
        raise StaleState("the task was reviewed again since")
    for rejection in review.rejections.select_related("answer", "review").exclude(state=RejectionState.WITHDRAWN):
        still = rejection.state in (RejectionState.HELD, RejectionState.RETURNED)
        if not still and not is_of_machine(rejection.annotator_id):
            raise StaleState("a rejected answer was fixed or declined meanwhile")
        withdraw(rejection=rejection, now=now, actor_id=review.reviewer_id)
    if review.stage != Stage.SECOND and review.before:
        _restore(task.pk, review.before)
    until = review_rules_of(review.project_id).lease_until(now)
    Review.objects.move(
        review.pk, R.DONE, R.LEASED, expires_at=until, verdict="", value=None, reason="", clause="", note="",
        before=None, wants_second=False, agrees=None, decided_at=None,
    )  # fmt: skip
    _emit("review.undone", review)
    review.refresh_from_db()
    return review


def _restore(task_id: int, before: dict[str, Any]) -> None:
    task = Task.objects.get(pk=task_id)
    if task.state == T.CANCELED:
        raise StaleState(f"task {task_id} is canceled")
    changes = {name: before[name] for name in ("resolved_at", "wanted", "ceiling", "extra")}
    fits = Task.objects.filter(pk=task_id, state=task.state, taken__lte=before["wanted"])
    if not fits.update(**changes):
        raise StaleState("somebody answers the task again already")
    if task.state != before["task"]:
        Task.objects.move(task_id, TaskState(task.state), TaskState(before["task"]))
    settled = Consensus.objects.filter(task_id=task_id, method=METHOD)
    if before["consensus"]:
        settled.update(**{name: before["consensus"][name] for name in OURS})
    else:
        settled.delete()
    newest = Answer.objects.filter(task_id=task_id, is_live=True).order_by("-pk").values("pk")[:1]
    Answer.objects.filter(pk__in=newest).update(is_applied=False)  # the consumer catches up with what it left alone


def _emit(kind: str, review: Review, **payload: str) -> None:
    events.emit(
        kind,
        organization_id=review.organization_id,
        object_id=review.pk,
        project_id=review.project_id,
        actor_id=review.reviewer_id,
        task=review.task_id,
        **payload,
    )
