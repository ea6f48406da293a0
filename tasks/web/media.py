"""Images and exports by signed link. Nothing here is shown inline unless we encoded it ourselves."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from labeling import exporters, links, storage
from labeling.http.files import send_file
from tasks.selectors import archives, exports, media

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
    reply = _send(request, key, content_type, etag=key.rpartition("/")[2], as_attachment=False)
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
    name = f"{slugify(export.project.name) or 'project'}-export-{export.pk}{suffix}"
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


def _send(request: HttpRequest, key: str, content_type: str, *, etag: str, **disposition: object) -> HttpResponseBase:
    try:
        stream, size = storage.open_file(key), storage.size(key)
    except FileNotFoundError:
        raise Http404 from None
    reply = send_file(request, stream, size=size, content_type=content_type, etag=etag, **disposition)
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Content-Security-Policy"] = SANDBOX
    reply["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply
