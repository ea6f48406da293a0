"""Reads about what datasets are fed from, scoped by organization and mode."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from tasks.models import Dataset, FedObject, Feed
from tasks.states import FeedState
from workers.models import Organization

UNDER_WAY = (FeedState.WAITING, FeedState.RUNNING)


def feeds_of(dataset: Dataset) -> QuerySet[Feed]:
    return Feed.objects.filter(dataset=dataset).select_related("connection")


def feed_of(*, organization: Organization, mode: str, feed_id: int) -> Feed:
    return get_object_or_404(
        Feed.objects.select_related("dataset", "connection"),
        pk=feed_id,
        dataset__organization=organization,
        dataset__mode=mode,
        dataset__deleted_at=None,
    )


def told_of(feed: Feed) -> QuerySet[FedObject]:
    """The objects that there is something to say about: refused, changed, gone."""
    return FedObject.objects.filter(feed=feed).exclude(note="").order_by("id")


def stuck_feeds(before: datetime) -> QuerySet[Feed]:
    """Those nobody works on: never begun, given back, or left by a process that died."""
    idle = Q(worked_at=None) | Q(worked_at__lt=before)
    return Feed.objects.filter(idle, state__in=UNDER_WAY).order_by("id")
