from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from labeling.errors import BadImage
from labeling.images import THUMBNAIL_SIDE, read_image
from tests.labeling.pictures import exif, picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_bare_image_is_kept_byte_for_byte(kind: str) -> None:
    raw = picture(kind)
    clean = read_image(raw)
    assert clean.bytes == raw
    assert (clean.format, clean.width, clean.height) == (kind, 40, 20)
    assert clean.sha256 == hashlib.sha256(raw).hexdigest()


def test_the_first_frame_of_a_gif_becomes_a_png() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    clean = read_image(out.getvalue())
    assert clean.format == "PNG"
    shown = Image.open(io.BytesIO(clean.bytes))
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_metadata_is_stripped(kind: str) -> None:
    raw = picture(kind, exif=exif())
    assert b"SecretCam" in raw
    clean = read_image(raw)
    assert b"SecretCam" not in clean.bytes
    assert clean.sha256 == hashlib.sha256(raw).hexdigest()
    assert not Image.open(io.BytesIO(clean.bytes)).getexif()


def test_comments_and_text_chunks_are_stripped() -> None:
    note = PngInfo()
    note.add_text("Author", "Secret")
    for raw in (picture("PNG", pnginfo=note), picture("JPEG", comment=b"Secret")):
        assert b"Secret" in raw
        assert b"Secret" not in read_image(raw).bytes


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_comes_after_the_picture_is_cut_off(kind: str) -> None:
    assert b"<script>" not in read_image(picture(kind) + b"<script>alert(1)</script>").bytes


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_camera_s_orientation_is_applied(kind: str) -> None:
    clean = read_image(picture(kind, exif=exif(orientation=6)))
    assert (clean.width, clean.height) == (20, 40)
    assert Image.open(io.BytesIO(clean.bytes)).size == (20, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_mode_gets_a_small_webp_thumbnail(mode: str) -> None:
    image = Image.new(mode, (1000, 400)) if mode == "I;16" else Image.new("L", (1000, 400), 200).convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG")
    thumbnail = Image.open(io.BytesIO(read_image(out.getvalue()).thumbnail))
    assert thumbnail.format == "WEBP"
    assert thumbnail.size == (THUMBNAIL_SIDE, 128)


def test_a_sixteen_bit_picture_is_not_white_in_its_thumbnail() -> None:
    out = io.BytesIO()
    Image.new("I;16", (10, 10), 0x8000).save(out, "PNG")
    thumbnail = Image.open(io.BytesIO(read_image(out.getvalue()).thumbnail)).convert("L")
    assert 120 <= thumbnail.getpixel((5, 5)) <= 136


def test_a_cmyk_jpeg_is_read() -> None:
    assert read_image(picture("JPEG", mode="CMYK")).format == "JPEG"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_truncated_image_is_a_problem(kind: str) -> None:
    raw = picture(kind, size=(200, 200))
    for length in (12, len(raw) // 2, len(raw) * 9 // 10):
        with pytest.raises(BadImage, match=f"a broken {kind} image"):
            read_image(raw[:length])


def test_an_image_bomb_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    for side in (8001, 12000, 60000):
        header = struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        with pytest.raises(BadImage, match="at most 64000000"):
            read_image(bomb)


@pytest.mark.parametrize("raw", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"BM" + b"\0" * 60])
def test_what_is_no_allowed_image_is_told_so(raw: bytes) -> None:
    with pytest.raises(BadImage, match="not an image of a kind we take"):
        read_image(raw)


def test_a_colour_profile_is_part_of_the_picture() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = read_image(picture("JPEG", icc_profile=profile, exif=exif()))
    assert Image.open(io.BytesIO(clean.bytes)).info["icc_profile"] == profile
