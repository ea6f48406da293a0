"""A shape too small for its label is refused in the page; points of a skeleton are visible or hidden."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import ITEM, PLACE, VALUE, drag

SMALL = {"question": "Draw.", "labels": [{"value": "car", "label": "Car", "min_width": 40, "min_height": 20}]}
SKELETON = {"points": ["head", "hip"], "edges": [["head", "hip"]]}
FIGURE = {"question": "Point.", "labels": [{"value": "person", "label": "Person", "skeleton": SKELETON}]}


def test_a_box_smaller_than_its_label_wants_is_neither_drawn_nor_made(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("boxes", SMALL, ITEM)
    page = bench()
    said = page.locator("[data-part=problems] > li")
    drag(page, (100, 100), (130, 160))
    expect(said).to_have_text("Car must be at least 40 × 20.")
    assert page.evaluate(VALUE) == []
    drag(page, (100, 100), (141, 160))
    expect(said).to_have_count(0)
    page.keyboard.press("v")
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Alt+ArrowLeft")
    expect(said).to_have_text("Car must be at least 40 × 20.")
    width = page.get_by_label("Width")
    width.fill("12")
    width.blur()
    expect(width).to_have_value("40")
    assert [(each["width"], each["height"]) for each in page.evaluate(VALUE)] == [(40, 60)]


def test_a_point_of_a_skeleton_is_hidden_and_undone(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    server[0].ask("points", FIGURE, ITEM)
    page = bench()
    place = PLACE.replace("gw-boxes", "gw-points")
    page.mouse.click(*page.evaluate(place, [100, 100]))
    page.mouse.click(*page.evaluate(place, [100, 200]))
    page.get_by_label("hip").uncheck()
    seen = "() => document.querySelector('gw-points').value().annotations[0].keypoints.map((each) => each.visible)"
    assert page.evaluate(seen) == [True, False]
    page.evaluate("() => document.querySelector('gw-points').undo()")
    assert page.evaluate(seen) == [True, True]
    expect(page.get_by_label("hip")).to_be_checked()
