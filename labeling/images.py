"""Uploaded images: known by their content, freed of metadata, turned upright, sized, thumbnailed."""

from __future__ import annotations

import builtins
import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from labeling.errors import BadImage
from labeling.image_kinds import FORMATS, LOSSLESS, SUFFIXES, as_png, check_kind, format_of
from labeling.image_metadata import is_bare
from labeling.image_tiles import Tiles, cut_tiles

__all__ = ["FORMATS", "PIXEL_LIMIT", "SUFFIXES", "CleanImage", "format_of", "read_image"]

PIXEL_LIMIT = 64_000_000
THUMBNAIL_SIDE = 320
ORIENTATION = 0x0112
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    OverflowError,
    TypeError,
    LookupError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class CleanImage:
    """``bytes`` may be shown to anyone; ``sha256`` is that of the bytes that came in."""

    bytes: builtins.bytes
    format: str
    width: int
    height: int
    thumbnail: builtins.bytes
    sha256: str
    tiles: Tiles | None = None
    notes: tuple[str, ...] = ()
    """What of the picture did not come as it was."""


def read_image(raw: bytes, *, pixel_limit: int = PIXEL_LIMIT, previews: bool = True) -> CleanImage:
    """Check and clean one image; of an animation the first frame. Without previews: no thumbnail and no tiles.

    Bytes that hold nothing but the picture are kept as they are, others are encoded anew: GIF, TIFF
    and BMP as PNG, everything else in its own format. Raises BadImage with the reason.
    """
    found = format_of(raw)
    if not found:
        raise BadImage(f"not an image of a kind we take ({', '.join(FORMATS)})")
    try:
        picture = Image.open(io.BytesIO(raw), formats=[found])
        width, height = picture.size
        if width * height > pixel_limit:
            raise BadImage(f"{width} × {height} pixels; at most {pixel_limit} in all")
        notes = check_kind(picture)
        picture.load()
        upright = picture.getexif().get(ORIENTATION, 1) == 1
        whole = picture if upright else ImageOps.exif_transpose(picture)
        keep = upright and found not in LOSSLESS and getattr(picture, "n_frames", 1) == 1 and is_bare(raw, found)
        clean, clean_format = (raw, found) if keep else _encode(whole, found)
        shown = _eight_bit(whole) if previews else None
        tiles = cut_tiles(shown) if shown else None
        thumbnail = _thumbnail(shown) if shown else b""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(f"too many pixels; at most {pixel_limit}") from error
    except UnidentifiedImageError as error:  # whose own words name an object in memory
        if found == "TIFF":
            raise BadImage("a broken TIFF image, or one of a kind that is not read here") from error
        raise BadImage(f"a broken {found} image: its beginning cannot be read") from error
    except UNREADABLE as error:
        raise BadImage(f"a broken {found} image: {error}") from error
    digest = hashlib.sha256(raw).hexdigest()
    return CleanImage(clean, clean_format, whole.width, whole.height, thumbnail, digest, tiles, tuple(notes))


def _encode(picture: Image.Image, found: str) -> tuple[bytes, str]:
    """The picture alone: pixels, transparency and colour profile."""
    settings: dict[str, Any] = {"PNG": {}, "JPEG": {"quality": 95}, "WEBP": {"quality": 92, "exact": True}}
    target = "PNG" if found in LOSSLESS else found
    pixels = as_png(picture).copy() if found in LOSSLESS else picture.copy()
    profile = picture.info.get("icc_profile") if pixels.mode == picture.mode or found not in LOSSLESS else None
    transparency = picture.info.get("transparency")
    pixels.info = {} if transparency is None else {"transparency": transparency}
    out = io.BytesIO()
    pixels.save(out, target, icc_profile=profile, exif=b"", **settings[target])
    return out.getvalue(), target


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()


def _eight_bit(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16-bit grey: a plain conversion would clip it to white
        return picture.convert("F").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
