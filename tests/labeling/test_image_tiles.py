from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops

from labeling import image_tiles
from labeling.image_tiles import cut_tiles
from labeling.images import read_image
from tests.labeling.pictures import picture


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is large here, and tiles are small."""
    for name, value in (("LARGE", 1), ("SIDE", 16), ("OVERVIEW_SIDE", 24)):
        monkeypatch.setattr(image_tiles, name, value)


def test_a_picture_that_is_not_large_has_no_tiles() -> None:
    assert read_image(picture()).tiles is None


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(90, 41), (33, 64), (20, 20)])
def test_the_tiles_put_together_are_the_picture_at_every_level(small: None, size: tuple[int, int], mode: str) -> None:
    whole = Image.linear_gradient("L").rotate(90).resize(size).convert(mode)
    tiles = cut_tiles(whole)
    assert tiles
    assert tiles.sizes[-1] == size and max(tiles.sizes[0]) <= 24
    assert tiles.ends == sorted(tiles.ends) and tiles.ends[-1] == len(tiles.bytes)
    number = 0
    for n, (width, height) in enumerate(tiles.sizes):
        side = max(width, height) if n == 0 else 16
        built = Image.new(mode, (width, height))
        for top in range(0, height, side):
            for left in range(0, width, side):
                start = tiles.ends[number - 1] if number else 0
                built.paste(Image.open(io.BytesIO(tiles.bytes[start : tiles.ends[number]])), (left, top))
                number += 1
        wanted = whole.resize((width, height), Image.Resampling.BOX)
        off = ImageChops.difference(built.convert("L"), wanted.convert("L"))
        assert max(value for _, value in off.getcolors(256) or [(0, 255)]) < 24
    assert number == len(tiles.ends)


def test_a_picture_of_fifty_megapixels_is_taken_and_cut_into_four_levels() -> None:
    out = io.BytesIO()
    Image.new("L", (8660, 5780), 90).save(out, "JPEG")
    clean = read_image(out.getvalue())
    assert clean.tiles
    assert clean.tiles.sizes == [(2165, 1445), (4330, 2890), (8660, 5780)]
    assert len(clean.tiles.ends) == 1 + 5 * 3 + 9 * 6
