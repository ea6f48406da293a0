"""Exports: ask for a file of a project's labels, watch it being written, download it."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Strict, cleaned
from tasks.models import Export, Project, SentExport
from tasks.selectors import exports
from tasks.selectors.connections import connections_of
from tasks.services.exporting import request_export
from tasks.services.sending_exports import send_export, stop_sending


class LossesOut(serializers.Serializer):
    total = serializers.IntegerField(help_text="Things that the format could not say.")
    records = serializers.IntegerField(help_text="Records with any.")
    reasons = serializers.DictField(child=serializers.IntegerField(), help_text="How often, by what is lost.")


class ExportOut(serializers.ModelSerializer[Export]):
    download_url = serializers.SerializerMethodField()
    losses = LossesOut(allow_null=True, help_text="Null where nothing was lost.")
    losses_url = serializers.SerializerMethodField(help_text="The report, one line a loss, as JSON Lines.")

    class Meta:
        model = Export
        fields = (
            "id", "project", "state", "format", "include_answers", "include_unresolved", "include_gold",
            "include_files", "as_of", "total", "rows", "size", "sha256", "schema_version", "losses", "error",
            "created_at", "finished_at", "download_url", "losses_url",
        )  # fmt: skip

    def get_download_url(self, export: Export) -> str | None:
        return self._absolute(exports.download_path(export, holder=self._holder()))

    def get_losses_url(self, export: Export) -> str | None:
        return self._absolute(exports.losses_path(export, holder=self._holder()))

    def _holder(self) -> str:
        return str(self.context["request"].caller.name)

    def _absolute(self, path: str | None) -> str | None:
        request: HttpRequest = self.context["request"]
        return request.build_absolute_uri(path) if path else path


class Exports(APIView):
    class Input(Strict):
        format = serializers.CharField(max_length=20)
        include_answers = serializers.BooleanField(default=False)
        include_unresolved = serializers.BooleanField(default=False)
        include_gold = serializers.BooleanField(
            default=False, help_text="Tasks with a known answer too, which are no data."
        )
        include_files = serializers.BooleanField(
            default=False, help_text="The pictures too: the file is a zip. For formats of image labels."
        )

    @extend_schema(operation_id="exports_list", responses=ExportOut(many=True))
    def get(self, request: Any, project_id: int) -> Response:
        pages = CursorPages()
        page = pages.paginate_queryset(exports.exports_of(_project(request, project_id)), request, view=self)
        return pages.get_paginated_response(ExportOut(page, many=True, context={"request": request}).data)

    @extend_schema(operation_id="exports_create", request=Input, responses={201: ExportOut})
    @idempotent
    def post(self, request: Any, project_id: int) -> Response:
        project = _project(request, project_id)
        given = cleaned(self.Input, request.data)
        export = request_export(project=project, created_by=request.caller.user, **given)
        return Response(ExportOut(export, context={"request": request}).data, status=201)


class ExportDetail(APIView):
    @extend_schema(operation_id="exports_get", responses=ExportOut)
    def get(self, request: Any, project_id: int, export_id: int) -> Response:
        export = exports.export_of(_project(request, project_id), export_id)
        return Response(ExportOut(export, context={"request": request}).data)


class SentExportOut(serializers.ModelSerializer[SentExport]):
    size = serializers.IntegerField(source="export.size")

    class Meta:
        model = SentExport
        fields = (
            *("id", "export", "connection", "key", "state", "bytes_done", "size", "error", "due_at"),
            *("created_at", "finished_at"),
        )


class SentExports(APIView):
    class Input(Strict):
        connection = serializers.IntegerField(help_text="Id of a storage connection.")
        prefix = serializers.CharField(
            max_length=500, allow_blank=True, required=False, help_text="A folder below the connection's own."
        )

    @extend_schema(operation_id="exports_sent", summary="Where an export was sent", responses=SentExportOut(many=True))
    def get(self, request: Any, project_id: int, export_id: int) -> Response:
        export = exports.export_of(_project(request, project_id), export_id)
        pages = CursorPages()
        page = pages.paginate_queryset(export.sent.select_related("export"), request, view=self)
        return pages.get_paginated_response(SentExportOut(page, many=True).data)

    @extend_schema(
        operation_id="exports_send",
        summary="Write an export to a bucket",
        description="As soon as it is done. The same place again, after it failed or was done, sends it once more.",
        request=Input,
        responses={202: SentExportOut},
    )
    def post(self, request: Any, project_id: int, export_id: int) -> Response:
        export = exports.export_of(_project(request, project_id), export_id)
        given = cleaned(self.Input, request.data)
        mine = connections_of(organization=request.caller.organization, mode=request.caller.mode)
        connection = mine.filter(pk=given.pop("connection")).first()
        if connection is None:
            raise InvalidInput(Problem("connection", "there is no such connection", "missing"))
        sent = send_export(export=export, connection=connection, actor=request.caller.user, now=timezone.now(), **given)
        sent.refresh_from_db()
        return Response(SentExportOut(sent).data, status=202)


class StopSending(APIView):
    @extend_schema(
        operation_id="exports_stop_sending",
        summary="Stop writing an export to a bucket",
        description="The parts that are in the bucket are given up soon after. 409 when it is not on its way.",
        request=None,
        responses=SentExportOut,
    )
    def post(self, request: Any, project_id: int, export_id: int, sent_id: int) -> Response:
        sent = exports.sent_of(exports.export_of(_project(request, project_id), export_id), sent_id)
        stop_sending(sent=sent, actor=request.caller.user)
        sent.refresh_from_db()
        return Response(SentExportOut(sent).data)


def _project(request: Any, project_id: int) -> Project:
    caller = request.caller
    return exports.project_to_export(organization=caller.organization, mode=caller.mode, project_id=project_id)
