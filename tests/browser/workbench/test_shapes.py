"""Shapes are stored exactly as they were drawn on the picture."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import clean_everywhere
from tests.browser.workbench.stand_in import Server

CONFIG = {
    "question": "Draw a box round every person and car.",
    "labels": [{"value": "person", "label": "Person"}, {"value": "car", "label": "Car"}],
}
ITEM = {"image": {"url": "/picture.png", "thumb_url": "/picture.png", "width": 600, "height": 400}}
PLACE = """([x, y]) => { const v = document.querySelector("gw-boxes").viewport, box = v.stage.getBoundingClientRect();
  return [box.left + v.x + x * v.scale, box.top + v.y + y * v.scale]; }"""
VALUE = "() => document.querySelector('gw-boxes').value().annotations"


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*page.evaluate(PLACE, list(start)))
    page.mouse.down()
    page.mouse.move(*page.evaluate(PLACE, list(end)), steps=4)
    page.mouse.up()


@pytest.mark.parametrize("zoom", ["", "+", "-"], ids=["fitted", "nearer", "farther"])
def test_a_dragged_box_is_stored_to_the_pixel_and_undone(
    bench: Callable[[], Page], server: tuple[Server, str], zoom: str
) -> None:
    server[0].ask("boxes", CONFIG, ITEM)
    page = bench()
    if zoom:
        page.keyboard.press(zoom)
    drag(page, (250, 150), (340, 230))
    box: dict[str, Any] = {"uuid": "1", "type": "box", "label": "person", "left": 250, "top": 150, "width": 90}
    box |= {"height": 80, "attributes": {}}
    assert page.evaluate(VALUE) == [box]
    page.keyboard.press("z")
    assert page.evaluate(VALUE) == []
    page.keyboard.press("Shift+Z")
    assert page.evaluate(VALUE) == [box]
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=regions] > li")).to_have_count(0)
    assert page.wait_for_function("() => document.querySelector('[data-bar=state]').dataset.state === 'saved'")
    assert [each["answer"]["annotations"] for each in server[0].answers] == [[box]]


def test_axe_finds_nothing_while_a_box_is_selected(
    bench: Callable[[], Page], server: tuple[Server, str], page: Page
) -> None:
    server[0].ask("boxes", CONFIG, ITEM)
    bench()
    drag(page, (100, 100), (200, 160))
    expect(page.get_by_role("option", name="Box, Person, 100 × 60")).to_be_visible()
    clean_everywhere(page)
