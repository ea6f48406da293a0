"""The audit trail: for admins and admin keys, never for test keys, since it tells of live people."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import NotAllowed
from labeling.http.pages import CursorPages
from labeling.http.serializers import Strict, cleaned
from labeling.outbox import events
from tasks.api.filters import Pages, filters_of
from tasks.selectors import trail as selectors
from tasks.selectors import trail_rows
from workers.models.access import Mode

LARGEST = 2**63 - 1


class TrailMatching(Strict):
    actor = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, help_text="The user who did it.")
    key = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, help_text="The API key that did it.")
    person = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST, help_text="The user who did it, or to whom it was done."
    )
    kind = serializers.RegexField(
        r"\A[a-z_]+\.[a-z_]+\Z", required=False, max_length=60, help_text="What happened: `project.paused`."
    )
    thing = serializers.RegexField(
        r"\A[a-z_]+\Z", required=False, max_length=60, help_text="What it is about, a kind's first word: `project`."
    )
    number = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST, help_text="The id of what it is about."
    )
    project = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    since = serializers.DateTimeField(required=False, help_text="From then on.")
    until = serializers.DateTimeField(required=False, help_text="Before then.")


class TrailFilters(TrailMatching, Pages):
    pass


class TrailFile(TrailMatching):
    format = serializers.ChoiceField(["csv", "jsonl"], default="jsonl")


class TrailOut(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    actor = serializers.IntegerField(allow_null=True, help_text="Null: a key, the server itself, or a command of it.")
    actor_name = serializers.CharField(allow_null=True)
    key = serializers.IntegerField(allow_null=True)
    key_name = serializers.CharField(allow_null=True)
    thing = serializers.CharField(help_text="The kind's first word.")
    number = serializers.IntegerField(allow_null=True, help_text="The id of the thing.")
    name = serializers.CharField(allow_null=True, help_text="What it is called now; null when it is gone.")
    project = serializers.IntegerField(allow_null=True)
    details = serializers.DictField(help_text="What else there is to tell; it differs by kind.")


class Trail(APIView):
    rights = {"GET": "admin"}

    @extend_schema(
        operation_id="trail_list",
        summary="The audit trail, newest first",
        parameters=[TrailFilters],
        responses=TrailOut(many=True),
    )
    def get(self, request: Any) -> Response:
        organization_id = _organization(request)
        found = selectors.entries(organization_id=organization_id, **filters_of(request, TrailFilters))
        pages = CursorPages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(list(trail_rows.records(page, organization_id=organization_id)))


class DownloadTrail(APIView):
    rights = {"GET": "admin"}

    @extend_schema(
        operation_id="trail_download",
        summary="All of the audit trail that the filters choose, as a file; the trail tells of it",
        parameters=[TrailFile],
        responses={(200, name): OpenApiTypes.STR for name in ("text/csv", "application/x-ndjson")},
    )
    def get(self, request: Any) -> StreamingHttpResponse:
        organization_id = _organization(request)
        given = cleaned(TrailFile, request.query_params.dict())
        format = given.pop("format")
        found = selectors.entries(organization_id=organization_id, **given)
        events.emit(
            "trail.downloaded", organization_id=organization_id, format=format,
            actor_id=request.caller.user.pk if request.caller.user else None, filters=_asked(request),
        )  # fmt: skip
        made = trail_rows.lines(found, format, organization_id=organization_id)
        reply = StreamingHttpResponse(made, content_type=trail_rows.CONTENT_TYPES[format])
        name = f"audit-trail-{request.caller.organization.slug}.{format}"
        reply["Content-Disposition"] = f'attachment; filename="{name}"'
        reply["X-Content-Type-Options"] = "nosniff"
        reply["Cache-Control"] = "no-store"
        return reply


def _asked(request: Any) -> str:
    asked = request.query_params.copy()
    asked.pop("format", None)
    return str(asked.urlencode())


def _organization(request: Any) -> int:
    if request.caller.mode != Mode.LIVE:
        raise NotAllowed("The audit trail tells of live people and data: a test key sees none of it.")
    return int(request.caller.organization.pk)
