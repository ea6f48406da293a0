"""COCO's packed run lengths: five bits a character, each run told from the third on by its difference to the one
before the last."""

from __future__ import annotations

from labeling.importers.shapes import BadShape

MOST_CHARACTERS = 7  # of one run: more than a picture has pixels


def decode_runs(packed: str) -> list[int]:
    runs: list[int] = []
    value = shift = 0
    for character in packed:
        code = ord(character) - 48
        if not 0 <= code < 64 or shift >= 5 * MOST_CHARACTERS:
            raise BadShape(f"{character!r} has no place in packed run lengths")
        value |= (code & 31) << shift
        shift += 5
        if code & 32:
            continue
        if code & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    if shift:
        raise BadShape("the packed run lengths end in the middle of a run")
    return runs
