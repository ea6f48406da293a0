"""Masks as run lengths, as COCO writes them uncompressed: runs down the columns, the first of pixels off."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_RUNS = 1_000_000


def counts_problem(counts: Any, pixels: int) -> str:
    """Why these runs do not describe a mask of so many pixels, or an empty string."""
    if not isinstance(counts, list) or not counts or len(counts) > MOST_RUNS:
        return f"must be a list of 1 to {MOST_RUNS} run lengths"
    if any(isinstance(run, bool) or not isinstance(run, int) or run < 0 for run in counts):
        return "run lengths must be whole numbers, not negative"
    if 0 in counts[1:]:
        return "only the first run may be 0"
    if sum(counts) != pixels:
        return f"the runs cover {sum(counts)} pixels; the image has {pixels}"
    return ""


def area(counts: list[int]) -> int:
    """How many pixels are on."""
    return sum(counts[1::2])


def bounds(size: list[int], counts: list[int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom edge of the pixels that are on, found from the runs alone."""
    edges = np.cumsum(counts)
    starts, ends = edges[0:-1:2], edges[1::2]
    starts = starts[: ends.size]
    height = size[0]
    first, last = starts // height, (ends - 1) // height
    tall = bool((first != last).any())  # a run that goes on in the next column fills both to their edges
    top = 0 if tall else int((starts % height).min())
    bottom = height if tall else int(((ends - 1) % height).max()) + 1
    return int(first.min()), top, int(last.max()) + 1, bottom


def decode(size: list[int], counts: list[int]) -> NDArray[np.bool_]:
    """The mask as rows and columns."""
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape((size[1], size[0])).T


def encode(mask: NDArray[np.bool_]) -> list[int]:
    """The one list of runs of a mask."""
    flat = mask.T.ravel()
    ends = np.flatnonzero(np.diff(flat)) + 1
    runs: list[int] = np.diff(np.concatenate(([0], ends, [flat.size]))).tolist()
    return [0, *runs] if flat.size and flat[0] else runs


def decode_part(size: list[int], counts: list[int], left: int, right: int) -> NDArray[np.bool_]:
    """The columns from ``left`` to ``right`` only, as rows and columns."""
    start, end = left * size[0], right * size[0]
    edges = np.clip(np.cumsum(counts), start, end)
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, np.diff(np.concatenate(([start], edges))))
    return flat.reshape((right - left, size[0])).T


def encode_part(size: list[int], part: NDArray[np.bool_], left: int) -> list[int]:
    """The runs of a picture that is off but for these columns, which begin at ``left``."""
    flat = np.concatenate(([False], part.T.ravel(), [False]))
    edges = np.flatnonzero(np.diff(flat)) + left * size[0]
    runs: list[int] = np.diff(np.concatenate(([0], edges, [size[0] * size[1]]))).tolist()
    return runs if runs[-1] else runs[:-1]


def overlap(one: list[int], other: list[int]) -> int:
    """Pixels on in both, found from the runs alone."""
    a, b = (np.cumsum(counts) for counts in (one, other))
    ends = np.union1d(a, b)
    lengths = np.diff(np.concatenate(([0], ends)))
    on_a = np.searchsorted(a, ends, side="left") % 2 == 1
    on_b = np.searchsorted(b, ends, side="left") % 2 == 1
    return int(lengths[on_a & on_b].sum())
