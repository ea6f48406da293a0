"""Files: sent to us, or fetched by us from an address."""

from itertools import islice
from typing import Any

from django.db.models import Q
from django.http import FileResponse
from django.utils import timezone
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labeling import links, storage
from labeling.errors import InvalidInput, Problem
from labeling.http.chunked import gather
from tasks.models import ClientFile
from tasks.scale import files, lists, shapes
from tasks.scale.http import LargeJSON, ScaleView, has_nul, number, only_known
from tasks.scale.orders import read_metadata
from tasks.scale.projects import Unknown

FORM_SLACK = 1024 * 1024


class Files(ScaleView):
    """Those sent or imported, newest first: of a project, and with such metadata."""

    def get(self, request: Request) -> Response:
        query = request.query_params
        only_known(query, ("project", "metadata", "limit", "next_token"))
        limit = number(query.get("limit"), "limit", usual=lists.MOST, least=1, most=lists.MOST)
        wanted, project = read_metadata(unpacked(query.get("metadata"))), query.get("project")
        rows = self.mine(ClientFile).order_by("-created_at", "-pk")
        if token := query.get("next_token"):
            created_at, pk = lists.read_token(token)
            rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk))
        found = list(islice((row for row in rows.iterator() if fits(row, project, wanted)), limit + 1))
        more, found = len(found) > limit, found[:limit]
        token_told = {"next_token": lists.token_after(found[-1])} if more else {}
        return Response({"docs": [shown(row) for row in found], "has_more": more, **token_told})


def fits(row: ClientFile, project: str | None, wanted: dict[str, Any]) -> bool:
    return (not project or project in row.project_names) and all(
        row.metadata.get(name) == each for name, each in wanted.items()
    )


class UploadFile(ScaleView):
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        most = files.LARGEST + FORM_SLACK
        if int(request.headers.get("Content-Length") or 0) > most or not gather(request._request, most):
            raise InvalidInput(Problem("file", f"a file has at most {files.LARGEST // 1024**2} MB", "range"))
        form: Any = request.data
        given: Any = form.get("file")
        if not hasattr(given, "chunks"):
            raise InvalidInput(Problem("file", "file is required", "required"))
        row = files.keep_upload(
            organization=self.caller.organization,
            mode=self.caller.mode,
            stream=given,
            name=given.name or "",
            about=about(form, form.getlist("project_names")),
        )
        return Response(shown(row))


class ImportFile(ScaleView):
    parser_classes = [LargeJSON]

    def post(self, request: Request) -> Response:
        body = self.body
        listed = body.get("project_names")
        row = files.import_file(
            organization=self.caller.organization,
            mode=self.caller.mode,
            url=body.get("file_url"),
            about=about(body, listed if isinstance(listed, list) else []),
            now=timezone.now(),
        )
        return Response(shown(row))


class OneFile(ScaleView):
    """The address that orders name it by: for its own organization's keys."""

    def get(self, request: Request, file_id: str) -> Any:
        return content_of(self.mine(ClientFile).filter(public_id=file_id).exclude(storage_key="").first())


class SignedFile(ScaleView):
    """The address that a response names a picture by: for whoever was told it, until it ends."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def get(self, request: Request, file_id: str, token: str) -> Any:
        if links.check(files.SALT, file_id, token) is None:
            raise Unknown("there is no such file")
        return content_of(ClientFile.objects.filter(public_id=file_id).exclude(storage_key="").first())


def content_of(row: ClientFile | None) -> FileResponse:
    if row is None:
        raise Unknown("there is no such file")
    reply = FileResponse(storage.open_file(row.storage_key), content_type="application/octet-stream")
    reply["Content-Disposition"] = "attachment"
    reply["X-Content-Type-Options"] = "nosniff"
    return reply


def about(given: Any, names: list[Any]) -> dict[str, Any]:
    reference = given.get("reference_id")
    if reference is not None and (not isinstance(reference, str) or not 0 < len(reference) <= 500):
        raise InvalidInput(Problem("reference_id", "reference_id must be text of at most 500 characters", "type"))
    if isinstance(given.get("project_name"), str):
        names = [given["project_name"], *names]
    if has_nul([reference or "", *names]):
        raise InvalidInput(Problem("", "a text in the form holds the character U+0000, which cannot be kept", "type"))
    return {
        "reference_id": reference,
        "project_names": [str(name)[:200] for name in names][:100],
        "metadata": read_metadata(unpacked(given.get("metadata"))),
    }


def unpacked(metadata: Any) -> Any:
    """In a form it is text: JSON."""
    if not isinstance(metadata, str):
        return metadata
    try:
        return LargeJSON().loads(metadata.encode()) if metadata.strip() else None
    except (ParseError, UnicodeEncodeError):
        raise InvalidInput(Problem("metadata", "metadata must be an object, in JSON", "type")) from None


def shown(row: ClientFile) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "attachment_url": files.address_of(row),
        "mime_type": row.content_type,
        "size": row.size,
        "project_names": row.project_names,
        "metadata": row.metadata,
        "created_at": shapes.time(row.created_at),
        "updated_at": shapes.time(row.updated_at),
        **({"reference_id": row.reference_id} if row.reference_id else {}),
    }
