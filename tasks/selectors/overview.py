"""What the overview of a project shows beside its progress: days, seconds, accuracy, cost, and what is in dispute."""

import time
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from labeling.outbox.models import Event
from tasks.models import Answer, Project, Review, Skill
from tasks.models.review import Stage
from tasks.selectors import reviews
from tasks.selectors.policies import policy_of
from tasks.states import ReviewState

DAYS = 30
TICK = 30  # seconds after which figures are worked out anew, for some move with the clock
NEWEST = 5000  # answers behind the seconds
EDGES = (0, 2, 5, 10, 20, 30, 60, 120, 300)  # seconds; the last one is open
TENTHS = 10
DEAR = 0.15  # seconds of work that are worth keeping its result
WORTH = 20  # times as long as it took

T = TypeVar("T")


def kept(name: str, project: Project, compute: Callable[[], T]) -> T:
    """The result of `compute`, which is kept for a while where it took long: a page that asks every few seconds costs
    a large project a small share of its database."""
    key = f"overview-{name}-{project.pk}"
    found: T | None = cache.get(key)
    if found is not None:
        return found
    begun = time.perf_counter()
    result = compute()
    took = time.perf_counter() - begun
    if took > DEAR:
        cache.set(key, result, min(60, round(took * WORTH) + 1))
    return result


def state_tag(project: Project, *, now: datetime) -> str:
    """Another one whenever something happened, and at every tick."""
    newest = Event.objects.filter(project_id=project.pk).order_by("-id").values_list("id", flat=True).first()
    answer = Answer.objects.filter(project=project).order_by("-id").values_list("id", flat=True).first()
    return f"{project.pk}-{project.version}-{newest}-{answer}-{int(now.timestamp()) // TICK}"


def answers_by_day(project: Project, *, now: datetime) -> list[tuple[datetime, int]]:
    """The last days with today, in the reader's time zone, empty ones too."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    rows = (
        Answer.objects.filter(project=project, is_live=True, created_at__gte=days[0])
        .annotate(day=TruncDate("created_at", tzinfo=now.tzinfo))
        .values_list("day")
        .annotate(number=Count("id"))
        .order_by()
    )
    found = dict(rows)
    return [(day, found.get(day.date(), 0)) for day in days]


def seconds_of_answers(project: Project) -> list[tuple[int, int | None, int]]:
    """(from, to, answers) of the newest ones: how long an answer takes. Empty where nobody's time is known."""
    newest = Answer.objects.filter(project=project, is_live=True, active_ms__gt=0).order_by("-id")
    counts = [0] * len(EDGES)
    for ms in newest.values_list("active_ms", flat=True)[:NEWEST]:
        counts[bisect_right(EDGES, ms / 1000) - 1] += 1
    if not any(counts):
        return []
    return [(low, EDGES[n + 1] if n + 1 < len(EDGES) else None, counts[n]) for n, low in enumerate(EDGES)]


def accuracies(project: Project) -> list[tuple[float, int]]:
    """(from, people) by tenths of how often each is found to be right. Empty before anybody was measured."""
    means = list(Skill.objects.filter(project=project, label="").values_list("mean", flat=True))
    counts = [0] * TENTHS
    for mean in means:
        counts[min(TENTHS - 1, int(mean * TENTHS))] += 1
    return [(n / TENTHS, number) for n, number in enumerate(counts)] if means else []


def cost_of(project: Project, *, given: int, wanted: int, resolved: int) -> dict[str, Any] | None:
    """By the policy's cost of an answer; None where it says none."""
    policy = policy_of(project)
    if not policy.cost_per_answer:
        return None
    each = Decimal(policy.cost_per_answer)
    return {
        "spent": each * given,
        "expected": each * max(given, wanted),
        "each": each * given / resolved if resolved else None,
        "currency": policy.currency,
    }


def disputes(project: Project) -> dict[str, int]:
    """What people do not agree about: appeals, rejections that wait for a second person, reviewers who differ."""
    differ = Review.objects.filter(project=project, stage=Stage.SECOND, state=ReviewState.DONE, agrees=False)
    found = differ.aggregate(all=Count("pk"), settled=Count("pk", filter=Q(later__state=ReviewState.DONE)))
    counts = {
        "appeals": reviews.open_appeals(project).count(),
        "held": reviews.held_rejections(project).count(),
        "reviewers": found["all"] - found["settled"],
    }
    return counts | {"total": sum(counts.values())}
