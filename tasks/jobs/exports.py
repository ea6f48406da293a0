"""Exports: queue `export`."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.selectors import exports
from tasks.services import exporting

LIMIT = 3600  # seconds: parts take turns, but a document of a million records is put together in one


@shared_task(time_limit=LIMIT, soft_time_limit=LIMIT - 60)
def run_export(export_id: int) -> None:
    """Go on with an export for a while. Harmless when another worker is at it: its lease is renewed with each part,
    also where the message comes again because this one takes long."""
    exporting.run_export(export_id=export_id)


@shared_task
def resume_stuck_exports() -> int:
    """Call the job again for exports nobody works on: a lost message, a killed worker. Beat runs this."""
    for export in exports.exports_with_parts()[:100]:
        exporting.delete_parts(export=export)
    stuck = list(exports.stuck_exports(timezone.now() - exporting.LEASE).values_list("id", flat=True)[:100])
    for export_id in stuck:
        run_export.apply_async(args=(export_id,), retry=False)
    return len(stuck)


subscribe(run_export, "export.requested", "export.continued")
