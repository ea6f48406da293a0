"""Uploaded images: checked by their content, freed of metadata, sized, thumbnailed. (Signature first; see read_image.)"""

from __future__ import annotations

from dataclasses import dataclass

PIXEL_LIMIT = 40_000_000
THUMBNAIL_SIDE = 320


@dataclass(frozen=True, slots=True)
class CleanImage:
    """``bytes`` may be shown to anyone; ``sha256`` is that of the bytes that came in."""

    bytes: bytes
    format: str
    width: int
    height: int
    thumbnail: bytes
    sha256: str


def read_image(raw: bytes, *, pixel_limit: int = PIXEL_LIMIT) -> CleanImage:
    """Check and clean one image. Raises BadImage with the reason."""
    raise NotImplementedError
