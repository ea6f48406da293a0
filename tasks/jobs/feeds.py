"""Datasets fed from buckets: queue `ingest`."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.models import Project
from tasks.selectors import feeds as selectors
from tasks.services import feeds, launching, syncing


@shared_task
def sync_feed(feed_id: int) -> None:
    """Go on with a sync for a while. Harmless when another worker is at it."""
    syncing.sync(feed_id=feed_id)


@shared_task
def start_feeds() -> int:
    """Begin what is due, and call the job again for syncs nobody works on. Beat runs this."""
    now = timezone.now()
    started = feeds.start_due(now=now)
    stuck = list(selectors.stuck_feeds(now - syncing.LEASE).values_list("id", flat=True)[:100])
    for feed_id in stuck:
        sync_feed.apply_async(args=(feed_id,), retry=False)
    return started + len(stuck)


@shared_task
def open_fed_items(feed_id: int) -> int:
    """Tasks for what came in, in every project that is fed by the feed's dataset."""
    projects = list(Project.objects.filter(datasets__feeds=feed_id, state__in=launching.FILLS).distinct())
    return sum(launching.open_new_items(project, now=timezone.now()) for project in projects)


subscribe(sync_feed, "feed.sync_requested", "feed.continued")
subscribe(open_fed_items, "feed.synced", "feed.stopped", "feed.failed")
