"""What the people part of the API answers with."""

from rest_framework import serializers

from workers.models import ApiKey, Group, Invitation, Membership, Organization, User


class OrganizationOut(serializers.ModelSerializer):
    class Meta:
        model = Organization
        fields = ("id", "name", "slug", "created_at")


class PersonOut(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "name", "email", "language", "theme")


class MyMembershipOut(serializers.ModelSerializer):
    organization = OrganizationOut()

    class Meta:
        model = Membership
        fields = ("organization", "role")


class SignedInOut(serializers.Serializer):
    user = PersonOut()
    organization = OrganizationOut(allow_null=True)  # the one these calls are about
    memberships = MyMembershipOut(many=True)
    csrf_token = serializers.CharField()  # for the header X-CSRFToken of writing calls


class MemberOut(serializers.ModelSerializer):
    user = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = (
            *("id", "user", "name", "email", "role", "is_active", "most_answers", "most_minutes"),
            *("seen_at", "created_at"),
        )


class InvitationOut(serializers.ModelSerializer):
    invited_by = serializers.IntegerField(source="invited_by_id", allow_null=True)

    class Meta:
        model = Invitation
        fields = ("id", "email", "role", "places", "taken", "invited_by", "created_at", "expires_at")


class NewInvitationOut(InvitationOut):
    token = serializers.CharField(allow_null=True)  # shown once
    link = serializers.URLField(allow_null=True)

    class Meta(InvitationOut.Meta):
        fields = (*InvitationOut.Meta.fields, "token", "link")  # type: ignore[assignment]  # longer


class GroupOut(serializers.ModelSerializer):
    users: serializers.Field = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Group
        fields = ("id", "name", "users")


class KeyOut(serializers.ModelSerializer):
    class Meta:
        model = ApiKey
        fields = ("id", "name", "mode", "prefix", "scopes", "created_at", "expires_at", "last_used_at")


class NewKeyOut(KeyOut):
    secret = serializers.CharField(allow_null=True)  # shown once

    class Meta(KeyOut.Meta):
        fields = (*KeyOut.Meta.fields, "secret")  # type: ignore[assignment]  # longer
