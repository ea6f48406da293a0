"""TIFF and BMP come out as PNG, pixel for pixel, and what cannot is told."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from labeling.errors import BadImage
from labeling.images import CleanImage, format_of, read_image
from tests.formats.coming_back import items, resumes_anywhere, rows_of, troubles
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture


def pixels(raw: bytes) -> tuple[tuple[int, int], bytes]:
    shown = Image.open(io.BytesIO(raw))
    if shown.mode.startswith("I;16"):
        shown = shown.convert("I")
    return shown.size, shown.tobytes()


def tiff(*images: Image.Image, **save: object) -> bytes:
    out = io.BytesIO()
    images[0].save(out, "TIFF", save_all=True, append_images=images[1:], **save)
    return out.getvalue()


def seen(raw: bytes) -> CleanImage:
    clean = read_image(raw)
    assert (clean.format, clean.thumbnail[:4]) == ("PNG", b"RIFF")
    return clean


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16", "I;16B"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_a_tiff_becomes_a_png_of_the_same_pixels(mode: str, compression: str | None) -> None:
    source = Image.linear_gradient("L").resize((40, 20))
    if mode.startswith("I;16"):
        source = Image.frombytes(mode, (40, 20), bytes(range(200)) * 8)
    raw = tiff(source if mode.startswith("I") else source.convert(mode), compression=compression)
    clean = seen(raw)
    assert pixels(clean.bytes) == pixels(raw) and (clean.width, clean.height, clean.notes) == (40, 20, ())


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_bmp_becomes_a_png_of_the_same_pixels(mode: str) -> None:
    raw = picture("BMP", mode=mode)
    clean = seen(raw)
    assert pixels(clean.bytes) == pixels(raw) and not clean.notes


def test_a_tiff_that_lies_on_its_side_is_turned() -> None:
    clean = seen(tiff(Image.new("L", (40, 20)), tiffinfo={0x0112: 6}))
    assert (clean.width, clean.height) == Image.open(io.BytesIO(clean.bytes)).size == (20, 40)


def test_pages_and_colours_that_are_not_kept_are_told_and_told_once() -> None:
    pages = tiff(*(Image.new("L", (9, 9), shade) for shade in (7, 8, 9)))
    press = tiff(Image.new("CMYK", (9, 9), (0, 255, 255, 0)))
    content = zipped({"a/pages.tif": pages, "press.tiff": press, "plain.bmp": picture("BMP")})
    rows = rows_of(content, "x.zip", "image_zip")
    assert troubles(rows) == [
        ("a/pages.tif", "has 3 pages: the first one is taken"),
        ("press.tiff", "its colours are CMYK: they are kept as RGB"),
    ]
    assert len(items(rows)) == 3 and resumes_anywhere(content, "x.zip")
    assert troubles(rows_of(pages, "pages.tif")) == [("pages.tif", "has 3 pages: the first one is taken")]
    assert resumes_anywhere(pages, "pages.tif")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (tiff(Image.new("F", (4, 4))), "numbers of 32 bits"),
        (tiff(Image.new("I", (4, 4))), "numbers of 32 bits"),
        (tiff(Image.new("L", (4, 4)), tiffinfo={254: 1}), "raw photos"),
        (tiff(Image.new("L", (4000, 4000)), compression="tiff_lzw"), "pixels; at most"),
        (picture("BMP")[:60], "a broken BMP image"),
        (tiff(Image.new("L", (4, 4)))[:30], "a broken TIFF image"),
    ],
    ids=["float", "long", "preview", "bomb", "bmp", "tiff"],
)
def test_what_nobody_could_see_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(BadImage, match=reason):
        read_image(raw, pixel_limit=10_000_000)


def test_a_text_that_begins_with_the_letters_of_bmp_is_none() -> None:
    assert format_of(b"BMI,age,text,other columns\n22,40,a,b\n") == ""
    assert [row.data["BMI"] for row in items(rows_of(b"BMI,age,text,other\n22,40,a,b\n", "x.csv"))] == ["22"]
