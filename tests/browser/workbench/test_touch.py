"""Fingers and pens draw, move and resize to the pixel; two fingers move the picture and draw nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from labeling.types import rle
from tests.browser.workbench.fingers import Hand
from tests.browser.workbench.sending import carries_an_answer
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import ITEM
from tests.faults import watch
from tests.labeling.types.painting import stroke

CONFIG = {"question": "Draw.", "labels": [{"value": "car", "geometries": ["box", "polygon", "mask"]}]}
VALUE = "() => document.querySelector('gw-image-annotation').value().annotations"
IS_MASK = """(counts) => document.querySelector('gw-image-annotation').value().annotations[2].counts.join()
  === counts.join()"""
IDLE = "() => { const w = document.querySelector('#stage > *'); return !w.drawing && !w.stroke && !w.editing; }"
VIEW = "() => { const { scale, x, y } = document.querySelector('gw-image-annotation').viewport; return [scale, x, y]; }"


@pytest.fixture
def tablet(browser: Browser, server: tuple[Server, str]) -> Iterator[Page]:
    faults: list[str] = []
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = watch(context.new_page(), faults)
    server[0].ask("image_annotation", CONFIG, ITEM)
    page.goto(f"{server[1]}/work/label/")
    expect(page.locator("[data-tool=box]")).to_be_visible()
    expect(page.locator('[data-bar="next"]')).not_to_be_empty()
    yield page
    context.close()
    assert faults == []


def tap(page: Page, tool: str) -> None:
    """A tap becomes a click a little later."""
    button = page.locator(f"[data-tool={tool}]")
    button.tap()
    expect(button).to_have_attribute("aria-pressed", "true")


def box(left: int, top: int, width: int, height: int) -> dict[str, Any]:
    return {"type": "box", "label": "car", "left": left, "top": top, "width": width, "height": height}


def drawn(page: Page) -> list[dict[str, Any]]:
    return [{k: v for k, v in each.items() if k not in ("uuid", "attributes")} for each in page.evaluate(VALUE)]


def mask(*points: tuple[int, int], size: int = 20) -> dict[str, Any]:
    counts = rle.encode(stroke(points, size, 600, 400))
    return {"type": "mask", "label": "car", "size": [400, 600], "counts": counts}


def test_a_finger_draws_moves_and_resizes_to_the_pixel(tablet: Page, server: tuple[Server, str]) -> None:
    hand = Hand(tablet)
    tap(tablet, "box")
    hand.drag((100, 100), (140, 130), (180, 160))
    tap(tablet, "polygon")
    corners = [(300, 100), (400, 120), (350, 200)]
    for corner in [*corners, corners[0]]:
        hand.drag(corner)
    tap(tablet, "mask")
    hand.drag((100, 300), (200, 300), (240, 340))
    polygon = {"type": "polygon", "label": "car", "vertices": [{"x": x, "y": y} for x, y in corners]}
    painted = mask((100, 300), (200, 300), (240, 340))
    assert drawn(tablet) == [box(100, 100, 80, 60), polygon, painted]
    tap(tablet, "select")
    hand.drag((140, 130), (150, 130), (160, 150))  # by its inside
    hand.drag((200, 180), (210, 190), (230, 200))  # by its corner
    assert drawn(tablet)[0] == box(120, 120, 110, 80)
    hand.drag((350, 130))
    hand.drag((350, 200), (360, 220))  # by a vertex
    moved = polygon | {"vertices": [{"x": x, "y": y} for x, y in [*corners[:2], (360, 220)]]}
    hand.drag((150, 300), (150, 330), (170, 330))
    shifted = mask((120, 330), (220, 330), (260, 370))
    assert drawn(tablet) == [box(120, 120, 110, 80), moved, shifted]
    tablet.get_by_role("button", name="Undo", exact=True).tap()
    tablet.wait_for_function(IS_MASK, arg=painted["counts"])
    with tablet.expect_response(carries_an_answer):
        tablet.get_by_role("button", name="Submit").tap()
    assert server[0].answers[0]["answer"]["annotations"][1]["vertices"] == moved["vertices"]


def test_two_fingers_zoom_and_move_the_picture_and_draw_nothing(tablet: Page) -> None:
    hand = Hand(tablet)
    tap(tablet, "mask")
    hand.drag((100, 300), (200, 300))
    before = drawn(tablet)
    for tool in ("box", "polygon", "erase", "select", "mask"):
        tap(tablet, tool)
        scale, x, y = tablet.evaluate(VIEW)
        hand.both(((250, 200), (350, 200)), ((200, 200), (400, 200)))
        wider, there, here = tablet.evaluate(VIEW)
        assert wider == pytest.approx(2 * scale, rel=0.02)
        assert [there + 300 * wider, here + 200 * wider] == pytest.approx([x + 300 * scale, y + 200 * scale], abs=2)
        hand.both(((250, 200), (350, 200)), ((270, 230), (370, 230)))
        same, right, down = tablet.evaluate(VIEW)
        assert [same, right - there, down - here] == pytest.approx([wider, 20 * wider, 30 * wider], rel=0.02)
        assert drawn(tablet) == before
        assert tablet.evaluate(IDLE), tool
        tablet.keyboard.press("\\")


def test_a_pen_draws_and_the_hand_that_holds_it_does_not(tablet: Page) -> None:
    hand = Hand(tablet)
    palm = hand.at((300, 350))
    tap(tablet, "mask")
    hand.pen("mousePressed", (100, 100))
    hand.send("touchStart", palm)
    hand.pen("mouseMoved", (200, 100))
    hand.send("touchMove", hand.at((320, 380)))
    hand.pen("mouseMoved", (240, 140))
    hand.pen("mouseReleased", (240, 140))
    hand.send("touchEnd")
    assert drawn(tablet) == [mask((100, 100), (200, 100), (240, 140))]
    tap(tablet, "box")
    view = tablet.evaluate(VIEW)
    hand.send("touchStart", palm)  # the hand comes down first
    hand.pen("mousePressed", (300, 100))
    hand.send("touchMove", hand.at((330, 390)))
    hand.pen("mouseMoved", (380, 160))
    hand.pen("mouseReleased", (380, 160))
    hand.send("touchEnd")
    assert drawn(tablet)[1:] == [box(300, 100, 80, 60)]
    assert tablet.evaluate(VIEW) == view
