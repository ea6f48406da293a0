"""Lines of bytes from a seekable stream, never holding more than one, and never more than the limit of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from labeling.errors import BadFile
from labeling.importers import encodings
from labeling.importers.encodings import ENCODINGS

CHUNK = 1 << 16
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}  # what spreadsheets call Unicode text
UTF32_BOMS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line with its line end, or only its length if it is too long."""

    number: int
    content: bytes | None
    end: int
    """Byte offset of the next line."""
    wrong: str = ""
    """What is wrong with a byte that is none of the encoding that was named."""


class LineReader:
    """Reads on from a byte offset and counts lines; can go back to a line that has been read.

    A file that begins with UTF-16's byte order mark comes as UTF-8, and so does one that is in the encoding ``named``;
    offsets stay those of the file. Where a file begins with carriage returns only, as old spreadsheets for the
    Macintosh write them, they end its lines.
    """

    def __init__(self, stream: BinaryIO, *, offset: int, line: int, longest: int, named: str = "") -> None:
        self.stream = stream
        stream.seek(0)
        self.encoding = UTF16_BOMS.get(stream.read(2), "")
        head = stream.read(CHUNK)
        self.named = "" if not named or self.encoding or encodings.is_utf8(stream) else named
        self.by_return = not self.encoding and b"\r" in head and b"\n" not in head
        self.longest = longest
        self.go_to(offset=offset, line=line)

    def go_to(self, *, offset: int, line: int) -> None:
        """``line`` is the number of lines before ``offset``."""
        self.offset, self.line = offset, line
        self.stream.seek(offset)

    def next(self) -> Line | None:
        """The next line, without the byte order mark of the first one; None at the end."""
        part = self._read(self.longest + 3)
        if not part:
            return None
        self.line += 1
        content, wrong = self._as_utf8(part)
        if len(content.rstrip(b"\r\n")) > self.longest:
            self._skip_rest(part)
            return Line(self.line, None, self.offset)
        return Line(self.line, content, self.offset, wrong)

    def _read(self, most: int) -> bytes:
        if self.encoding:
            part = self._read_utf16(2 * most)
        else:
            part = self._read_by_return(most) if self.by_return else self.stream.readline(most)
        self.offset += len(part)
        return part

    def _read_utf16(self, most: int) -> bytes:
        """Up to the end of a line, or of an even number of bytes: half of another character may look like its end."""
        part = bytearray()
        while len(part) < most and (more := self.stream.readline(most - len(part))):
            part += more
            if len(part) % 2:
                part += self.stream.read(1)
            if self._is_whole(part):
                break
        return bytes(part)

    def _read_by_return(self, most: int) -> bytes:
        part, step = b"", 256
        while len(part) < most and (more := self.stream.read(min(step, most - len(part)))):
            before, end, _ = more.partition(b"\r")
            part += before + end
            if end:
                break
            step *= 2
        self.stream.seek(self.offset + len(part))
        return part

    def _is_whole(self, part: bytes | bytearray) -> bool:
        if self.by_return:
            return part.endswith(b"\r")
        return part.endswith("\n".encode(self.encoding or "utf-8"))

    def _as_utf8(self, part: bytes) -> tuple[bytes, str]:
        """The line, and the byte that cannot be read."""
        if self.line == 1:
            part = _without_bom(part)
        if self.named:
            try:
                return part.decode(ENCODINGS[self.named]).encode(), ""
            except UnicodeDecodeError as error:
                readable = part.decode(ENCODINGS[self.named], "replace").encode()
                return readable, encodings.wrong_byte(
                    part, error.start, f"byte {error.start + 1} of line {self.line}", self.named
                )
        if not self.encoding:
            return part, ""
        half = b"\xff" * (len(part) % 2)  # of a file that was cut short: told as a wrong byte
        whole = part[: len(part) - len(half)]
        return whole.decode(self.encoding, "surrogatepass").encode("utf-8", "surrogatepass") + half, ""

    def _skip_rest(self, part: bytes) -> None:
        while part and not self._is_whole(part):
            part = self._read(CHUNK)


def _without_bom(first: bytes) -> bytes:
    if first.startswith(UTF32_BOMS):
        raise BadFile("the file is UTF-32; save it as UTF-8")
    for bom in UTF16_BOMS:
        first = first.removeprefix(bom)
    return first.removeprefix(UTF8_BOM)


def wrong_byte(line: Line) -> str:
    """Where the line stops being text, or an empty string if it does not."""
    content = line.content or b""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return encodings.wrong_byte(content, error.start, encodings.place_of(error.start))
    return line.wrong
