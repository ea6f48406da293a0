"""MurmurHash2 of 64 bits, by which spaCy numbers its strings."""

from __future__ import annotations

from functools import lru_cache

MULTIPLIER, SHIFT, SEED = 0xC6A4A7935BD1E995, 47, 1
ALL = (1 << 64) - 1


@lru_cache(maxsize=50_000)
def hash_of(text: str) -> int:
    content = text.encode("utf-8")
    whole = len(content) // 8 * 8
    value = SEED ^ (len(content) * MULTIPLIER & ALL)
    for at in range(0, whole, 8):
        block = int.from_bytes(content[at : at + 8], "little") * MULTIPLIER & ALL
        block = (block ^ block >> SHIFT) * MULTIPLIER & ALL
        value = (value ^ block) * MULTIPLIER & ALL
    if rest := content[whole:]:
        value = (value ^ int.from_bytes(rest, "little")) * MULTIPLIER & ALL
    value = (value ^ value >> SHIFT) * MULTIPLIER & ALL
    return value ^ value >> SHIFT
