"""Small made-up images."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **save: Any) -> bytes:
    """A gradient, so that the left and the right differ."""
    image = Image.linear_gradient("L").rotate(90).resize(size).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """With a camera's name, so that there is something to strip."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x0110] = "SecretCam"
    return data
