"""What a requester does with many tasks at once: views of them that are kept, and changes that take their time."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.moves import MovingQuerySet
from tasks.models.projects import Project
from tasks.models.work import Task
from tasks.states import BulkState, choices


class SavedView(models.Model):
    """A named way to look at a project's items, for everybody who may see the project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2000, blank=True)  # of the page's address, in its one canonical form
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="view_name_once_per_project")]


class BulkKind(models.TextChoices):
    REOPEN = "reopen", "Ask again"
    PRIORITISE = "prioritise", "Set the priority"
    GOLD = "gold", "Make gold"
    REVIEW = "review", "Send to review"
    CANCEL = "cancel", "Cancel"
    BATCH = "batch", "Put into a batch"


class Bulk(models.Model):
    """One change of many tasks, made by a job in chunks that walk through them by id, and back again for undo."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="bulks")
    kind = models.CharField(max_length=10, choices=BulkKind.choices)
    priority = models.SmallIntegerField(null=True)  # of "prioritise"
    batch = models.ForeignKey("tasks.Batch", null=True, on_delete=models.CASCADE, related_name="+")  # of "batch"
    filters = models.JSONField(default=dict)  # as the items page has them; {"only": [task]} for a selection
    state = models.CharField(max_length=10, choices=choices(BulkState), default=BulkState.WAITING)
    last_task = models.BigIntegerField(default=0)  # greatest id when it was asked for: what comes later is not meant
    position = models.BigIntegerField(default=0)  # the last task looked at
    total = models.PositiveIntegerField(default=0)  # expected at the beginning
    changed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)  # no longer in a state to be changed, or to be changed back
    undone = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    worked_at = models.DateTimeField(null=True)  # last chunk; a stale one is picked up again
    crashes = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="bulk_newest"),
            models.Index(
                fields=["worked_at"], name="bulk_under_way", condition=Q(state__in=["waiting", "running", "undoing"])
            ),
        ]


class BulkChange(models.Model):
    """What one task was before, so that the change can be taken back."""

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="changes")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "task"], name="a_task_is_changed_once_by_a_bulk")]
