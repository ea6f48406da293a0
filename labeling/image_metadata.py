"""Does an image file hold anything besides the picture: a place, a camera, a comment, something after its end?"""

from __future__ import annotations

import re
import struct

PNG_PICTURE = set(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP pHYs sBIT bKGD".split())
WEBP_PICTURE = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"}
JPEG_APPLICATION = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
JPEG_START_OF_SCAN, JPEG_COMMENT = 0xDA, 0xFE
JPEG_EXTRA_IN_SCANS = re.compile(rb"\xff[\xe0-\xef\xfe]")


def is_bare(raw: bytes, image_format: str) -> bool:
    """True if every part is known to be part of the picture. In doubt, False."""
    checks = {"PNG": _png, "JPEG": _jpeg, "WEBP": _webp}
    try:
        return image_format in checks and checks[image_format](raw)
    except (struct.error, IndexError):
        return False


def _png(raw: bytes) -> bool:
    at = 8
    while at < len(raw):
        length, kind = struct.unpack_from(">L4s", raw, at)
        if kind not in PNG_PICTURE:
            return False
        at += 12 + length
        if kind == b"IEND":
            return at == len(raw)
    return False


def _jpeg(raw: bytes) -> bool:
    at = 2
    while raw[at] == 0xFF:
        marker = raw[at + 1]
        (length,) = struct.unpack_from(">H", raw, at + 2)
        if marker == JPEG_START_OF_SCAN:
            scans = raw[at + 2 :]
            return scans.find(b"\xff\xd9") == len(scans) - 2 and not JPEG_EXTRA_IN_SCANS.search(scans)
        application = 0xE0 <= marker <= 0xEF
        if marker == JPEG_COMMENT or (
            application and not (marker in JPEG_APPLICATION and raw.startswith(JPEG_APPLICATION[marker], at + 4))
        ):
            return False
        at += 2 + length
    return False


def _webp(raw: bytes) -> bool:
    (size,) = struct.unpack_from("<L", raw, 4)
    if size + 8 != len(raw):
        return False
    at = 12
    while at < len(raw):
        kind, length = struct.unpack_from("<4sL", raw, at)
        if kind not in WEBP_PICTURE:
            return False
        at += 8 + length + length % 2
    return at == len(raw)
