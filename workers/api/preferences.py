"""What the person who is signed in chose for the pages they work in."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.serializers import Strict
from workers import preferences
from workers.api.authentication import PageAuthentication
from workers.models import User
from workers.services import people


class VeilPreferences(Strict):
    when = serializers.ChoiceField(choices=preferences.WHEN, help_text="Which material begins veiled.")
    blur = serializers.BooleanField()
    grey = serializers.BooleanField(help_text="Pictures without colours.")
    hover = serializers.BooleanField(help_text="Pointing at the material lifts the veil.")


class KeyPreferences(Strict):
    letters = serializers.ChoiceField(choices=preferences.LETTERS, help_text="Single characters: on, with Alt, off.")
    own = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text='Command: key; "" for none.')


class PreferencesDocument(Strict):
    veil = VeilPreferences()
    keys = KeyPreferences()


class Preferences(APIView):
    authentication_classes = [PageAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Your preferences", responses=PreferencesDocument)
    def get(self, request: Request) -> Response:
        user: Any = request.user
        return Response(preferences.complete(user.preferences))

    @extend_schema(
        summary="Change your preferences",
        description="Fields that are not given stay. `keys.own` is replaced as a whole.",
        request=PreferencesDocument(partial=True),
        responses=PreferencesDocument,
    )
    def patch(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]  # signed in
        return Response(people.change_preferences(user=user, changes=request.data))
