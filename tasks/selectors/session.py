"""The figures of the labeling page's bar."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum

from tasks.models import Answer
from tasks.selectors.eligibility import Annotator
from tasks.selectors.workload import start_of_day, told

TYPICAL = 20  # the last answers tell how long the next ones take
SLACK = timedelta(minutes=10)  # pauses shorter than this are no break


def session_figures(who: Annotator, now: datetime) -> dict[str, Any]:
    """Done today, the goal, seconds to it at the person's own pace, active time, whether a break is due, the limit.

    A break is due after BREAK_MINUTES of active work without SLACK of rest; with 0 minutes never. Two queries, over
    today's answers, not all.
    """
    today = start_of_day(now)
    work = timedelta(minutes=settings.BREAK_MINUTES)
    stretch = now - work - SLACK
    mine = Answer.objects.filter(annotator_id=who.user_id, project__organization_id=who.organization_id)
    sums = mine.filter(created_at__gte=min(today, stretch)).aggregate(
        done=Count("pk", filter=Q(created_at__gte=today, supersedes=None)),
        today_ms=Sum("active_ms", filter=Q(created_at__gte=today)),
        stretch_ms=Sum("active_ms", filter=Q(created_at__gte=stretch)),
    )
    times = mine.filter(active_ms__gt=0).order_by("-pk").values_list("active_ms", flat=True)[:TYPICAL]
    pace = [*times]
    to_do = max(0, settings.SESSION_GOAL - sums["done"])
    return {
        "done": sums["done"],
        "goal": settings.SESSION_GOAL,
        "eta_s": round(median(pace) * to_do / 1000) if pace else None,
        "active_s": round((sums["today_ms"] or 0) / 1000),
        "limit": told(who, done=sums["done"], active_ms=sums["today_ms"] or 0),
        "break_due": bool(work) and (sums["stretch_ms"] or 0) >= work.total_seconds() * 1000,
    }
