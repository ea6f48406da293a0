"""Changes of many tasks: queue `ingest`, so that they never delay an annotator."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.services import bulk


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
    return len(stuck)


subscribe(run_bulk, "bulk.requested", "bulk.undo_requested", "bulk.continued")
