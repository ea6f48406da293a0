"""Pages of a document are turned, polygons have the vertices asked for, and a picture is painted as a whole."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.audit import clean
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import ITEM, PLACE

WHERE = PLACE.replace("gw-boxes", "gw-image-annotation")
VALUE = "() => document.querySelector('gw-image-annotation').value().annotations"
PAGES = [{"left": 0, "top": 0, "width": 280, "height": 400}, {"left": 320, "top": 0, "width": 280, "height": 400}]
DOCUMENT = {
    "question": "Mark every sum.",
    "paged": True,
    "labels": [
        {"value": "sum", "label": "Sum", "geometries": ["box"], "attributes": [{"name": "text", "type": "text"}]}
    ],
}
CORNERS = {
    "question": "Outline the signs.",
    "labels": [
        {"value": "sign", "geometries": ["polygon"], "limits": {"polygon": {"min_vertices": 4, "max_vertices": 5}}}
    ],
}
COVER = {"question": "Paint all of it.", "labels": [{"value": "road"}, {"value": "sky"}], "cover": True}


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*page.evaluate(WHERE, list(start)))
    page.mouse.down()
    page.mouse.move(*page.evaluate(WHERE, list(end)), steps=4)
    page.mouse.up()


def test_pages_are_turned_and_a_region_keeps_to_its_page(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    server[0].ask("image_annotation", DOCUMENT, ITEM | {"data": {"pages": PAGES}})
    page = bench()
    shown = page.locator(".page-bar output")
    expect(shown).to_have_text("Page 1 of 2")
    page.keyboard.press("b")
    drag(page, (200, 100), (310, 150))  # the page ends at 280
    page.keyboard.press("Shift+PageDown")
    expect(shown).to_have_text("Page 2 of 2")
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    drag(page, (340, 40), (400, 60))
    boxes = [(each["left"], each["width"]) for each in page.evaluate(VALUE)]
    assert boxes == [(200, 80), (340, 60)]
    clean(page)
    page.get_by_role("option", name="page 1").click()
    expect(shown).to_have_text("Page 1 of 2")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-bar=state]').dataset.state === 'saved'")
    assert [each["left"] for each in server[0].answers[0]["answer"]["annotations"]] == [200, 340]


def test_a_polygon_is_closed_with_the_vertices_its_label_allows_and_not_before(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("image_annotation", CORNERS, ITEM)
    page = bench()
    page.keyboard.press("p")
    for point in [(100, 100), (200, 100), (200, 200)]:
        page.mouse.click(*page.evaluate(WHERE, list(point)))
    page.keyboard.press("c")
    expect(page.locator("[data-part=problems] > li")).to_have_text("sign has 3 vertices; at least 4.")
    for point in [(150, 260), (100, 200)]:  # the fifth closes it
        page.mouse.click(*page.evaluate(WHERE, list(point)))
    (drawn,) = page.evaluate(VALUE)
    assert len(drawn["vertices"]) == 5


def test_a_picture_to_paint_as_a_whole_is_sent_once_nothing_is_left(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("masks", COVER, ITEM)
    page = bench()
    page.keyboard.press("m")
    drag_masks(page, (100, 100), (300, 100))
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=problems] > li")).to_contain_text("pixels are not painted")
    page.keyboard.press("2")
    page.get_by_role("button", name="Paint what is left").click()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-bar=state]').dataset.state === 'saved'")
    road, sky = server[0].answers[0]["answer"]["annotations"]
    assert (road["label"], sky["label"]) == ("road", "sky")
    assert sum(road["counts"][1::2]) + sum(sky["counts"][1::2]) == 600 * 400


def drag_masks(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    where = PLACE.replace("gw-boxes", "gw-masks")
    page.mouse.move(*page.evaluate(where, list(start)))
    page.mouse.down()
    page.mouse.move(*page.evaluate(where, list(end)), steps=4)
    page.mouse.up()
