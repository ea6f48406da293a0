"""Uploads: send a file, watch it become items, read which lines did not."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.exporters import csv_rows
from labeling.http.chunked import gather
from labeling.http.pages import CursorPages
from labeling.http.serializers import Strict, cleaned
from labeling.importers.encodings import ENCODINGS
from labeling.problem_words import in_words
from tasks.api.receiving import BodyParser, FormParser, StorageUploadHandler, receive_body, receive_form, too_large
from tasks.models import Dataset, Upload
from tasks.selectors import datasets
from tasks.services.uploading import cancel_upload, receive_upload, resume_upload

FORM = "multipart/form-data"
LANGUAGES = dict(settings.LANGUAGES)
COLUMNS = ("line", "field", "reason", "code")
LABELS_AS = ("suggestion", "known", "answers", "nothing")
TEXTS_AS = ("lines", "files")
TEXTS_HELP = "Whether each line of a text file is an item, or each file. By default a file of a zip, else a line."
ENCODING_HELP = "Of texts and tables that are neither UTF-8 nor marked as UTF-16. UTF-8 stays UTF-8."


class SchemaOut(serializers.Serializer):
    type = serializers.CharField()
    config = serializers.DictField()


class UploadOut(serializers.ModelSerializer[Upload]):
    schema = SchemaOut(allow_null=True, help_text="A task type and label schema that fit the labels in the file.")

    class Meta:
        model = Upload
        fields = (
            "id", "dataset", "state", "filename", "format", "options", "size", "sha256", "bytes_done", "rows",
            "created", "duplicates", "rejected", "schema", "error", "cancel_requested", "created_at", "finished_at",
        )  # fmt: skip


class Options(Strict):
    text_field = serializers.CharField(max_length=200, required=False)
    id_field = serializers.CharField(max_length=200, required=False)
    labels_as = serializers.ChoiceField(
        choices=LABELS_AS, required=False, help_text="What labels that come with the items are taken for."
    )
    texts_as = serializers.ChoiceField(choices=TEXTS_AS, required=False, help_text=TEXTS_HELP)
    encoding = serializers.ChoiceField(choices=tuple(ENCODINGS), required=False, help_text=ENCODING_HELP)


class Form(Options):
    """As the API document shows it; the files themselves are read by the upload handler."""

    file = serializers.ListField(child=serializers.FileField())


class Uploads(APIView):
    parser_classes = (FormParser, BodyParser)

    @extend_schema(operation_id="uploads_list", responses=UploadOut(many=True))
    def get(self, request: Any, dataset_id: int) -> Response:
        pages = CursorPages()
        page = pages.paginate_queryset(datasets.uploads_of(_dataset(request, dataset_id)), request, view=self)
        return pages.get_paginated_response(UploadOut(page, many=True).data)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Before anything reads the body: the check of a page's CSRF token reads the whole form."""
        if request.method == "POST":
            self.upload_handler = StorageUploadHandler(request)
            request.upload_handlers = [self.upload_handler]
        return super().initialize_request(request, *args, **kwargs)

    def finalize_response(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """A form that broke off or was refused leaves nothing behind."""
        if request.method == "POST":
            self.upload_handler.upload_interrupted()
        return super().finalize_response(request, *args, **kwargs)

    @extend_schema(
        operation_id="uploads_create",
        description="Send a form with one file (or several images or texts) in `file`, or the file itself as the body "
        "with its name in `X-Filename` or `?filename=`. The import runs in the background: watch the upload.",
        request={FORM: Form, "application/octet-stream": OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("filename", str, description="Name of a file sent as the body."),
            OpenApiParameter("text_field", str, description="Column that holds the text; for a file sent as the body."),
            OpenApiParameter("id_field", str, description="Column that holds the key; for a file sent as the body."),
            OpenApiParameter(
                "labels_as",
                str,
                enum=LABELS_AS,
                description="What its labels are taken for: see the form.",
            ),
            OpenApiParameter("texts_as", str, enum=TEXTS_AS, description=TEXTS_HELP),
            OpenApiParameter("encoding", str, enum=tuple(ENCODINGS), description=ENCODING_HELP),
        ],
        responses={201: UploadOut},
    )
    def post(self, request: Any, dataset_id: int) -> Response:
        dataset = _dataset(request, dataset_id)
        http = request._request
        most = settings.MAX_UPLOAD + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(http.headers.get("Content-Length") or 0) > most or not gather(http, most):
            raise too_large()
        is_form = http.content_type == FORM
        received = receive_form(http) if is_form else receive_body(http)
        try:
            upload = receive_upload(
                dataset=dataset,
                received=received,
                options=_options(http, is_form),
                created_by=request.caller.user,
                now=timezone.now(),
            )
        finally:
            for one in received:
                one.file.drop()
        return Response(UploadOut(upload).data, status=201)


def _options(request: HttpRequest, is_form: bool) -> dict[str, str]:
    if is_form:
        given = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    else:
        given = {name: value for name, value in request.GET.items() if name != "filename"}
    return cleaned(Options, given)


class UploadDetail(APIView):
    @extend_schema(operation_id="uploads_get", responses=UploadOut)
    def get(self, request: Any, upload_id: int) -> Response:
        return Response(UploadOut(_upload(request, upload_id)).data)


class CancelUpload(APIView):
    @extend_schema(operation_id="uploads_cancel", request=None, responses=UploadOut)
    def post(self, request: Any, upload_id: int) -> Response:
        cancel_upload(upload=_upload(request, upload_id), actor=request.caller.user, now=timezone.now())
        return Response(UploadOut(_upload(request, upload_id)).data)


class ResumeUpload(APIView):
    @extend_schema(operation_id="uploads_resume", request=None, responses=UploadOut)
    def post(self, request: Any, upload_id: int) -> Response:
        resume_upload(upload=_upload(request, upload_id), actor=request.caller.user)
        return Response(UploadOut(_upload(request, upload_id)).data)


class UploadErrors(APIView):
    @extend_schema(
        operation_id="uploads_errors",
        description="Lines that became no item: `line`, `field`, `reason` (in English), and its kind as `code`.",
        parameters=[
            OpenApiParameter("format", str, enum=["csv", "jsonl"]),
            OpenApiParameter(
                "language", str, enum=sorted(LANGUAGES), description="Adds the reason in this language, as `message`."
            ),
        ],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/jsonl"): OpenApiTypes.STR},
    )
    def get(self, request: Any, upload_id: int) -> StreamingHttpResponse:
        upload = _upload(request, upload_id)
        wanted = request.query_params.get("format", "csv")
        if wanted not in REPORTS:
            raise InvalidInput(Problem("format", f"must be csv or jsonl, not {wanted!r}", "choice"))
        language = request.query_params.get("language", "")
        if language and language not in LANGUAGES:
            raise InvalidInput(Problem("language", f"must be one of {', '.join(sorted(LANGUAGES))}", "choice"))
        lines, content_type = REPORTS[wanted]
        reply = StreamingHttpResponse(lines(upload, language), content_type=content_type)
        reply["Content-Disposition"] = f'attachment; filename="upload-{upload.pk}-errors.{wanted}"'
        reply["X-Content-Type-Options"] = "nosniff"
        return reply


def _problems(upload: Upload, language: str) -> Iterator[dict[str, Any]]:
    for row in datasets.problems_of(upload).values(*COLUMNS).iterator(chunk_size=2000):
        if language:
            with override(language):  # not longer: the next line may be asked for in another one's turn
                row["message"] = in_words(row["reason"])
        yield row


def _as_csv(upload: Upload, language: str) -> Iterator[bytes]:
    yield csv_rows.line([*COLUMNS, "message"] if language else [*COLUMNS])
    for row in _problems(upload, language):
        yield csv_rows.line([str(value) for value in row.values()])


def _as_jsonl(upload: Upload, language: str) -> Iterator[bytes]:
    for row in _problems(upload, language):
        yield orjson.dumps(row) + b"\n"


REPORTS = {"csv": (_as_csv, "text/csv; charset=utf-8"), "jsonl": (_as_jsonl, "application/jsonl")}


def _dataset(request: Any, dataset_id: int) -> Dataset:
    caller = request.caller
    return datasets.dataset_of(organization=caller.organization, mode=caller.mode, dataset_id=dataset_id)


def _upload(request: Any, upload_id: int) -> Upload:
    caller = request.caller
    return datasets.upload_of(organization=caller.organization, mode=caller.mode, upload_id=upload_id)
