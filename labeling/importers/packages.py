"""An upload of documents and pictures: the files of a zip, or one document alone."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile, BadImage
from labeling.images import SUFFIXES as PICTURES
from labeling.images import CleanImage, read_image
from labeling.importers import encodings
from labeling.importers.archives import MAGICS, UNREADABLE, check_whole, entry_problem, is_litter, open_zip
from labeling.importers.base import ImportOptions
from labeling.importers.encodings import ENCODINGS
from labeling.importers.lines import UTF8_BOM, UTF16_BOMS, UTF32_BOMS

NO_PICTURES = "its picture is not here: send a zip of the labels and the pictures"


class Package:
    """``names`` are the paths of what is in it, in order; a single document is called as it was uploaded."""

    def __init__(self, stream: BinaryIO, options: ImportOptions, archive: zipfile.ZipFile | None) -> None:
        self.stream = stream
        self.options = options
        self.archive = archive
        self.entries: dict[str, zipfile.ZipInfo] = {}
        if archive is not None:
            for entry in archive.infolist():
                if not is_litter(entry):
                    self.entries.setdefault(entry.filename.replace("\\", "/"), entry)
        self.names = list(self.entries) if archive is not None else [options.file_name or "document"]
        self._by_ending: dict[str, list[str]] | None = None

    def document(self, name: str) -> bytes:
        """A file as bytes. BadFile where it is none, or too large to be taken whole."""
        limit = self.options.max_document
        if self.archive is None:
            self.stream.seek(0)
            content = self.stream.read(limit + 1)
        else:
            entry = self.entries[name]
            if problem := entry_problem(entry, name, self.options):
                raise BadFile(f"{name}: {problem}")
            content = b"" if entry.file_size > limit else self._unpacked(entry, name)
            if entry.file_size > limit:
                raise BadFile(f"{name}: unpacks to {entry.file_size} bytes; at most {limit} are read at once")
        if len(content) > limit:
            raise BadFile(f"{name}: is larger than {limit} bytes; at most that many are read at once")
        return content

    def text(self, name: str) -> str:
        """UTF-8, or what its byte order mark says. BadFile names the wrong byte."""
        return decoded(self.document(name), name, self.options.encoding)

    def json(self, name: str) -> Any:
        try:
            return orjson.loads(self.text(name))
        except orjson.JSONDecodeError as error:
            raise BadFile(f"{name}: not JSON: {error}") from error

    def picture(self, name: str) -> CleanImage:
        """Raises BadImage with the reason, also where there is no such file."""
        found = self.find(name)
        if found is None:
            raise BadImage(NO_PICTURES)
        entry = self.entries[found]
        if problem := entry_problem(entry, found, self.options):
            raise BadImage(problem)
        try:
            return read_image(self._unpacked(entry, found), pixel_limit=self.options.pixel_limit)
        except BadFile as error:
            raise BadImage(str(error)) from error

    def find(self, name: str, near: str = "") -> str | None:
        """The path that a label file means: itself, or the one path that ends with it.

        Of several it is the one beside the label file (``near``), or in a folder that the label file is called by.
        """
        wanted = name.replace("\\", "/").removeprefix("./").lstrip("/")
        beside = str(PurePosixPath(near).parent / wanted)
        for path in (beside, wanted) if near else (wanted,):
            if path in self.entries:
                return path
        if self._by_ending is None:
            self._by_ending = {}
            for path in self.entries:
                self._by_ending.setdefault(_composed(PurePosixPath(path).name), []).append(path)
        wanted = _composed(wanted)
        alike = self._by_ending.get(PurePosixPath(wanted).name, [])
        fitting = [p for p in alike if f"/{_composed(p)}".endswith(f"/{wanted}")]
        called = [p for p in fitting if any(part in near for part in PurePosixPath(p).parent.parts if len(part) > 2)]
        return next((some[0] for some in (fitting, called) if len(some) == 1), None)

    def pictures(self) -> list[str]:
        return [name for name in self.names if name.lower().endswith(PICTURES)] if self.archive else []

    def _unpacked(self, entry: zipfile.ZipInfo, name: str) -> bytes:
        assert self.archive is not None
        try:
            return self.archive.read(entry)
        except UNREADABLE as error:
            raise BadFile(f"{name}: cannot be unpacked: {error}") from error


def _composed(name: str) -> str:
    """Letters with their accents as one character: macOS writes them as two."""
    return unicodedata.normalize("NFC", name)


@contextmanager
def opened(stream: BinaryIO, options: ImportOptions) -> Iterator[Package]:
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    if not head:
        raise BadFile("the file is empty")
    if not head.startswith(MAGICS):
        yield Package(stream, options, None)
        return
    with open_zip(stream, options) as archive:
        check_whole(archive.infolist(), options)
        yield Package(stream, options, archive)


def decoded(content: bytes, name: str, named: str = "") -> str:
    """Text of any line ends, without its byte order mark. UTF-16 is read where the mark says so.

    What is not UTF-8 either is read as the uploader ``named`` it.
    """
    encoding = "UTF-32" if content.startswith(UTF32_BOMS) else "UTF-16" if content[:2] in UTF16_BOMS else "UTF-8"
    try:
        return content.removeprefix(UTF8_BOM).decode(encoding)
    except UnicodeDecodeError as error:
        wrong = error.start
    if encoding != "UTF-8":
        raise BadFile(f"{name}: not {encoding}: byte {wrong + 1} is 0x{content[wrong]:02X}")
    if not named:
        content = content.removeprefix(UTF8_BOM)
        raise BadFile(f"{name}: {encodings.wrong_byte(content, wrong, f'byte {wrong + 1}')}")
    try:
        return content.decode(ENCODINGS[named])
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{name}: {encodings.wrong_byte(content, error.start, f'byte {error.start + 1}', named)}"
        ) from error
