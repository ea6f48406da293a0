"""Imports and purges: queue `ingest`."""

import time
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.selectors import datasets
from tasks.services import fetching, ingesting, purging

PURGE_SECONDS = 30


@shared_task
def ingest_upload(upload_id: int) -> None:
    """Go on with an import for a while. Harmless when another worker is at it."""
    ingesting.ingest(upload_id=upload_id)


@shared_task
def fetch_upload(upload_id: int) -> None:
    """Fetch a file that was named by its address."""
    fetching.fetch(upload_id=upload_id, now=timezone.now())


@shared_task
def resume_stuck_uploads() -> int:
    """Call the job again for imports nobody works on: a lost message, a killed worker. Beat runs this."""
    for upload_id in datasets.files_to_fetch(timezone.now() - fetching.HELD_FOR).values_list("id", flat=True)[:100]:
        fetch_upload.apply_async(args=(upload_id,), retry=False)
    stuck = list(datasets.stuck_uploads(timezone.now() - ingesting.LEASE).values_list("id", flat=True)[:100])
    for upload_id in stuck:
        ingest_upload.apply_async(args=(upload_id,), retry=False)
    return len(stuck)


@shared_task
def purge_deleted_datasets() -> int:
    """Remove what was deleted, for a while; beat calls again. Imports into it have had time to notice."""
    now, until, purged = timezone.now(), time.monotonic() + PURGE_SECONDS, 0
    for dataset in datasets.deleted_datasets().filter(deleted_at__lt=now - timedelta(seconds=1)):
        if not purging.purge_dataset(dataset=dataset, until=until):
            break
        purged += 1
    purging.delete_spent_files(now=now)
    return purged


subscribe(fetch_upload, "upload.requested")
subscribe(ingest_upload, "upload.received", "upload.continued")
