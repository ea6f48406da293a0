"""Jobs for what client programs ordered: fetch and open on the queue `ingest`, settle on `quality`."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import subscribe
from tasks.models import Batch, OrderProject
from tasks.scale import auditing, files, known, opening, own_batches, settling
from tasks.services import batch_tasks


@shared_task
def prepare_orders() -> int:
    """Fetch attachments, open tasks, store known answers. Beat runs this too: due times are in the database."""
    now = timezone.now()
    return opening.prepare_due(now=now) + known.prepare_due(now=now)


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
    return settling.settle_due(now=now) + auditing.redo_due(project_id=project_id, now=now)


@shared_task
def settle_orders() -> int:
    """Beat runs this every two seconds: a consensus comes a moment after the last answer."""
    return settling.settle_due(now=timezone.now())


@shared_task
def settle_missed() -> int:
    """Whatever way a task was resolved, and whatever message was lost. Beat runs this every minute."""
    now = timezone.now()
    return settling.note_resolved(now=now) + auditing.redo_due(now=now)


@shared_task
def settle_review(task_id: int) -> int:
    """A reviewer decided about a task, or took a decision back: an audit, where its response is delivered already."""
    return auditing.note_reviews(task_id=task_id, now=timezone.now())


@shared_task
def follow_batch(batch_id: int) -> None:
    """Go on bringing a large batch's tasks to what it says; in another job where that takes longer."""
    batch = Batch.objects.select_related("project").filter(pk=batch_id).first()
    if batch is not None and not batch_tasks.follow(batch=batch, now=timezone.now()):
        batch_tasks.ask_to_follow(batch)


@shared_task
def settle_batches_of(project_id: int) -> int:
    return own_batches.complete_own(project_id=project_id, now=timezone.now())


@shared_task
def settle_batches() -> int:
    """Whatever message was lost, and tasks that something else than their batch opened. Beat runs this."""
    now = timezone.now()
    for batch in batch_tasks.strayed():
        batch_tasks.follow(batch=batch, now=now)
    return own_batches.complete_own(now=now)


def _nothing(event: Event) -> tuple[()]:
    return ()


def _project(event: Event) -> tuple[int] | None:
    return (event.project_id,) if event.project_id is not None else None


def _reviewed(event: Event) -> tuple[int]:
    return (int(event.payload["task"]),)


subscribe(prepare_orders, "order.placed", "batch.finalized", "known_task.requested", arguments=_nothing)
subscribe(fetch_files, "client_file.requested", arguments=_nothing)
subscribe(settle_project, "task.resolved", "tasks.resolved", "review.decided", arguments=_project)
subscribe(follow_batch, "batch.following")
subscribe(
    settle_batches_of,
    *("task.resolved", "tasks.resolved", "review.decided", "task.canceled", "tasks.canceled", "tasks.reopened"),
    arguments=_project,
)
subscribe(settle_review, "review.decided", "review.undone", arguments=_reviewed)
