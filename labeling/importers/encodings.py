"""Encodings that an uploader may name, for files that are neither UTF-8 nor marked as UTF-16. None is ever guessed."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import BinaryIO

ENCODINGS = {
    "windows-1252": "cp1252",
    "iso-8859-1": "iso8859-1",
    "iso-8859-15": "iso8859-15",
    "macintosh": "mac-roman",
    "windows-1250": "cp1250",
    "iso-8859-2": "iso8859-2",
    "windows-1251": "cp1251",
    "koi8-r": "koi8-r",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "windows-1256": "cp1256",
    "shift_jis": "cp932",
    "euc-jp": "euc-jp",
    "gb18030": "gb18030",
    "big5": "cp950",
    "euc-kr": "cp949",
}
"""By the names that browsers use. Bytes below 0x20 are themselves in all: lines may be cut before they are read."""
SHOWN = ("shift_jis", "gb18030", "euc-kr", "windows-1252", "windows-1251", "windows-1250")
MOST_SHOWN = 4
AROUND = 16
"""Characters of an example, before and after the byte that is wrong."""
BLOCK = 1 << 20
LOOKED_AT = 64 * BLOCK


def is_utf8(stream: BinaryIO) -> bool:
    """Whether its beginning is, and not ASCII only; an encoding that was named is not for such a file then."""
    stream.seek(0)
    decoder, is_plain = getincrementaldecoder("utf-8")(), True
    for _ in range(LOOKED_AT // BLOCK):
        if not (block := stream.read(BLOCK)):
            break
        is_plain = is_plain and block.isascii()
        try:
            decoder.decode(block, final=len(block) < BLOCK)
        except UnicodeDecodeError:
            return False
    return not is_plain


def wrong_byte(content: bytes, at: int, place: str, named: str = "") -> str:
    """What is wrong there; of what was taken for UTF-8 with what it would be in other encodings."""
    seen = [] if named else list(_examples(content, at))[:MOST_SHOWN]
    if not seen:
        return f"not {named or 'UTF-8'}: {place} is 0x{content[at]:02X}"
    shown = ", ".join(seen)
    return f"not UTF-8: {place} is 0x{content[at]:02X}; its encoding can be chosen at upload: {shown}"


def place_of(byte: int, line: int = 0) -> str:
    """In words; bytes count from 0."""
    return f"byte {byte + 1} of line {line}" if line else f"byte {byte + 1} of the line"


def _examples(content: bytes, at: int) -> Iterator[str]:
    """Those that can be what the line says, which begins and ends at line ends."""
    start = content.rfind(b"\n", 0, at) + 1
    end = content.find(b"\n", at)
    line = content[start : len(content) if end < 0 else end][: 64 * 1024]
    seen = set()
    for name in SHOWN:
        try:
            before = len(line[: at - start].decode(ENCODINGS[name]))
            text = line.decode(ENCODINGS[name])
        except UnicodeDecodeError:
            continue
        part = text[max(0, before - AROUND) : before + AROUND].strip()
        if part not in seen and part.replace("\t", " ").isprintable():
            seen.add(part)
            yield f"{name} {part!r}"
