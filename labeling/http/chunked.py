"""Bodies whose length nobody tells beforehand (`Transfer-Encoding: chunked`): read up to a limit, then taken as any.

Django takes a body without a length for an empty one.
"""

from collections.abc import Callable
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse
from gunicorn.http.errors import ParseException

BLOCK = 1 << 18
IN_MEMORY = 1 << 20
LARGEST_PLAIN = 26 * 1024 * 1024  # over what any of our parsers takes: they say that it is too much
PLAIN = ("application/json", "application/x-www-form-urlencoded")


class ChunkedBodies:
    """JSON and plain forms are gathered for every call; files by the views that take them, once they know who calls."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.content_type in PLAIN:
            gather(request, LARGEST_PLAIN)
        return self.get_response(request)


def gather(request: HttpRequest, most: int) -> bool:
    """False if there is more than `most` bytes of it: then the rest was not read, and neither should be what was."""
    environ = request.META
    if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower() or environ.get("CONTENT_LENGTH"):
        return True
    if not environ.get("wsgi.input_terminated"):
        return True  # the server does not tell where the body ends
    source, size = environ["wsgi.input"], 0
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed when the request is let go
    try:
        while size <= most and (block := source.read(BLOCK)):
            file.write(block)
            size += len(block)
    except (OSError, ParseException):
        file.close()
        raise BadRequest("the body broke off") from None
    file.seek(0)
    environ["CONTENT_LENGTH"] = str(size)
    body: Any = LimitedStream(cast(BytesIO, file), size)
    request._stream = body  # where Django reads the body from
    return size <= most
