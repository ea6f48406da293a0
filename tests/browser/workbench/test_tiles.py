"""A large picture comes as an overview and, nearer, in tiles: only those in sight, each in its place."""

from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page

from labeling.image_tiles import SIDE, cut_tiles
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import CONFIG, PLACE, VALUE, drag

WIDTH, HEIGHT = 6000, 4500
COMPLETE = "() => document.querySelector('.stage-tiles').dataset.missing === '0'"
COLOR = """([x, y]) => { const v = document.querySelector("gw-boxes").viewport;
  const at = (value) => Math.round(value * devicePixelRatio);
  const picture = v.tiles.canvas.getContext("2d").getImageData(at(v.x + x * v.scale), at(v.y + y * v.scale), 1, 1);
  return [...picture.data]; }"""


def mosaic() -> Image.Image:
    """Each full-size tile in a colour of its own."""
    tiles = Image.new("RGB", (-(-WIDTH // SIDE), -(-HEIGHT // SIDE)))
    tiles.putdata([color_of(x, y) for y in range(tiles.height) for x in range(tiles.width)])
    return tiles.resize((tiles.width * SIDE, tiles.height * SIDE), Image.Resampling.NEAREST).crop((0, 0, WIDTH, HEIGHT))


def color_of(column: int, row: int) -> tuple[int, int, int]:
    return (40 * column, 50 * row, 120)


def serve(server: Server) -> None:
    tiles = cut_tiles(mosaic())
    assert tiles
    server.tiles = tiles.bytes
    image = {"url": "/nowhere.png", "thumb_url": "/nowhere.png", "width": WIDTH, "height": HEIGHT}
    image |= {"tiles": {"url": "/picture.tiles"} | tiles.describe()}
    server.ask("boxes", CONFIG, {"image": image})


def test_zooming_in_fetches_the_tiles_in_sight_and_a_box_is_stored_in_full_pixels(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    serve(server[0])
    page = bench()
    shown = "() => { const { canvas: c } = document.querySelector('gw-boxes').viewport; return [c.width, c.height]; }"
    assert page.evaluate(shown) == [1500, 1125]
    assert max(end_of(each) for each in server[0].ranges) == overview_end(server[0]) - 1
    point = [2 * SIDE + 500, SIDE + 500]
    x, y = page.evaluate(PLACE, point)
    page.mouse.move(x, y)
    for _ in range(60):
        page.mouse.wheel(0, -100)
        if page.evaluate("() => document.querySelector('gw-boxes').viewport.scale >= 1"):
            break
    page.wait_for_function(COMPLETE)
    red, green, blue, alpha = page.evaluate(COLOR, point)
    wanted = color_of(2, 1)
    assert all(abs(a - b) < 6 for a, b in zip((red, green, blue, alpha), (*wanted, 255), strict=True))
    fetched = {byte for each in set(server[0].ranges) for byte in range(start_of(each), end_of(each) + 1)}
    assert len(fetched) < len(server[0].tiles) * 0.8
    drag(page, (2 * SIDE + 450, SIDE + 450), (2 * SIDE + 550, SIDE + 520))
    [box] = page.evaluate(VALUE)
    assert (box["left"], box["top"], box["width"], box["height"]) == (2 * SIDE + 450, SIDE + 450, 100, 70)


def overview_end(server: Server) -> int:
    assert server.item
    return int(server.item["image"]["tiles"]["ends"][0])


def start_of(asked: str) -> int:
    return int(asked.removeprefix("bytes=").split("-")[0])


def end_of(asked: str) -> int:
    return int(asked.split("-")[1])
