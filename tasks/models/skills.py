from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.projects import Project


class Skill(models.Model):
    """How well one person answers one project: a Beta posterior, of all labels ("") and of each.

    Made anew from the verdicts and the consensus, never added to.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="skills")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=200, blank=True)
    a = models.FloatField()  # right, with the prior's
    b = models.FloatField()  # wrong, with the prior's
    mean = models.FloatField()
    low = models.FloatField()  # the 10 % quantile: what gates go by
    high = models.FloatField()  # the 90 % quantile
    gold_right = models.PositiveIntegerField(default=0)
    gold_seen = models.PositiveIntegerField(default=0)
    agreed = models.FloatField(null=True)  # mean posterior mass of their other answers; null: too few to tell
    compared = models.PositiveIntegerField(default=0)  # answers behind `agreed`
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "annotator", "label"], name="skill_once_per_person_and_label")
        ]
        indexes = [models.Index(fields=["project", "low"], name="skill_overall", condition=Q(label=""))]


class Sign(models.Model):
    """Something about one person's work that somebody should look at: an alarm or a signal, with its rule's figures.

    Evidence, never a verdict: nothing happens to anybody because of it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="signs")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=20)  # a name of tasks.services.signs.RULES
    other = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    figures = models.JSONField(default=dict)  # what the rule saw, as it stands now
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)  # the rule does not see it any more
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "annotator", "rule"], condition=Q(ended_at=None), name="sign_once_while_it_lasts"
            )
        ]
        indexes = [models.Index(fields=["project", "annotator"], name="sign_by_person")]
