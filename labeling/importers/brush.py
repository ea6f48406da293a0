"""Masks of Label Studio's brush: run lengths over the four bytes of each pixel, in bits. See exporters.brush."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.importers.shapes import BadShape
from labeling.types.rle import encode

CHANNELS = 4
OPAQUE = 128
"""A pixel counts as painted from here on: the brush's edge is soft."""
CUT_SHORT = "the mask's run lengths end too early"


class _Bits:
    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def number(self, count: int) -> int:
        return int.from_bytes(self._bytes(count), "big") & ((1 << count) - 1)

    def _bytes(self, count: int) -> bytes:
        """The next bits, the last of them at the end of the bytes."""
        end = self.at + count
        if end > len(self.content) * 8:
            raise BadShape(CUT_SHORT)
        whole = int.from_bytes(self.content[self.at // 8 : (end + 7) // 8], "big") >> (-end % 8)
        self.at = end
        size = (count + 7) // 8
        return (whole & ((1 << count) - 1)).to_bytes(size, "big")

    def values(self, count: int) -> NDArray[np.uint8]:
        return np.frombuffer(self._bytes(count * 8), dtype=np.uint8)


def decode_brush(raw: Any, width: int, height: int) -> list[int]:
    """The runs of our masks, for a picture of this size."""
    try:
        bits = _Bits(bytes(raw))
    except (TypeError, ValueError):
        raise BadShape("rle must be a list of bytes") from None
    total = bits.number(32)
    if total != width * height * CHANNELS:
        raise BadShape(
            f"the mask has {total} values; the picture of {width} × {height} needs {CHANNELS} for each pixel"
        )
    if bits.number(5) != 8 - 1:
        raise BadShape("the mask's values must have 8 bits")
    lengths = [bits.number(4) + 1 for _ in range(4)]
    out, at = np.zeros(total, dtype=np.uint8), 0
    while at < total:
        is_run = bits.number(1)
        end = at + 1 + bits.number(lengths[bits.number(2)])
        if end > total:
            raise BadShape("the mask's run lengths go past the picture")
        out[at:end] = bits.number(8) if is_run else bits.values(end - at)
        at = end
    mask = out[CHANNELS - 1 :: CHANNELS].reshape(height, width) >= OPAQUE
    if not mask.any():
        raise BadShape("the mask marks no pixel")
    return encode(mask)
