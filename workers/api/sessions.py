"""Where the person who is signed in is signed in, and ending it there: what the page of one's devices does."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workers import devices
from workers.api.authentication import PageAuthentication
from workers.models import User
from workers.selectors.sessions import open_sessions
from workers.services import sessions as services
from workers.web import signing_in


class OwnSessionOut(serializers.Serializer):
    id = serializers.IntegerField()
    device = serializers.CharField(help_text="As its browser says, in words.")
    network = serializers.CharField(allow_blank=True, help_text="The first part of its address; nothing more is kept.")
    signed_in_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(help_text="To about five minutes.")
    is_this = serializers.BooleanField(help_text="The one this call came by.")


class OwnSessionsOut(serializers.Serializer):
    results = OwnSessionOut(many=True)


class OwnSessions(APIView):
    authentication_classes = [PageAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Where you are signed in", responses=OwnSessionsOut)
    def get(self, request: Request) -> Response:
        rows = [_told(each, request) for each in open_sessions(_me(request).pk)]
        return Response(OwnSessionsOut({"results": rows}).data)

    @extend_schema(
        operation_id="sessions_end_others", summary="Sign out everywhere but here", request=None, responses={204: None}
    )
    def delete(self, request: Request) -> Response:
        services.end_all(user=_me(request), actor=_me(request), why="own", but=_key(request))
        return Response(status=204)


class OwnSession(APIView):
    authentication_classes = [PageAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Sign out on one device", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """The one this call came by is signed out of, too."""
        found = get_object_or_404(UserSession.objects.filter(user_id=_me(request).pk), pk=pk)
        if found.session_key == _key(request):
            signing_in.sign_out(request._request)
        else:
            services.end_one(session=found)
        return Response(status=204)


def _me(request: Request) -> User:
    return request.user  # type: ignore[return-value]  # signed in


def _key(request: Request) -> str | None:
    return request._request.session.session_key


def _told(row: UserSession, request: Request) -> dict[str, Any]:
    return {
        "id": row.pk,
        "device": devices.device_of(row.user_agent),
        "network": devices.place_of(row.ip),
        "signed_in_at": row.created_at,
        "last_seen_at": row.last_seen_at,
        "is_this": row.session_key == _key(request),
    }
