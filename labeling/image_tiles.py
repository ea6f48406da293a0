"""Large pictures cut into tiles at several sizes, all in one file: a page fetches the few it shows by byte range."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

LARGE = 12_000_000
"""Pixels from which a picture gets tiles; smaller ones are sent whole."""
SIDE = 1024
OVERVIEW_SIDE = 2560
"""The overview is the first halving whose longer side is no more than this."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Levels from the smallest, which is one tile, to the full size; each is twice as large as the one before, and
    each level's tiles go row by row. ``ends[n]`` is where tile n ends in ``bytes``."""

    bytes: builtins.bytes
    sizes: list[tuple[int, int]]
    ends: list[int]

    def describe(self) -> dict[str, Any]:
        """What a page needs to find a tile."""
        return {"side": SIDE, "sizes": [list(size) for size in self.sizes], "ends": self.ends}


def cut_tiles(picture: Image.Image) -> Tiles | None:
    """None for a picture that is not large. ``picture`` is RGB or RGBA."""
    if picture.width * picture.height < LARGE:
        return None
    levels = [picture]
    while max(levels[-1].size) > OVERVIEW_SIDE:
        levels.append(levels[-1].reduce(2))
    levels.reverse()
    packed, ends = io.BytesIO(), []
    for n, level in enumerate(levels):
        for tile in _tiles_of(level, max(level.size) if n == 0 else SIDE):
            packed.write(_encode(tile))
            ends.append(packed.tell())
    return Tiles(packed.getvalue(), [level.size for level in levels], ends)


def _tiles_of(level: Image.Image, side: int) -> Iterator[Image.Image]:
    width, height = level.size
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield level.crop((left, top, min(left + side, width), min(top + side, height)))


def _encode(tile: Image.Image) -> bytes:
    """JPEG is a tenth of WebP's work; only transparency needs the latter."""
    out = io.BytesIO()
    if tile.mode == "RGBA":
        tile.save(out, "WEBP", quality=90, method=1)
    else:
        tile.save(out, "JPEG", quality=90)
    return out.getvalue()
