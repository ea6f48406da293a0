"""As much of MessagePack as a DocBin needs: whole and other numbers, texts, bytes, lists, tables."""

from __future__ import annotations

import struct
from typing import Any


def pack(value: Any) -> bytes:
    out = bytearray()
    _pack(value, out)
    return bytes(out)


def _pack(value: Any, out: bytearray) -> None:
    if isinstance(value, bool):
        out.append(0xC3 if value else 0xC2)
    elif isinstance(value, int):
        out += struct.pack(">BQ", 0xCF, value) if value > 127 else bytes([value])
    elif isinstance(value, float):
        out += struct.pack(">Bd", 0xCB, value)
    elif isinstance(value, str):
        content = value.encode("utf-8")
        out += struct.pack(">BI", 0xDB, len(content)) + content
    elif isinstance(value, bytes):
        out += struct.pack(">BI", 0xC6, len(value)) + value
    elif isinstance(value, list):
        out += struct.pack(">BI", 0xDD, len(value))
        for each in value:
            _pack(each, out)
    elif isinstance(value, dict):
        out += struct.pack(">BI", 0xDF, len(value))
        for key, each in value.items():
            _pack(key, out)
            _pack(each, out)
    else:
        raise TypeError(f"{type(value).__name__} has no place here")
