"""The relay: hand committed events to the jobs that want them, at least once."""

from datetime import timedelta

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from labeling.outbox.models import Event, IdempotencyKey
from labeling.outbox.subscriptions import jobs_for

CHUNK = 500
ROUNDS = 20


@shared_task
def relay() -> int:
    """Publish the jobs of waiting events; returns how many events were relayed.

    Events are marked after publishing and in the same transaction that locked them, so a crash in between publishes
    again and loses nothing.
    """
    relayed = 0
    for _ in range(ROUNDS):
        done = _relay_chunk()
        relayed += done
        if done < CHUNK:
            break
    return relayed


def _relay_chunk() -> int:
    with transaction.atomic():
        waiting = Event.objects.filter(relayed_at=None).order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        events = list(waiting[:CHUNK])
        for (_, arguments), job in jobs_for(events).items():
            job.apply_async(args=arguments, retry=False)
        Event.objects.filter(pk__in=[event.pk for event in events]).update(relayed_at=timezone.now())
    return len(events)


@shared_task
def forget_old_requests() -> int:
    """Idempotency keys are kept for a day."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
    return deleted
