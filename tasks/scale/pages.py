"""The pages of a document as one picture, side by side, so that all tools and all counting work on it as on any."""

import io
import math
from typing import Any

from PIL import Image

from labeling.errors import BadImage
from labeling.images import CleanImage, read_image

GAP = 24  # pixels between pages
PAPER = (128, 128, 128)


def together(clean: list[CleanImage], *, pixel_limit: int) -> tuple[CleanImage, list[dict[str, Any]]]:
    """The picture, and where each page is in it. Raises BadImage for too much of it."""
    if len(clean) == 1:
        return clean[0], [{"left": 0, "top": 0, "width": clean[0].width, "height": clean[0].height}]
    columns = math.ceil(math.sqrt(len(clean)))
    wide, high = max(page.width for page in clean) + GAP, max(page.height for page in clean) + GAP
    rows = math.ceil(len(clean) / columns)
    size = (wide * columns - GAP, high * rows - GAP)
    if size[0] * size[1] > pixel_limit:
        raise BadImage(f"{len(clean)} pages side by side have {size[0]} × {size[1]} pixels; at most {pixel_limit}")
    picture = Image.new("RGB", size, PAPER)
    places = []
    for n, page in enumerate(clean):
        left, top = wide * (n % columns), high * (n // columns)
        with Image.open(io.BytesIO(page.bytes)) as one:
            picture.paste(one.convert("RGB"), (left, top))
        places.append({"left": left, "top": top, "width": page.width, "height": page.height})
    out = io.BytesIO()
    if all(page.format == "JPEG" for page in clean):
        picture.save(out, "JPEG", quality=95)
    else:
        picture.save(out, "PNG", compress_level=3)
    return read_image(out.getvalue(), pixel_limit=pixel_limit), places
