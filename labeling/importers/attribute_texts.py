"""Attributes that XML formats write as text, back as values."""

from __future__ import annotations

import re
from typing import Any


def value_of(text: str) -> Any:
    """true and false, numbers that are written as Python writes them, and text."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text) and repr(float(text)) == text:
        return float(text)
    return text
