"""How much one person may be given on one day: answers, and minutes of active work, as their organization says; and
answers of one project, as that says."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from tasks.models import Answer, Assignment
from tasks.selectors.eligibility import Annotator
from tasks.states import HELD, AssignmentState, TaskState
from workers.models import Membership


def annotator_of(membership: Membership, mode: str) -> Annotator:
    limits = (membership.most_answers, membership.most_minutes)
    return Annotator(membership.user_id, membership.organization_id, mode, *limits)


def annotators(organization_id: int, user_ids: Collection[int], mode: str) -> dict[int, Annotator]:
    """Members by user, with their limits."""
    rows = Membership.objects.filter(organization_id=organization_id, user__in=user_ids)
    return {row.user_id: annotator_of(row, mode) for row in rows}


def room_today(
    who: Annotator, now: datetime, holding: Collection[AssignmentState] = (AssignmentState.LEASED,)
) -> int | None:
    """How many more tasks they may be given today, besides those they hold; None without a limit.

    Minutes are active time as the page measured it. The day is the server's.
    """
    if who.most_answers is None and who.most_minutes is None:
        return None
    mine = Answer.objects.filter(annotator_id=who.user_id, project__organization_id=who.organization_id)
    sums = mine.filter(created_at__gte=start_of_day(now)).aggregate(
        done=Count("pk", filter=Q(supersedes=None)), ms=Sum("active_ms")
    )
    if is_reached(who, done=sums["done"], active_ms=sums["ms"] or 0):
        return 0
    if who.most_answers is None:
        return None
    held = Assignment.objects.filter(
        annotator_id=who.user_id, organization_id=who.organization_id, state__in=holding, expires_at__gt=now
    )
    return max(0, who.most_answers - sums["done"] - held.count())


def rooms_in(
    limits: Mapping[int, int | None], who: Annotator, now: datetime, holding: Collection[AssignmentState] = HELD
) -> dict[int, int]:
    """Of these projects with their limits: how many more tasks of each the person may be given today, besides what
    they hold or are offered. Projects without a limit are left out; training and test count for none."""
    limited = {project: most for project, most in limits.items() if most is not None}
    if not limited:
        return {}
    mine = Answer.objects.filter(annotator_id=who.user_id, project__in=limited, created_at__gte=start_of_day(now))
    done = mine.filter(supersedes=None).exclude(task__state=TaskState.PRACTICE).values_list("project").order_by()
    held = Assignment.objects.filter(
        annotator_id=who.user_id, project__in=limited, state__in=holding, expires_at__gt=now
    )
    under_way = held.exclude(task__state=TaskState.PRACTICE).values_list("project").order_by()
    counts: Counter[int] = Counter(dict(done.annotate(Count("pk"))))
    counts.update(dict(under_way.annotate(Count("pk"))))
    return {project: max(0, most - counts[project]) for project, most in limited.items()}


def room_for_offers(who: Annotator, now: datetime) -> int | None:
    return room_today(who, now, holding=HELD)


def is_reached(who: Annotator, *, done: int, active_ms: int) -> bool:
    if who.most_answers is not None and done >= who.most_answers:
        return True
    return who.most_minutes is not None and active_ms >= who.most_minutes * 60_000


def told(who: Annotator, *, done: int, active_ms: int) -> dict[str, Any] | None:
    """Of the limit, for the person themselves."""
    if who.most_answers is None and who.most_minutes is None:
        return None
    reached = is_reached(who, done=done, active_ms=active_ms)
    return {"answers": who.most_answers, "minutes": who.most_minutes, "reached": reached}


def start_of_day(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
