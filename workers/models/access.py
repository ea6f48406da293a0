from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workers.models.people import Organization, Role


class Mode(models.TextChoices):
    LIVE = "live", _("Live")
    TEST = "test", _("Test")


class ApiKey(models.Model):
    """A program's way in. Only the hash is kept; the prefix tells keys apart on the page."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120, blank=True)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    prefix = models.CharField(max_length=16)
    hash = models.CharField(max_length=64, unique=True)  # sha256 of a 256-bit random key: no salt needed
    scopes = models.JSONField(default=list)  # of {"read", "write", "admin"}, or ["answer"]; see workers.services.keys
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Invitation(models.Model):
    """A link that makes its holder a member, once; or as many as it has places. The role is fixed by the inviter.

    One without an address is for whoever has the link: they say their address themselves.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    group = models.ForeignKey("workers.Group", null=True, on_delete=models.SET_NULL, related_name="+")  # they join it
    places = models.PositiveSmallIntegerField(default=1)
    taken = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)  # by the last one there was a place for
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True)
