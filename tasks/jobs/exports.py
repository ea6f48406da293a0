"""Exports: queue `export`."""

from celery import shared_task
from django.utils import timezone

from labeling import storage
from labeling.outbox.models import Event
from labeling.outbox.subscriptions import subscribe
from tasks.models import Export
from tasks.selectors import exports
from tasks.services import aborting_uploads, exporting, sending_exports

LOOK_AGAIN = 2  # seconds
LIMIT = 3600  # seconds: parts take turns, but a document of a million records is put together in one


@shared_task(time_limit=LIMIT, soft_time_limit=LIMIT - 60)
def run_export(export_id: int) -> None:
    """Go on with an export for a while. Harmless when another worker is at it: its lease is renewed with each part,
    also where the message comes again because this one takes long."""
    exporting.run_export(export_id=export_id)


@shared_task
def begin_export(export_id: int) -> None:
    """The results of the last answers come first: they are worked out beside, within a second or so."""
    if exports.waits_for_results(Export.objects.get(pk=export_id), timezone.now()):
        begin_export.apply_async(args=(export_id,), countdown=LOOK_AGAIN, retry=False)
    else:
        run_export.delay(export_id)


@shared_task
def resume_stuck_exports() -> int:
    """Call the job again for exports nobody works on: a lost message, a killed worker. Beat runs this."""
    for export in exports.exports_with_parts()[:100]:
        exporting.delete_parts(export=export)
    now = timezone.now()
    found = exports.stuck_exports(now - exporting.LEASE)[:100]
    stuck = [export for export in found if not exports.waits_for_results(export, now)]
    for export in stuck:
        run_export.apply_async(args=(export.pk,), retry=False)
    return len(stuck)


@shared_task
def send_export(sent_id: int) -> None:
    """Go on with writing an export into a bucket for a while. Harmless when another worker is at it."""
    sending_exports.work_on(sent_id=sent_id)


@shared_task
def send_finished(export_id: int) -> int:
    """An export is done, or has failed: whoever waited for it to be sent somewhere need not any more."""
    waiting = list(exports.waiting_to_be_sent(timezone.now()).filter(export=export_id).values_list("id", flat=True))
    for sent_id in waiting:
        send_export.delay(sent_id)
    return len(waiting)


@shared_task
def send_due() -> int:
    """Those whose next try is due, and those nobody works on: a lost message, a killed worker. Beat runs this."""
    now = timezone.now()
    due = exports.waiting_to_be_sent(now).exclude(worked_at__gt=now - sending_exports.LEASE)
    found = list(due.values_list("id", flat=True)[:100])
    for sent_id in found:
        send_export.apply_async(args=(sent_id,), retry=False)
    aborting_uploads.abort_given_up(now=now, idle_since=now - sending_exports.LEASE)
    return len(found)


@shared_task
def clear_unfinished() -> int:
    """Give up what processes that died were writing in parts: it takes room in buckets. Beat runs this."""
    now = timezone.now()
    return aborting_uploads.abort_lost(now=now) + storage.abort_unfinished(now=now)


def _sent(event: Event) -> tuple[int]:
    return (int(event.payload["sent"]),)


subscribe(send_export, "export.sending", arguments=_sent)
subscribe(send_finished, "export.done", "export.failed")
subscribe(begin_export, "export.requested")
subscribe(run_export, "export.continued")
