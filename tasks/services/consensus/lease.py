"""One consumer per project at a time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from labeling.errors import StaleState
from tasks.models import QualityState

LEASE = timedelta(seconds=30)


def take(project_id: int) -> str | None:
    """Become the project's consumer, or None while somebody else is."""
    QualityState.objects.get_or_create(project_id=project_id)
    consumer, now = uuid4().hex, timezone.now()
    free = Q(consumer="") | Q(consumer_until__lt=now)
    taken = QualityState.objects.filter(free, pk=project_id).update(consumer=consumer, consumer_until=now + LEASE)
    return consumer if taken else None


class Outdated(StaleState):
    """Somebody was left out or taken back in since the answers were read: read them again."""


def keep(project_id: int, consumer: str, *, revision: int, **changes: Any) -> None:
    """Renew the lease and change the state; first in every writing transaction.

    The row stays locked until the commit, so a consumer whose lease ran out cannot write beside its successor, nor one
    that reckons with people who are left out by now: StaleState rolls its transaction back.
    """
    mine = QualityState.objects.filter(pk=project_id, consumer=consumer)
    if mine.filter(revision=revision).update(consumer_until=timezone.now() + LEASE, **changes):
        return
    if mine.exists():
        raise Outdated(f"project {project_id} counts other people's answers by now")
    raise StaleState(f"another consumer took project {project_id} over")


def hold(project_id: int) -> None:
    """Keep the consumer from writing until the caller's transaction ends; first in it, before any row of a task.

    Whoever writes consensus rows that may not exist yet needs it: a row that somebody else is about to insert cannot be
    locked, and waiting for it with its task locked, while the consumer waits for that task, would block both.
    """
    QualityState.objects.get_or_create(project_id=project_id)
    if connection.features.has_select_for_update:
        list(QualityState.objects.filter(pk=project_id).select_for_update(no_key=True).values_list("pk"))


def release(project_id: int, consumer: str) -> None:
    QualityState.objects.filter(pk=project_id, consumer=consumer).update(consumer="", consumer_until=None)
