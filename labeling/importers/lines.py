"""Lines of bytes from a seekable stream, never holding more than one, and never more than the limit of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from labeling.errors import BadFile

CHUNK = 1 << 16
UTF8_BOM = b"\xef\xbb\xbf"
OTHER_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line with its line end, or only its length if it is too long."""

    number: int
    content: bytes | None
    end: int
    """Byte offset of the next line."""


class LineReader:
    """Reads on from a byte offset and counts lines; can go back to a line that has been read."""

    def __init__(self, stream: BinaryIO, *, offset: int, line: int, longest: int) -> None:
        self.stream = stream
        self.longest = longest
        self.go_to(offset=offset, line=line)

    def go_to(self, *, offset: int, line: int) -> None:
        """``line`` is the number of lines before ``offset``."""
        self.offset, self.line = offset, line
        self.stream.seek(offset)

    def next(self) -> Line | None:
        """The next line, without the byte order mark of the first one; None at the end."""
        content: bytes | None = self.stream.readline(self.longest + 3)
        if not content:
            return None
        self.offset += len(content)
        self.line += 1
        if self.line == 1:
            content = _without_bom(content)
        if len(content.rstrip(b"\r\n")) > self.longest:
            self._skip_rest(content)
            content = None
        return Line(self.line, content, self.offset)

    def _skip_rest(self, part: bytes) -> None:
        while part and not part.endswith(b"\n"):
            part = self.stream.readline(CHUNK)
            self.offset += len(part)


def _without_bom(first: bytes) -> bytes:
    for bom, encoding in OTHER_BOMS.items():
        if first.startswith(bom):
            raise BadFile(f"the file is {encoding}; save it as UTF-8")
    return first.removeprefix(UTF8_BOM)


def wrong_byte(line: bytes) -> str:
    """Where the line stops being UTF-8, or an empty string if it does not."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8: byte {error.start + 1} of the line is 0x{line[error.start]:02X}"
    return ""
