from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.moves import MovingQuerySet
from tasks.states import ExportState, choices
from workers.models import Organization


class Direction(models.TextChoices):
    OUT = "out", "Made"
    IN = "in", "Brought in"


class Archive(models.Model):
    """An organization on its way into one file, to leave with, or out of one. The file goes after some days."""

    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="archives")
    state = models.CharField(max_length=10, choices=choices(ExportState), default=ExportState.WAITING)
    at = models.CharField(max_length=30, blank=True)  # the kind of record that is being written
    done = models.PositiveBigIntegerField(default=0)  # records written
    total = models.PositiveBigIntegerField(default=0)  # expected at the beginning
    counts = models.JSONField(default=dict)  # by kind, when it is finished
    storage_key = models.CharField(max_length=200, blank=True)  # "" once the file is gone
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    worked_at = models.DateTimeField(null=True)  # a sign of life; a stale one is begun again
    crashes = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state__in=["waiting", "running"]), name="one_archive_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["worked_at"], name="archive_under_way", condition=Q(state__in=["waiting", "running"]))
        ]
