"""Changes of many tasks, and what follows from a change of labels: queue `ingest`, so that nobody waits for them."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.services import bulk, schema_following


@shared_task
def run_bulk(bulk_id: int) -> None:
    """Go on with a change for a while. Harmless when another worker is at it."""
    bulk.run_bulk(bulk_id=bulk_id)


@shared_task
def resume_stuck_bulks() -> int:
    """Call the job again for changes nobody works on. Beat runs this."""
    stuck = list(bulk.stuck_bulks(timezone.now() - bulk.LEASE).values_list("id", flat=True)[:100])
    for bulk_id in stuck:
        run_bulk.apply_async(args=(bulk_id,), retry=False)
    changes = list(schema_following.stuck_changes(timezone.now() - bulk.LEASE).values_list("id", flat=True)[:100])
    for change_id in changes:
        follow_labels.apply_async(args=(change_id,), retry=False)
    return len(stuck) + len(changes)


@shared_task
def follow_labels(change_id: int) -> None:
    """Go on with what follows from a change of labels."""
    schema_following.run_change(change_id=change_id)


subscribe(follow_labels, "schema.changed", "schema.change_undone", "schema.change_continued")
subscribe(run_bulk, "bulk.requested", "bulk.undo_requested", "bulk.continued")
