"""How a project's labels changed: what each version made of the one before, and how to go back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.moves import MovingQuerySet
from tasks.models.projects import Project
from tasks.models.work import Task
from tasks.states import BulkState, choices


class SchemaChange(models.Model):
    """Labels added, renamed, merged, split or retired between two versions. Answers are never rewritten: whoever reads
    one that was given under an earlier version reads it through `moved`. The job does what else follows."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="schema_changes")
    from_version = models.PositiveIntegerField()
    to_version = models.PositiveIntegerField()
    operations = models.JSONField(default=list)  # as they were asked for
    moved = models.JSONField(default=dict)  # {place: {value: [place, value] or null}}: see labeling.types.label_changes
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="undone_by")
    requeue = models.BooleanField(default=False)  # ask again where answers cannot be read any more
    gold_before = models.JSONField(default=dict)  # {gold: [answer, version]}
    state = models.CharField(max_length=10, choices=choices(BulkState), default=BulkState.WAITING)
    position = models.BigIntegerField(default=0)  # the last task looked at
    total = models.PositiveIntegerField(default=0)  # tasks to look at
    done = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)  # that say something else now
    unreadable = models.PositiveIntegerField(default=0)  # that cannot be said in the labels of now
    settled = models.PositiveIntegerField(default=0)  # verdicts of reviewers and machines that followed
    reopened = models.PositiveIntegerField(default=0)  # tasks
    error = models.TextField(blank=True)
    worked_at = models.DateTimeField(null=True)
    crashes = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "to_version"], name="a_version_has_one_change_behind_it"),
            models.CheckConstraint(condition=Q(to_version__gt=models.F("from_version")), name="changes_go_forward"),
        ]
        indexes = [
            models.Index(
                fields=["worked_at"], name="schema_change_under_way", condition=Q(state__in=["waiting", "running"])
            )
        ]


class SchemaBefore(models.Model):
    """What a change of the labels made of one task, so that it can be taken back."""

    change = models.ForeignKey(SchemaChange, on_delete=models.CASCADE, related_name="before")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "task"], name="a_task_is_kept_once_by_a_change")]
