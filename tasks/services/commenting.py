"""Comments from annotators to the requester, about a task they have or had."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Assignment, Comment
from tasks.models.comments import LONGEST_COMMENT, CommentKind
from tasks.selectors.eligibility import Annotator
from workers.models import User


def add_comment(
    *, who: Annotator, client_id: UUID, assignment: Assignment, kind: str, text: str, now: datetime
) -> tuple[Comment, bool]:
    """The comment, and whether it is new: sent again under its id it is the same comment.

    `assignment` is the person's own, in any state: one may comment on what one has answered or skipped.
    """
    text = text.strip()
    if problems := _problems(kind, text):
        raise InvalidInput(problems)
    found = Comment.objects.filter(client_id=client_id).first()
    if found is None:
        try:
            return _store(who, client_id, assignment, kind, text, now), True
        except IntegrityError:  # the same comment arrives twice at once, and the other was first
            found = Comment.objects.filter(client_id=client_id).first()
            if found is None:
                raise
    if (found.author_id, found.task_id, found.kind, found.text) != (who.user_id, assignment.task_id, kind, text):
        raise StaleState("another comment was stored under this id")
    return found, False


def _problems(kind: str, text: str) -> list[Problem]:
    problems = []
    if kind not in CommentKind.values:
        problems.append(Problem("kind", f"must be one of {', '.join(CommentKind.values)}, not {kind!r}", "choice"))
    return problems + text_problems(text)


def text_problems(text: str) -> list[Problem]:
    if not text:
        return [Problem("text", "must not be empty", "required")]
    if len(text) > LONGEST_COMMENT:
        return [Problem("text", f"is longer than {LONGEST_COMMENT} characters", "max_length")]
    return []


@transaction.atomic
def _store(who: Annotator, client_id: UUID, assignment: Assignment, kind: str, text: str, now: datetime) -> Comment:
    comment = Comment(
        client_id=client_id,
        organization_id=who.organization_id,
        project_id=assignment.project_id,
        task_id=assignment.task_id,
        author_id=who.user_id,
        kind=kind,
        text=text,
        created_at=now,
    )
    comment.save(force_insert=True)
    _emit("comment.added", comment, who.user_id)
    return comment


@transaction.atomic
def reply(*, comment: Comment, text: str, actor: User | None, now: datetime) -> None:
    """What the author reads beside their comment. A later reply takes the place of the first."""
    text = text.strip()
    if problems := text_problems(text):
        raise InvalidInput(problems)
    Comment.objects.filter(pk=comment.pk).update(reply=text, replied_at=now, replied_by=actor)
    comment.refresh_from_db()
    _emit("comment.replied", comment, actor.pk if actor else None)


@transaction.atomic
def resolve(*, comment: Comment, actor: User | None, now: datetime) -> None:
    """Nothing is left to do about it. Once more changes nothing."""
    if Comment.objects.filter(pk=comment.pk, resolved_at=None).update(resolved_at=now, resolved_by=actor):
        _emit("comment.resolved", comment, actor.pk if actor else None)
    comment.refresh_from_db()


@transaction.atomic
def reopen(*, comment: Comment, actor: User | None, now: datetime) -> None:
    if Comment.objects.filter(pk=comment.pk).exclude(resolved_at=None).update(resolved_at=None, resolved_by=None):
        _emit("comment.reopened", comment, actor.pk if actor else None)
    comment.refresh_from_db()


def _emit(kind: str, comment: Comment, actor_id: int | None) -> None:
    events.emit(
        kind,
        organization_id=comment.organization_id,
        object_id=comment.pk,
        project_id=comment.project_id,
        actor_id=actor_id,
        task=comment.task_id,
    )
