"""Who wants to hear of what, and each message on its way there."""

import secrets
from base64 import b64encode
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tasks.models.moves import MovingQuerySet
from tasks.models.ordering import Batch, Order
from tasks.states import DeliveryState, choices
from workers.models import Organization
from workers.models.access import Mode


def new_secret() -> str:
    """As Standard Webhooks writes it: a prefix, and 32 random bytes in base64."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def new_message_id() -> str:
    return f"msg_{uuid4().hex}"


def new_callback_key() -> str:
    return f"cb_{secrets.token_urlsafe(32)}"


class Webhook(models.Model):
    """An address that is told of events. The secret is kept as it is: signing needs it."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="webhooks")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    url = models.CharField(max_length=2000)
    kinds = models.JSONField(default=list)  # of events; [] = all there are
    description = models.CharField(max_length=200, blank=True)
    secret = models.CharField(max_length=100, default=new_secret)
    old_secret = models.CharField(max_length=100, blank=True)
    old_secret_until = models.DateTimeField(null=True)  # up to then it signs beside the new one
    last_event_id = models.BigIntegerField(default=0)  # events up to here were looked at
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["organization", "id"], name="webhook_by_organization")]


class CallbackAccount(models.Model):
    """Where an organization's callbacks go when the task names no address, and the key they carry."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    default_url = models.CharField(max_length=2000, blank=True)
    auth_key = models.CharField(max_length=100, default=new_callback_key)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "mode"], name="one_callback_account")]


class Delivery(models.Model):
    """One message to one address: a webhook's, or a callback's where `webhook` is null. Its id never changes."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    message_id = models.CharField(max_length=40, default=new_message_id, unique=True)
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="deliveries")
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE, related_name="deliveries")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.BigIntegerField(null=True)
    url = models.CharField(max_length=2000)
    receiver = models.CharField(max_length=300)  # deliveries to one receiver share its luck, and nobody else's
    subject = models.CharField(max_length=100, blank=True)  # messages about one thing arrive in their order
    kind = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=choices(DeliveryState), default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # the next try; while one is under way, when it counts as lost
    attempts = models.JSONField(default=list)  # [{"at", "status", "error", "ms"}], the last ones
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = MovingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="event_once_per_webhook"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["receiver", "subject", "id"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["webhook", "-id"], name="delivery_by_webhook"),
            models.Index(fields=["order", "-id"], name="delivery_by_order"),
        ]
