"""Masks as Label Studio's brush keeps them: run lengths over the four bytes of each pixel, row by row, in bits.

At its head stand the count of bytes, the bits of a byte and the bits of four lengths of runs. Each run then is a 1, the
place of its length's bits, its length less 1, and the byte.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labeling.types.rle import decode

LENGTHS = (3, 4, 8, 16)
"""Bits a run's length may have."""
LONGEST = 1 << LENGTHS[-1]
CHANNELS = 4


def encode_brush(size: list[int], counts: list[int]) -> list[int]:
    """The bytes, as numbers; a pixel that is on is white and opaque, another one black and clear."""
    bits = "".join(_bits(size, counts))
    bits += "0" * (-len(bits) % 8)
    return list(int(bits, 2).to_bytes(len(bits) // 8, "big"))


def _bits(size: list[int], counts: list[int]) -> Iterator[str]:
    yield f"{size[0] * size[1] * CHANNELS:032b}{8 - 1:05b}"
    yield from (f"{each - 1:04b}" for each in LENGTHS)
    for length, is_on in _runs(size, counts):
        value = "11111111" if is_on else "00000000"
        for start in range(0, length, LONGEST):
            part = min(LONGEST, length - start)
            place = next(n for n, bits in enumerate(LENGTHS) if part <= 1 << bits)
            yield f"1{place:02b}{part - 1:0{LENGTHS[place]}b}{value}"


def _runs(size: list[int], counts: list[int]) -> Iterator[tuple[int, bool]]:
    flat = decode(size, counts).ravel()
    ends = np.concatenate((np.flatnonzero(np.diff(flat)) + 1, [flat.size]))
    is_on = bool(flat[0])
    for length in np.diff(ends, prepend=0).tolist():
        yield length * CHANNELS, is_on
        is_on = not is_on
