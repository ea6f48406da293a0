from django.conf import settings
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """History and outbox in one: written in the transaction of the change, relayed at least once afterwards."""

    organization_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)  # "answer.submitted"
    object_id = models.BigIntegerField(null=True)  # of the kind's first word: an answer's id
    project_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    key_id = models.BigIntegerField(null=True)  # of the API key that called, if one did
    payload = models.JSONField(default=dict)
    trail = models.BooleanField(default=False, db_default=False)  # see labeling.outbox.trail
    created_at = models.DateTimeField(auto_now_add=True)
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "labeling"
        indexes = [
            models.Index(fields=["id"], name="event_waiting", condition=Q(relayed_at=None)),
            models.Index(fields=["organization_id", "-id"], name="event_by_organization"),
            models.Index(fields=["project_id", "-id"], name="event_by_project"),
            models.Index(fields=["organization_id", "-id"], name="event_in_trail", condition=Q(trail=True)),
        ]


class IdempotencyKey(models.Model):
    """The first reply to a creating call, given again to a repeat with the same key and body."""

    organization_id = models.BigIntegerField()
    actor = models.CharField(max_length=80)  # "key:12" or "user:7": keys are never shared
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)  # null while the first call is under way
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        app_label = "labeling"
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "actor", "key"], name="one_effect_per_idempotency_key")
        ]
