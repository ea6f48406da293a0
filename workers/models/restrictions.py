from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workers.models.people import Organization


class RestrictionKind(models.TextChoices):
    PAUSE = "pause", _("Paused in a project")  # no more tasks of it for now
    REMOVE = "remove", _("Removed from a project")
    SUSPEND = "suspend", _("Suspended in the organization")


class RestrictionReason(models.TextChoices):
    GOLD = "gold", _("Answers to checks are often wrong")
    CONSENSUS = "consensus", _("Answers often differ from those of others")
    CARE = "care", _("Answers too fast or always the same")
    COPYING = "copying", _("Answers seem to be shared or copied")
    GUIDELINE = "guideline", _("The guideline is not followed")
    CONDUCT = "conduct", _("Conduct towards others")
    OTHER = "other", _("Another reason, told in the text")


class Restriction(models.Model):
    """Somebody may not work, in a project or anywhere: an act of a person, with a reason, told to whom it meets.

    Nothing is deleted: lifting it puts everything back.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="restrictions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="restrictions")
    project_id = models.BigIntegerField(null=True)  # null: everywhere in the organization
    project_name = models.CharField(max_length=200, blank=True)  # as it was then, for the notice
    kind = models.CharField(max_length=8, choices=RestrictionKind.choices)
    reason = models.CharField(max_length=10, choices=RestrictionReason.choices)
    text = models.TextField()
    evidence = models.JSONField(default=list)  # [{"rule", "figures"}]: what the person who decided was shown
    effects = models.JSONField(default=dict)  # {"left_out": [project ids]}: what lifting has to undo
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)  # by the person it meets
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)  # on the appeal, in words
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "project_id"],
                condition=Q(lifted_at=None, project_id__isnull=False),
                name="restricted_once_per_project",
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=Q(lifted_at=None, project_id=None),
                name="suspended_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="suspend", project_id=None)
                | Q(kind__in=["pause", "remove"], project_id__isnull=False),
                name="only_a_suspension_is_everywhere",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "organization"], name="restriction_in_force", condition=Q(lifted_at=None))
        ]
