from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who may be a member of several organizations."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, blank=True)  # "" = the server's
    theme = models.CharField(
        max_length=5, blank=True, choices=[("light", "Light"), ("dark", "Dark")]
    )  # "" = the system's
    preferences = models.JSONField(default=dict, blank=True)  # read with `workers.preferences.complete`
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email


class SecondFactorFor(models.TextChoices):
    NOBODY = "nobody", _("Nobody has to")
    ADMINS = "admins", _("Admins")
    MANAGERS = "managers", _("Admins and managers")
    EVERYBODY = "everybody", _("Everybody")


class Organization(models.Model):
    """A tenant: owns everything, and sees nothing of the others."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    second_factor_for = models.CharField(max_length=9, choices=SecondFactorFor.choices, default=SecondFactorFor.NOBODY)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    ADMIN = "admin", _("Admin")  # members, keys, settings; and all below
    MANAGER = "manager", _("Manager")  # projects, datasets, people's work; and all below
    MEMBER = "member", _("Member")  # sees projects, results and exports
    REVIEWER = "reviewer", _("Reviewer")  # labels and settles disagreement
    LABELER = "labeler", _("Labeler")  # labels


class Membership(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    most_answers = models.PositiveIntegerField(null=True, blank=True)  # a day; null: as many as there are
    most_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # of active work a day
    seen_at = models.DateTimeField(null=True)  # last asked for work: offers go to people who are there
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="member_once_per_organization")]
        indexes = [models.Index(fields=["organization", "seen_at"], name="membership_seen")]


class Group(models.Model):
    """Some labelers of an organization, to be given projects together."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=120)
    users: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User, related_name="labeler_groups", blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="group_name_once_per_organization")
        ]

    def __str__(self) -> str:
        return self.name
