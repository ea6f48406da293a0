"""Send a stored file, or the range of it that was asked for (RFC 9110, one range)."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

BLOCK = 256 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Part:
    """A stream that ends after `length` bytes."""

    def __init__(self, stream: BinaryIO, start: int, length: int) -> None:
        stream.seek(start)
        self.stream, self.left = stream, length

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        block = self.stream.read(wanted)
        self.left -= len(block)
        return block

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read(BLOCK):
            yield block

    def close(self) -> None:
        self.stream.close()


def send_file(
    request: HttpRequest, stream: BinaryIO, *, size: int, content_type: str, etag: str, **disposition: Any
) -> HttpResponseBase:
    """`etag` names the content: a browser that has it gets 304, a download that broke off goes on."""
    quoted = f'"{etag}"'
    if quoted in request.headers.get("If-None-Match", ""):
        stream.close()
        reply: HttpResponseBase = HttpResponse(status=304)
    else:
        reply = _whole_or_part(request, stream, size, content_type, quoted, disposition)
    reply["ETag"] = quoted
    reply["Accept-Ranges"] = "bytes"
    return reply


def _whole_or_part(
    request: HttpRequest, stream: BinaryIO, size: int, content_type: str, etag: str, disposition: dict[str, Any]
) -> HttpResponseBase:
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or not any(asked.groups()) or request.headers.get("If-Range", etag) != etag:
        return FileResponse(stream, content_type=content_type, **disposition)
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        stream.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    reply = FileResponse(Part(stream, start, end - start + 1), content_type=content_type, **disposition)
    reply.status_code = 206
    reply["Content-Range"] = f"bytes {start}-{end}/{size}"
    reply["Content-Length"] = str(end - start + 1)
    return reply
