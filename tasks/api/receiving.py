"""Bytes of a request into the storage as they come, never whole in memory: a form's files, or the body itself."""

from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles

from labeling import storage
from labeling.http.refusals import TooLarge
from tasks.services.uploading import Received

FILENAMES = {  # for a body that comes without a name
    "text/csv": "upload.csv",
    "application/jsonl": "upload.jsonl",
    "application/x-ndjson": "upload.jsonl",
    "application/zip": "upload.zip",
    "text/plain": "upload.txt",
    "text/markdown": "upload.md",
    "application/vnd.apache.parquet": "upload.parquet",
}


class ReceivedFile(UploadedFile):
    """A file of a form; `writing` is where its bytes went."""

    def __init__(self, writing: storage.Writing, name: str | None, content_type: str | None) -> None:
        super().__init__(file=None, name=name, content_type=content_type, size=writing.size)
        self.writing = writing

    def close(self) -> None:
        """At the end of the request: what was not kept is forgotten."""
        self.writing.drop()


class StorageUploadHandler(FileUploadHandler):
    """Each file of the form goes straight beside its place in the storage."""

    chunk_size = storage.BLOCK

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.total = 0
        self.writing: storage.Writing | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.writing = storage.Writing()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.writing
        self.total += len(raw_data)
        if self.total > settings.MAX_UPLOAD:
            raise too_large()
        self.writing.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        assert self.writing
        writing, self.writing = self.writing, None
        return ReceivedFile(writing, self.file_name, self.content_type)

    def upload_interrupted(self) -> None:
        if self.writing:
            self.writing.drop()


class FormParser(BaseParser):
    """Django's own: it uses our handler, and the check of a page's CSRF token needs the fields."""

    media_type = "multipart/form-data"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> DataAndFiles:
        http = parser_context["request"]._request
        return DataAndFiles(http.POST, http.FILES)


class BodyParser(BaseParser):
    """Any other body is left where it is, for `receive_body`."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> QueryDict:
        return QueryDict()


def too_large() -> TooLarge:
    return TooLarge(f"the file is over {settings.MAX_UPLOAD} bytes")


def receive_form(request: HttpRequest) -> list[Received]:
    """The files of the form's field `file`. They are dropped with the request unless they were kept."""
    files = request.FILES.getlist("file")
    if not files:
        raise ParseError("the form has no file in its field 'file'")
    return [Received(one.name or "upload", one.writing) for one in files]  # type: ignore[attr-defined]  # our handler's


def receive_body(request: HttpRequest) -> list[Received]:
    """The body itself. The caller drops it if it cannot be used."""
    name = unquote(request.headers.get("X-Filename") or request.GET.get("filename") or "")
    file = storage.Writing()
    try:
        while block := request.read(storage.BLOCK):
            if file.size + len(block) > settings.MAX_UPLOAD:
                raise too_large()
            file.write(block)
        expected = int(request.headers.get("Content-Length") or 0)
        if file.size < expected:
            raise ParseError(f"only {file.size} of {expected} bytes arrived")
    except BaseException:
        file.drop()
        raise
    return [Received(name or FILENAMES.get(request.content_type or "", "upload"), file)]
