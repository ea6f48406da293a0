"""JSON in and out with orjson: times in UTC as ISO 8601 with Z, no NaN.

What is nested so deep that it could be taken in and never told again is refused at the door.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from labeling.http.refusals import TooLarge
from labeling.written import written

DEEPEST = 200  # levels; orjson reads 1024 and writes 254, and a reply has some of its own
OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class ORJSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        return written(data, default=str, option=OPTIONS)


class ORJSONParser(BaseParser):
    """Reads at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes: DRF's own parser has no limit."""

    media_type = "application/json"
    limit: int | None = None  # of a parser for larger bodies

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = self.limit or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"the body is over {limit} bytes")
        if not body:
            return {}
        return self.loads(body)

    def loads(self, body: bytes) -> Any:
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"not JSON: {error}") from None
        if body.count(b"[") + body.count(b"{") > DEEPEST:
            _refuse_depth(found)
        return found


def _refuse_depth(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in values_of(each) if isinstance(inner, dict | list)]
        if not level:
            return
    raise ParseError(f"the JSON is nested deeper than {DEEPEST} levels")


def values_of(data: Any) -> Iterable[Any]:
    return data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
