from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.moves import MovingQuerySet
from tasks.models.projects import Project
from tasks.models.work import Task
from tasks.states import ExportState, choices


class Export(models.Model):
    """A request for a project's labels, and the file it became. A snapshot: what was resolved at `as_of`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=10, choices=choices(ExportState), default=ExportState.WAITING)
    format = models.CharField(max_length=20)  # an exporter's name
    include_answers = models.BooleanField(default=False)
    include_unresolved = models.BooleanField(default=False)
    include_gold = models.BooleanField(default=False)  # tasks that are checks or practice, with what is known
    include_files = models.BooleanField(default=False, db_default=False)  # the pictures too, in a zip
    as_of = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    position = models.JSONField(null=True)  # {"after": task id, "parts": files written}
    schema_version = models.PositiveIntegerField(default=0)  # the project's at `as_of`: its columns
    columns = models.JSONField(default=list)  # [[name, kind]] in the order of the file, fixed at the start
    storage_key = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    losses = models.JSONField(null=True)  # what the format could not say, if anything: {"total", "records", "reasons"}
    error = models.TextField(blank=True)
    worked_at = models.DateTimeField(null=True)
    crashes = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["worked_at"], name="export_under_way", condition=Q(state__in=["waiting", "running"]))
        ]


class ExportRow(models.Model):
    """One task of a snapshot as it stood at `as_of`. Filled by one statement, gone when the file is done."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="snapshot")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    value = models.JSONField(null=True)  # the consensus; null where there is none yet
    confidence = models.FloatField(null=True)
    method = models.CharField(max_length=30, blank=True)
    by_method = models.JSONField(default=dict)
    answers = models.JSONField(default=list)  # ids of the answers that were live
    agreement = models.FloatField(null=True)
    basis = models.JSONField(default=dict)  # what the consensus was judged by
    schema_version = models.PositiveIntegerField(null=True)  # the newest one answered under
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "task"], name="task_once_per_export")]
