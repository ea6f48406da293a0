"""The kinds of pictures that are taken: known by their first bytes, and what has to be said of the unusual ones."""

from __future__ import annotations

import struct

from PIL import Image, TiffImagePlugin

from labeling.errors import BadImage

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp")
LOSSLESS = ("GIF", "TIFF", "BMP")
"""Those that come out as PNG."""
TIFF_STARTS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
SHOWN_AS_THEY_ARE = ("1", "L", "LA", "I;16", "P", "RGB", "RGBA")
"""Modes that a PNG holds."""
REDUCED, BITS = 254, 258
"""Tags of a TIFF: what an image of it is, and the bits of each channel."""
MOST_PAGES = 100


def format_of(head: bytes) -> str:
    """The format these first bytes announce, or an empty string for none that we take."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith(TIFF_STARTS):
        return "TIFF"
    if head.startswith(b"BM") and head[6:10] == bytes(4) and len(head) >= 18:  # and no text that begins so
        return "BMP" if struct.unpack_from("<L", head, 14)[0] in BMP_HEADERS else ""
    return "WEBP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


def check_kind(picture: Image.Image) -> list[str]:
    """What will not come as it is. Raises BadImage for what nobody could see: raw photos, numbers as pixels."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return []
    tags = picture.tag_v2
    if int(tags.get(REDUCED, 0)) & 1:
        raise BadImage("a TIFF that begins with a preview, as raw photos do: save the photo itself")
    bits = max(tags.get(BITS, (1,)))
    if picture.mode in ("F", "I"):
        raise BadImage(f"a TIFF whose pixels are numbers of {bits} bits: save it with 8 or 16 bits")
    found = (_why_fewer_bits(picture, bits), _why_other_colours(picture), _why_one_page(picture))
    return [why for why in found if why]


def _why_fewer_bits(picture: Image.Image, bits: int) -> str:
    if bits <= 8 or picture.mode.startswith("I;16"):
        return ""
    return f"has {bits} bits for each colour: 8 of them are kept"


def _why_other_colours(picture: Image.Image) -> str:
    return f"its colours are {picture.mode}: they are kept as RGB" if picture.mode in ("CMYK", "LAB") else ""


def _why_one_page(picture: Image.Image) -> str:
    pages = _pages(picture)
    if pages > MOST_PAGES:
        return f"has over {MOST_PAGES} pages: the first one is taken"
    return f"has {pages} pages: the first one is taken" if pages > 1 else ""


def _pages(picture: Image.Image) -> int:
    """As many as are looked for; the picture is at its first one afterwards."""
    count = 1
    try:
        while count <= MOST_PAGES:
            picture.seek(count)
            count += 1
    except EOFError:
        pass
    picture.seek(0)
    return count


def as_png(picture: Image.Image) -> Image.Image:
    """In a mode that a PNG holds: the same pixels, but for those of which `check_kind` told."""
    if picture.mode in SHOWN_AS_THEY_ARE:
        return picture
    if picture.mode.startswith("I;16"):
        return picture.convert("I").convert("I;16")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
