"""Archives of the whole organization: ask for one, watch it being written, download it. For admins."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, cleaned
from tasks.models import Archive
from tasks.selectors import archives
from tasks.services.archive.making import request_archive

ADMIN = {"GET": "admin", "POST": "admin"}


class ArchiveOut(serializers.ModelSerializer[Archive]):
    download_url = serializers.SerializerMethodField(help_text="Null until it is done, and when its file is gone.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Records by kind, when it is done.")

    class Meta:
        model = Archive
        fields = (
            "id", "direction", "state", "at", "done", "total", "counts", "size", "sha256", "error", "created_at",
            "finished_at", "download_url",
        )  # fmt: skip

    def get_download_url(self, archive: Archive) -> str | None:
        request: Any = self.context["request"]
        path = archives.download_path(archive, holder=request.caller.name)
        return str(request.build_absolute_uri(path)) if path else path


class Archives(APIView):
    rights = ADMIN
    live_only = True

    @extend_schema(
        operation_id="archives_list", summary="Archives of the organization", responses=ArchiveOut(many=True)
    )
    def get(self, request: Any) -> Response:
        pages = CursorPages()
        page = pages.paginate_queryset(archives.archives_of(request.caller.organization), request, view=self)
        return pages.get_paginated_response(ArchiveOut(page, many=True, context={"request": request}).data)

    @extend_schema(
        operation_id="archives_create",
        summary="Make an archive of everything",
        request=Nothing,
        responses={201: ArchiveOut},
    )
    @idempotent
    def post(self, request: Any) -> Response:
        cleaned(Nothing, request.data)
        archive = request_archive(organization=request.caller.organization, created_by=request.caller.user)
        return Response(ArchiveOut(archive, context={"request": request}).data, status=201)


class OneArchive(APIView):
    rights = ADMIN
    live_only = True

    @extend_schema(operation_id="archives_get", summary="One archive, and how far it is", responses=ArchiveOut)
    def get(self, request: Any, archive_id: int) -> Response:
        archive = archives.archive_of(request.caller.organization, archive_id)
        return Response(ArchiveOut(archive, context={"request": request}).data)
