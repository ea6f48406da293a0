"""Masks are stored as they were painted, stroke by stroke undone, and handled like any other region."""

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from labeling.types import rle
from tests.browser.audit import clean
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import saved
from tests.browser.workbench.test_shapes import ITEM, PLACE
from tests.chromium import PAINTED
from tests.labeling.types.painting import Bits, filled, stroke

CONFIG = {
    "question": "Paint every road and car.",
    "labels": [{"value": "road", "label": "Road"}, {"value": "car", "label": "Car", "min_width": 100}],
}
HERE = PLACE.replace("gw-boxes", "gw-masks")
VALUE = "() => document.querySelector('gw-masks').value().annotations"
Points = list[tuple[float, float]]


def paint(page: Page, *points: tuple[float, float]) -> None:
    page.mouse.move(*page.evaluate(HERE, list(points[0])))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*page.evaluate(HERE, list(point)))
    page.mouse.up()


def bits(points: Points, size: int = 20) -> Bits:
    return stroke(points, size, 600, 400)


def painted(page: Page) -> list[tuple[str, Bits]]:
    return [(each["label"], rle.decode(each["size"], each["counts"])) for each in page.evaluate(VALUE)]


def are(page: Page, *wanted: tuple[str, Bits]) -> None:
    found = painted(page)
    assert [label for label, _ in found] == [label for label, _ in wanted]
    for (_, one), (_, other) in zip(found, wanted, strict=True):
        assert (one == other).all(), np.argwhere(one != other)[:5]


def test_strokes_are_stored_to_the_pixel_and_undone_one_by_one(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("masks", CONFIG, ITEM)
    page = bench()
    road = bits([(100, 100), (200, 100), (240, 180)])
    paint(page, (100, 100), (200, 100), (240, 180))
    are(page, ("road", road))
    page.keyboard.press("+")
    paint(page, (200, 150), (260, 190))
    more = road | bits([(200, 150), (260, 190)])
    are(page, ("road", more))
    page.keyboard.press("e")
    for _ in range(3):
        page.keyboard.press(",")
    expect(page.locator(".brush-bar output")).to_have_text("10 px")
    paint(page, (150, 200), (230, 80))
    less = more & ~bits([(150, 200), (230, 80)], 10)
    are(page, ("road", less))
    page.keyboard.press("z")
    are(page, ("road", more))
    page.keyboard.press("z")
    page.keyboard.press("z")
    are(page)
    for _ in range(3):
        page.keyboard.press("Shift+Z")
    page.keyboard.press("2")  # a label begins another mask
    page.keyboard.press("g")
    corners = [(300, 200), (380, 220), (330, 290)]
    for corner in corners:
        page.mouse.click(*page.evaluate(HERE, list(corner)))
    page.mouse.click(*page.evaluate(HERE, list(corners[0])))
    are(page, ("road", less), ("car", filled(corners, 600, 400)))
    page.keyboard.press("Enter")
    said = page.locator("[data-part=problems] > li")
    expect(said).to_have_text("2, Mask, Car, 80 × 89: must be at least 100 × 0.")
    page.keyboard.press("e")
    paint(page, (290, 210), (390, 210))
    page.keyboard.press("Delete")
    are(page, ("road", less))
    stored = submitted(page, server[0])
    assert [each["counts"] for each in stored["annotations"]] == [rle.encode(less)]


def test_a_mask_is_a_region_like_others(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    """Duplicated, moved, locked, hidden, erased to nothing, found under the eraser, suggested; and axe agrees."""
    kept: dict[str, Any] = {"type": "mask", "label": "road", "size": [400, 600], "attributes": {}}
    kept["counts"] = rle.encode(bits([(400, 300), (500, 300)]))
    server[0].ask("masks", CONFIG, ITEM)
    server[0].suggestion = {"annotations": [{"uuid": "1", **kept}], "global_attributes": {}}
    page = bench()
    expect(page.get_by_role("option", name="Mask, Road, 120 × 20, suggested")).to_be_visible()
    given, one = bits([(400, 300), (500, 300)]), bits([(100, 100), (200, 100)])
    paint(page, (100, 100), (200, 100))
    page.keyboard.press("d")
    page.keyboard.press("v")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowRight")
    are(page, ("road", given), ("road", one), ("road", np.roll(one, (20, 11), (0, 1))))
    paint(page, (150, 121), (450, 0))  # dragged by its inside, and stopped by the picture's edge
    are(page, ("road", given), ("road", one), ("road", np.roll(one, (-90, 311), (0, 1))))
    page.get_by_role("button", name="Lock").click()
    page.keyboard.press("m")
    paint(page, (450, 10), (450, 60))
    expect(page.locator("[data-part=problems] > li")).to_have_text("The chosen mask is locked.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.locator(".brush-bar input").fill("100")
    expect(page.locator(".brush-bar output")).to_have_text("133 px")
    paint(page, (150, 100), (152, 100))  # the eraser takes what is under it
    are(page, ("road", given), ("road", np.roll(one, (-90, 311), (0, 1))))
    paint(page, (500.8, 305.8), (502.8, 305.8))  # a wide odd brush stands on the middles of pixels
    less = given & ~bits([(500.5, 305.5), (502.5, 305.5)], 133)
    are(page, ("road", less), ("road", np.roll(one, (-90, 311), (0, 1))))
    wide = np.ptp(np.nonzero(less)[1]) + 1
    expect(page.get_by_role("option", name=f"Mask, Road, {wide} × 20", exact=True)).to_be_visible()
    clean(page)
    page.keyboard.press("h")
    page.keyboard.press("z")
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert len(page.evaluate(VALUE)) == 3
    expect(page.get_by_role("option", name="suggested")).to_have_count(1)


def test_a_mask_is_painted_by_keys_alone(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    server[0].ask("masks", CONFIG, ITEM)
    page = bench()

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    press("m", *["Shift+ArrowLeft"] * 3, "Space", "Shift+ArrowUp", "ArrowUp", "z", "Space")  # undo leaves the stroke
    are(page)
    press("Escape", "m", "Space", "ArrowRight", "Escape")
    are(page)
    press(".", ".", *["Shift+ArrowLeft"] * 2, "Space", "Shift+ArrowRight")
    press("Shift+ArrowDown", "Space")
    are(page, ("road", bits([(251.5, 189.5), (261.5, 189.5), (261.5, 199.5)], 31)))
    server[0].invalid_once = True
    press("Enter")
    expect(page.get_by_text("It comes up again next")).to_be_visible()
    press("Enter")  # the next one, with nothing in it
    expect(page.locator("[data-part=problems]")).to_have_text("Not this one.")
    are(page, ("road", bits([(251.5, 189.5), (261.5, 189.5), (261.5, 199.5)], 31)))
    saved(page)  # the empty one has arrived: what is waited for now is the other
    assert submitted(page, server[0])["annotations"]


OUTLINES = """() => {
  window.outlines = 0;
  for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
    const { stroke } = prototype;
    prototype.stroke = function (...given) { window.outlines++; return stroke.apply(this, given); };
  }
}"""
DRAWN = "() => document.querySelector('gw-masks').surface.shapes.toDataURL()"
ANEW = "() => { const { surface } = document.querySelector('gw-masks'); surface.viewport.pan(0, 0); }"


def test_a_stroke_among_many_masks_draws_only_what_it_changes(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    """And what is on the canvas after it is what a canvas drawn anew shows."""
    server[0].ask("masks", {**CONFIG, "max_objects": 1000}, ITEM)
    many = [
        {"uuid": str(n), "type": "mask", "label": "road", "attributes": {}, "size": [400, 600]}
        | {"counts": rle.encode(bits([(40 + 26 * (n % 20), 40 + 26 * (n // 20))]))}
        for n in range(100)
    ]
    server[0].drafts = {n: {"seq": 1, "value": {"annotations": many, "global_attributes": {}}} for n in range(1, 9)}
    page = bench()
    expect(page.get_by_role("option")).to_have_count(100)
    page.evaluate(OUTLINES)
    for start, end in ((20, 20), (580, 380)), ((580, 30), (30, 380)):  # to be joined, right across the others
        paint(page, start, (300, 200), end)
        page.evaluate(PAINTED)
    assert 0 < page.evaluate("outlines") < 60
    before = page.evaluate(DRAWN)
    page.evaluate(ANEW)
    page.evaluate(PAINTED)
    assert page.evaluate(DRAWN) == before
    page.keyboard.press("Delete")
    page.evaluate(PAINTED)
    assert page.evaluate(DRAWN) != before
