"""Read comments: the requester's by project, the annotator's by author."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from labeling.pseudonym import annotator_pseudonym
from tasks.models import Comment, Project
from tasks.selectors.eligibility import Annotator

STATES = ("open", "resolved")
NEWEST = 20  # of one's own
LATELY = timedelta(days=7)


def comments_of(project: Project, *, state: str = "", kind: str = "") -> QuerySet[Comment]:
    found = Comment.objects.filter(project=project).select_related("task__item")
    if state:
        found = found.filter(resolved_at__isnull=state == "open")
    return found.filter(kind=kind) if kind else found


def comment_of(project: Project, comment_id: int) -> Comment:
    """The comment of another project is as missing as one that never was."""
    found = comments_of(project).filter(pk=comment_id).first()
    if found is None:
        raise Http404
    return found


def open_count(project: Project) -> int:
    return Comment.objects.filter(project=project, resolved_at=None).count()


def own_comments(who: Annotator) -> QuerySet[Comment]:
    """Newest first, with what they are about."""
    mine = Comment.objects.filter(author_id=who.user_id, organization_id=who.organization_id)
    return mine.select_related("task__item", "project").order_by("-pk")[:NEWEST]


def fresh_replies(who: Annotator, now: datetime) -> int:
    """Replies to one's own comments that came lately."""
    mine = Comment.objects.filter(author_id=who.user_id, organization_id=who.organization_id)
    return mine.filter(replied_at__gt=now - LATELY).count()


def pseudonym(comment: Comment) -> str:
    return annotator_pseudonym(organization_id=comment.organization_id, user_id=comment.author_id)


def row(comment: Comment) -> dict[str, Any]:
    """As programs see it, in the API and in an export."""
    plain = ("kind", "text", "created_at", "reply", "replied_at", "resolved_at")
    return {"author": pseudonym(comment)} | {name: getattr(comment, name) for name in plain}
