"""Attributes of drawn objects and of the whole picture are answered in the panel."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.audit import clean_everywhere
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import ITEM, VALUE, drag

STATE = {"name": "state", "label": "State", "type": "select", "choices": ["whole", "broken"], "required": True}
CONDITION = {"attribute": "state", "is": "broken"}
LABEL = {
    "value": "car",
    "label": "Car",
    "attributes": [
        STATE,
        {"name": "damage", "label": "Damage", "type": "text", "required": True, "condition": CONDITION},
        {"name": "parts", "label": "Parts", "type": "multiselect", "choices": ["door", "roof"]},
        {"name": "moves", "label": "Moves", "type": "boolean"},
        {"name": "seats", "label": "Seats", "type": "number"},
    ],
}
CONFIG = {
    "question": "Draw a box round every car.",
    "labels": [LABEL],
    "attributes": [{"name": "night", "label": "Night", "type": "boolean", "required": True}],
}


def test_attributes_are_asked_stored_and_undone(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    server[0].ask("boxes", CONFIG, ITEM)
    page = bench()
    drag(page, (100, 100), (200, 160))
    page.keyboard.press("Enter")
    said = page.locator("[data-part=problems] > li")
    expect(said).to_have_text(
        ["The whole picture: Night must be given.", "1, Box, Car, 100 × 60: State must be given."]
    )
    page.get_by_label("Night").select_option("Yes")
    page.get_by_label("State").select_option("broken")
    page.get_by_label("Damage").press_sequentially("dent")
    page.get_by_label("roof").check()
    page.get_by_label("Moves").select_option("No")
    page.get_by_label("Seats").press_sequentially("4")
    expect(page.get_by_label("Seats")).to_be_focused()
    values: dict[str, Any] = {"state": "broken", "damage": "dent", "parts": ["roof"], "moves": False, "seats": 4}
    assert page.evaluate(VALUE)[0]["attributes"] == values
    page.get_by_label("State").select_option("whole")
    expect(page.get_by_label("Damage")).to_be_hidden()
    assert page.evaluate(VALUE)[0]["attributes"] == {k: v for k, v in values.items() if k != "damage"} | {
        "state": "whole"
    }
    page.evaluate("() => document.querySelector('gw-boxes').undo()")
    assert page.evaluate(VALUE)[0]["attributes"] == values
    page.keyboard.press("Control+Enter")
    assert page.wait_for_function("() => document.querySelector('[data-bar=state]').dataset.state === 'saved'")
    assert [each["answer"]["annotations"][0]["attributes"] for each in server[0].answers] == [values]
    assert server[0].answers[0]["answer"]["global_attributes"] == {"night": True}


def test_what_is_missing_is_in_sight_and_filled_in_by_keyboard_alone(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("boxes", CONFIG, ITEM)
    page = bench()
    drag(page, (100, 100), (200, 160))
    drag(page, (300, 100), (400, 160))
    page.keyboard.press("Enter")
    for problem in page.locator("[data-part=problems] > li").all():
        expect(problem).to_be_in_viewport()
    expect(page.get_by_label("Night")).to_be_focused()
    page.keyboard.press("y")
    page.keyboard.press("Control+Enter")
    chosen = page.locator("[data-part=regions] > [aria-selected=true]")
    expect(chosen).to_have_accessible_name("Box, Car, 100 × 60, incomplete")
    expect(page.get_by_label("State")).to_be_focused()
    page.keyboard.press("w")
    page.keyboard.press("j")  # from there to the same attribute of the next region
    expect(page.get_by_label("State")).to_have_value("")
    expect(page.get_by_label("State")).to_be_focused()
    for key in ["Escape", "w", "w"]:  # back to the picture, to its attributes, "whole"
        page.keyboard.press(key)
    assert [each["attributes"] for each in page.evaluate(VALUE)] == [{"state": "whole"}] * 2
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    assert page.wait_for_function("() => document.querySelector('[data-bar=state]').dataset.state === 'saved'")
    assert len(server[0].answers) == 1


def test_axe_finds_nothing_among_attributes(bench: Callable[[], Page], server: tuple[Server, str], page: Page) -> None:
    server[0].ask("boxes", CONFIG, ITEM)
    bench()
    drag(page, (100, 100), (200, 160))
    expect(page.get_by_label("State")).to_be_visible()
    clean_everywhere(page)
