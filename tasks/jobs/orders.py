"""Jobs for what client programs ordered: fetch and open on the queue `ingest`, settle on `quality`."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import subscribe
from tasks.models import OrderProject
from tasks.scale import files, opening, settling


@shared_task
def prepare_orders() -> int:
    """Fetch attachments and open tasks. Beat runs this too: due times are in the database."""
    return opening.prepare_due(now=timezone.now())


@shared_task
def fetch_files() -> int:
    return files.fetch_due(now=timezone.now())


@shared_task
def settle_project(project_id: int) -> int:
    """A task of the project was resolved: see which orders can be answered."""
    if not OrderProject.objects.filter(project=project_id).exists():
        return 0
    now = timezone.now()
    settling.note_resolved(project_id=project_id, now=now)
    return settling.settle_due(now=now)


@shared_task
def settle_orders() -> int:
    """Beat runs this every two seconds: a consensus comes a moment after the last answer."""
    return settling.settle_due(now=timezone.now())


@shared_task
def settle_missed() -> int:
    """Whatever way a task was resolved, and whatever message was lost. Beat runs this every minute."""
    return settling.note_resolved(now=timezone.now())


def _nothing(event: Event) -> tuple[()]:
    return ()


def _project(event: Event) -> tuple[int] | None:
    return (event.project_id,) if event.project_id is not None else None


subscribe(prepare_orders, "order.placed", "batch.finalized", arguments=_nothing)
subscribe(fetch_files, "client_file.requested", arguments=_nothing)
subscribe(settle_project, "task.resolved", "tasks.resolved", "review.decided", arguments=_project)
