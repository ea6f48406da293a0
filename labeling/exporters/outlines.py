"""From a mask to the polygons around its parts, along the edges of its pixels."""

from __future__ import annotations

import numpy as np

from labeling.types.rle import bounds, decode_part

Corner = tuple[int, int]


def outlines_of(size: list[int], counts: list[int]) -> tuple[list[list[Corner]], int]:
    """The outline of each part, largest first, and how many holes there are. Parts that touch at a corner are two."""
    loops = _loops(_edges(size, counts))
    parts = [loop for loop in loops if _area(loop) > 0]
    return sorted(parts, key=lambda part: (-_area(part), part[0])), len(loops) - len(parts)


def _edges(size: list[int], counts: list[int]) -> dict[Corner, list[Corner]]:
    """Edges between on and off, from corner to corner, with what is on to the right of the way."""
    left, _, right, _ = bounds(size, counts)
    mask = np.pad(decode_part(size, counts, left, right), 1).astype(np.int8)
    found: dict[Corner, list[Corner]] = {}

    def add(start: Corner, end: Corner) -> None:
        found.setdefault(start, []).append(end)

    down = np.diff(mask, axis=0)[:, 1:-1]  # 1: what is on begins below this edge
    for y, x in np.argwhere(down != 0).tolist():
        a, b = (x + left, y), (x + left + 1, y)
        add(a, b) if down[y, x] > 0 else add(b, a)
    across = np.diff(mask, axis=1)[1:-1]
    for y, x in np.argwhere(across != 0).tolist():
        a, b = (x + left, y), (x + left, y + 1)
        add(b, a) if across[y, x] > 0 else add(a, b)
    return found


def _loops(edges: dict[Corner, list[Corner]]) -> list[list[Corner]]:
    loops = []
    while edges:
        start = next(iter(edges))
        loop, at, way = [start], start, (0, 0)
        while True:
            at, way = _step(edges, at, way)
            if at == start:
                break
            loop.append(at)
        loops.append(_straightened(loop))
    return loops


def _step(edges: dict[Corner, list[Corner]], at: Corner, way: Corner) -> tuple[Corner, Corner]:
    """Where two ways go on from a corner, the right turn keeps parts apart that only touch."""
    choices = edges[at]
    chosen = choices[0]
    for end in choices:
        if (end[0] - at[0], end[1] - at[1]) == (-way[1], way[0]):
            chosen = end
    choices.remove(chosen)
    if not choices:
        del edges[at]
    return chosen, (chosen[0] - at[0], chosen[1] - at[1])


def _straightened(loop: list[Corner]) -> list[Corner]:
    """Corners only: what lies on a straight way between two others is left out."""
    around = zip(loop[-1:] + loop[:-1], loop, loop[1:] + loop[:1], strict=True)
    return [b for a, b, c in around if (b[0] - a[0]) * (c[1] - b[1]) != (b[1] - a[1]) * (c[0] - b[0])]


def _area(loop: list[Corner]) -> float:
    """Positive with what is on inside."""
    pairs = zip(loop, loop[1:] + loop[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2
