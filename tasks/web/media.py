"""Images, exports and archives by signed link. Nothing here is shown inline unless we encoded it ourselves."""

from collections.abc import Collection

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from labeling import exporters, links, storage
from labeling.buckets import BucketError
from labeling.http.caller_address import caller_address
from labeling.http.files import send_file
from labeling.sealing import CannotOpen
from tasks.models import Export
from tasks.selectors import archives, exports, file_links, media
from tasks.selectors.file_links import Holder
from tasks.selectors.in_place import is_in_place, object_of
from tasks.services.downloads import note_download
from tasks.services.in_place import open_picture
from tasks.services.sending_exports import file_name
from workers.models import Role
from workers.selectors.membership import SEES

IMAGES = {  # the suffixes ingesting gives
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "tiles": "application/octet-stream",
}
SANDBOX = "sandbox; default-src 'none'"


@require_safe
def image(request: HttpRequest, token: str, key: str) -> HttpResponseBase:
    left = links.check(media.SALT, key, token)
    content_type = IMAGES.get(key.rpartition(".")[2])
    if left is None or content_type is None:
        raise Http404
    if is_in_place(key):
        reply = _send_in_place(request, key, content_type)
    else:
        reply = _send(request, key, content_type, etag=key.rpartition("/")[2], as_attachment=False)
    if reply.status_code == 503:
        return reply
    reply["Content-Disposition"] = "inline"
    reply["Cache-Control"] = f"private, max-age={left}, immutable"
    return reply


@require_safe
def download(request: HttpRequest, export_id: int, token: str) -> HttpResponseBase:
    export, holder = _export(exports.SALT, export_id, token)
    exporter = exporters.get(export.format)
    suffix = exporters.suffix_of(exporter, with_files=export.include_files)
    content_type = exporter.CONTENT_TYPE if suffix == exporter.SUFFIX else "application/zip"
    name = file_name(export)
    key = export.storage_key
    reply = _send(request, key, content_type, etag=export.sha256, as_attachment=True, filename=name)
    about = {"organization_id": export.project.organization_id, "project_id": export.project_id}
    _note(request, reply, "export.downloaded", holder, object_id=export.pk, **about)
    reply["Cache-Control"] = "private, no-store"
    return reply


@require_safe
def archive(request: HttpRequest, archive_id: int, token: str) -> HttpResponseBase:
    """A whole organization in one file."""
    holder = _holder(archives.SALT, archive_id, token)
    made = archives.made_archive(archive_id)
    _check(holder, made.organization_id, {Role.ADMIN})
    name = f"{slugify(made.organization.slug)}-archive-{made.pk}.zip"
    key = made.storage_key
    reply = _send(request, key, "application/zip", etag=made.sha256, as_attachment=True, filename=name)
    _note(request, reply, "archive.downloaded", holder, object_id=made.pk, organization_id=made.organization_id)
    reply["Cache-Control"] = "private, no-store"
    return reply


@require_safe
def losses(request: HttpRequest, export_id: int, token: str) -> HttpResponseBase:
    """What the format of an export could not say, record by record."""
    export, _whose = _export(exports.LOSSES_SALT, export_id, token)
    name, etag = f"export-{export.pk}-losses.jsonl", f"{export.sha256}-losses"
    key = exports.losses_key(export)
    reply = _send(request, key, "application/jsonl", etag=etag, as_attachment=True, filename=name)
    reply["Cache-Control"] = "private, no-store"
    return reply


def _export(salt: str, export_id: int, token: str) -> tuple[Export, Holder]:
    holder = _holder(salt, export_id, token)
    export = exports.finished_export(export_id)
    _check(holder, export.project.organization_id, SEES)
    return export, holder


def _holder(salt: str, pk: int, token: str) -> Holder:
    holder = file_links.holder_of(salt, pk, token)
    if holder is None:
        raise Http404
    return holder


def _check(holder: Holder, organization_id: int, roles: Collection[str]) -> None:
    """The link of who was removed, or of a key that was revoked, ends with their access."""
    if not file_links.has_access(holder, organization_id=organization_id, roles=roles, now=timezone.now()):
        raise Http404


def _note(request: HttpRequest, reply: HttpResponseBase, kind: str, holder: Holder, **about: int) -> None:
    if request.method == "GET" and reply.status_code in (200, 206):
        begins = reply.get("Content-Range", "bytes 0-").startswith("bytes 0-")
        note_download(kind=kind, holder=holder, address=caller_address(request), begins=begins, **about)


def _send_in_place(request: HttpRequest, key: str, content_type: str) -> HttpResponseBase:
    """Passed on by us: the page loads nothing from elsewhere, and learns nothing of the bucket."""
    etag = f'"{key.rpartition("/")[2]}"'
    if etag in request.headers.get("If-None-Match", ""):
        reply: HttpResponseBase = HttpResponse(status=304)
    else:
        found = object_of(key)
        if found is None:
            raise Http404
        try:
            stream, size = open_picture(found, hurry=True)
        except CannotOpen:
            return _try_later()
        except BucketError as error:
            if error.code in ("missing", "changed"):
                raise Http404 from None
            return _try_later()
        reply = FileResponse(stream, content_type=content_type, headers={"Content-Length": str(size)})
    reply["ETag"] = etag
    return _harmless(reply)


def _try_later() -> HttpResponseBase:
    return HttpResponse(status=503, headers={"Retry-After": "10", "Cache-Control": "no-store"})


def _send(request: HttpRequest, key: str, content_type: str, *, etag: str, **disposition: object) -> HttpResponseBase:
    try:
        stream = storage.open_file(key, hurry=not disposition["as_attachment"])  # a download is worth a second try
    except FileNotFoundError:
        raise Http404 from None
    except BucketError:
        return _try_later()
    size = storage.size_of(stream)
    reply = send_file(request, stream, size=size, content_type=content_type, etag=etag, **disposition)
    return _harmless(reply)


def _harmless(reply: HttpResponseBase) -> HttpResponseBase:
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Content-Security-Policy"] = SANDBOX
    reply["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply
