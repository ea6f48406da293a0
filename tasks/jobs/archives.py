"""Archives of whole organizations: queue `export`. One job runs until it is done; see tasks.services.archive.making."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.selectors import archives
from tasks.services.archive import making

LONGEST = 12 * 3600  # seconds: by then it hangs


@shared_task(time_limit=LONGEST, soft_time_limit=LONGEST - 60)
def run_archive(archive_id: int) -> None:
    """Make or take in an archive. Harmless when another worker is at it: a message that comes again finds it taken."""
    making.run_archive(archive_id=archive_id)


@shared_task
def look_after_archives() -> int:
    """Call the job again where nobody is at work, and delete files that are some days old. Beat runs this."""
    now = timezone.now()
    stuck = list(archives.stuck_archives(now - making.LEASE).values_list("id", flat=True)[:100])
    for archive_id in stuck:
        run_archive.apply_async(args=(archive_id,), retry=False)
    making.delete_old_files(now=now)
    return len(stuck)


subscribe(run_archive, "archive.requested")
