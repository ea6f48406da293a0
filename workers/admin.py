"""For operators. What has rules (roles, keys, invitations) is only looked at here; pages and commands change it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest

from workers.models import ApiKey, Group, Invitation, Membership, Organization, User

for model in (Authenticator, EmailAddress, UserSession):  # secrets, what we do not use, and what ends on its own page
    admin.site.unregister(model)


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organization)
class OrganizationAdmin(ReadOnly):
    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "slug"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("workers.change_organization")

    readonly_fields = ["slug", "created_at"]


@admin.register(User)
class UserAdmin(ReadOnly):
    """An operator can deactivate a person and make somebody staff; passwords are the person's own."""

    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login", "created_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("workers.change_user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Rights are given by superusers only."""
        always = ["email", "name", "last_login", "created_at"]
        return always if getattr(request.user, "is_superuser", False) else [*always, "is_staff", "is_superuser"]


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ["user", "organization", "role", "is_active", "seen_at"]
    list_filter = ["role", "is_active"]
    search_fields = ["user__email", "organization__slug"]
    list_select_related = ["user", "organization"]


@admin.register(Group)
class GroupAdmin(ReadOnly):
    list_display = ["name", "organization"]
    list_select_related = ["organization"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ["prefix", "name", "organization", "mode", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["mode"]
    exclude = ["hash"]
    list_select_related = ["organization"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ["email", "organization", "role", "expires_at", "accepted_at", "revoked_at"]
    exclude = ["token_hash"]
    list_select_related = ["organization"]
