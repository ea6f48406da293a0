from django.conf import settings
from django.db import models

from workers.models.people import Organization, Role


class Placeholder(models.Model):
    """An account that stands for somebody an archive told of. It keeps the pseudonym they had where it was made.

    Nobody can sign in with it, until a member takes its place: then it is their account, and the pseudonym theirs.
    `role` and the rest are what the archive said.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="placeholders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="placeholders")
    pseudonym = models.CharField(max_length=40)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)  # "" = no member
    was_active = models.BooleanField(default=False)
    member_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "pseudonym"], name="one_placeholder_per_name"),
            models.UniqueConstraint(fields=["organization", "user"], name="one_placeholder_per_person"),
        ]
