"""How much of one text must be changed to get another: Levenshtein's distance, fast enough for essays."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

LONGEST = 5_000
"""Characters up to which texts are compared by characters; longer ones are compared word by word."""


def normalized(a: str, b: str) -> float:
    """0 for the same text, 1 for texts with nothing in common: edits divided by the length of the longer one."""
    if a == b:
        return 0.0
    one: Sequence[Hashable] = a
    other: Sequence[Hashable] = b
    if max(len(a), len(b)) > LONGEST:
        one, other = a.split(), b.split()
    longer = max(len(one), len(other))
    return levenshtein(one, other) / longer if longer else 0.0


def levenshtein(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Insertions, deletions and replacements from one to the other.

    A column of the table is two bit sets in whole numbers of any length (Myers 1999, in the form of Hyyrö 2003), so
    the inner loop is done by the processor.
    """
    if len(a) > len(b):
        a, b = b, a
    if not a:
        return len(b)
    places: dict[Hashable, int] = {}
    for n, each in enumerate(a):
        places[each] = places.get(each, 0) | 1 << n
    everything, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    rises, falls, distance = everything, 0, len(a)
    for each in b:
        same = places.get(each, 0)
        vertical = same | falls
        horizontal = (((same & rises) + rises) ^ rises) | same
        up = falls | (~(horizontal | rises) & everything)
        down = rises & horizontal
        distance += bool(up & last) - bool(down & last)
        up = (up << 1 | 1) & everything
        down = (down << 1) & everything
        rises = down | (~(vertical | up) & everything)
        falls = up & vertical
    return distance
