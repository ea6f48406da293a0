"""How sure a project's labels have to be, what that was found to take, and whose answers count for nothing."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tasks.models.projects import Project


class Rule(models.TextChoices):
    FIXED = "fixed", "Fixed"  # as many answers as the version's overlap
    AGREE = "agree", "Agree"  # until two different models are sure of the same label


class QualityPolicy(models.Model):
    """When to stop asking about a task. Never edited: the newest is in force; without one the fields' defaults are."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="policies")
    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=10, choices=Rule.choices, default=Rule.FIXED)
    floor = models.PositiveSmallIntegerField(default=2)  # answers a task gets in any case
    ceiling = models.PositiveSmallIntegerField(default=5)  # and at most
    target = models.FloatField(default=0.95)  # share of labels that shall be right
    audit_share = models.FloatField(default=0.03)  # of the tasks: they get every answer up to the ceiling
    review_below = models.FloatField(default=0.7)  # a task at its ceiling that is less sure goes to a reviewer
    cost_per_answer = models.DecimalField(max_digits=10, decimal_places=4, default=Decimal(0))  # for estimates only
    currency = models.CharField(max_length=3, default="USD")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="policy_number_once_per_project"),
            models.CheckConstraint(condition=Q(floor__gte=1, floor__lte=F("ceiling")), name="floor_within_ceiling"),
        ]


class Calibration(models.Model):
    """How sure is sure enough, and how honest the confidence is, as measured. Never edited: the newest is in force."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="calibrations")
    number = models.PositiveIntegerField()
    tau = models.FloatField()
    temperature = models.FloatField()
    curves = models.JSONField(default=dict)  # {method: {"slope", "shift", "tasks"}} over its confidence
    # {"on": "audit" or "truth"; of the audit sample "policy", "target", "tasks", "reviewed", "right", "accuracy",
    # "answers_each"; "known": tasks whose answer is known}
    evidence = models.JSONField(default=dict)
    fitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="calibration_number_once_per_project"),
        ]


class LeftOut(models.Model):
    """A person whose answers of a project count for nothing until they are taken back in."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="left_out")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)  # taken back in

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "annotator"], condition=Q(ended_at=None), name="left_out_once_at_a_time"
            )
        ]
