"""What happened to a project lately: its events, without the many of everyday work."""

from django.db.models import QuerySet

from labeling.outbox.models import Event

TOLD = (
    "project.created",
    "project.changed",
    "project.version_created",
    "project.launched",
    "project.paused",
    "project.resumed",
    "project.completed",
    "project.archived",
    "project.restored",
    "policy.changed",
    "answers.left_out",
    "answers.taken_in",
    "tasks.opened",
    "task.canceled",
    "export.requested",
    "export.done",
    "export.failed",
    "gold.added",
    "gold.changed",
    "gold.retired",
    "gold.reactivated",
    "gold.dropped",
    "gold.invalid",
    "comment.replied",
    "machines.policy_changed",
    "machine.accepting",
    "machine.stopped",
    "schema.changed",
    "schema.change_undone",
    "bulk.reopened",
    "bulk.prioritised",
    "bulk.made_gold",
    "bulk.sent_to_review",
    "bulk.canceled",
    "bulk.put_into_batch",
    "batch.created",
    "batch.finalized",
    "batch.paused",
    "batch.resumed",
    "batch.canceled",
    "batch.completed",
    "bulk.undone",
    "appeal.opened",
    "appeal.upheld",
    "appeal.denied",
)
NEWEST = 2000  # looked through: a project with a million answers has as many events


def recent_events(project_id: int, *, most: int = 10) -> QuerySet[Event]:
    newest = Event.objects.filter(project_id=project_id).order_by("-id").values("pk")[:NEWEST]
    return Event.objects.filter(pk__in=newest, kind__in=TOLD).select_related("actor").order_by("-id")[:most]
