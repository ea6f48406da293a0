"""Images and exports by signed link. Nothing here is shown inline unless we encoded it ourselves."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from labeling import exporters, links, storage
from labeling.buckets import BucketError
from labeling.http.files import send_file
from labeling.sealing import CannotOpen
from tasks.selectors import archives, exports, media
from tasks.selectors.in_place import is_in_place, object_of
from tasks.services.in_place import open_picture
from tasks.services.sending_exports import file_name

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
    if links.check(exports.SALT, str(export_id), token) is None:
        raise Http404
    export = exports.finished_export(export_id)
    exporter = exporters.get(export.format)
    suffix = exporters.suffix_of(exporter, with_files=export.include_files)
    content_type = exporter.CONTENT_TYPE if suffix == exporter.SUFFIX else "application/zip"
    name = file_name(export)
    key = export.storage_key
    reply = _send(request, key, content_type, etag=export.sha256, as_attachment=True, filename=name)
    reply["Cache-Control"] = "private, no-store"
    return reply


@require_safe
def archive(request: HttpRequest, archive_id: int, token: str) -> HttpResponseBase:
    """A whole organization in one file."""
    if links.check(archives.SALT, str(archive_id), token) is None:
        raise Http404
    made = archives.made_archive(archive_id)
    name = f"{slugify(made.organization.slug)}-archive-{made.pk}.zip"
    key = made.storage_key
    reply = _send(request, key, "application/zip", etag=made.sha256, as_attachment=True, filename=name)
    reply["Cache-Control"] = "private, no-store"
    return reply


@require_safe
def losses(request: HttpRequest, export_id: int, token: str) -> HttpResponseBase:
    """What the format of an export could not say, record by record."""
    if links.check(exports.LOSSES_SALT, str(export_id), token) is None:
        raise Http404
    export = exports.finished_export(export_id)
    name, etag = f"export-{export.pk}-losses.jsonl", f"{export.sha256}-losses"
    key = exports.losses_key(export)
    reply = _send(request, key, "application/jsonl", etag=etag, as_attachment=True, filename=name)
    reply["Cache-Control"] = "private, no-store"
    return reply


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
