"""Choosing in a taxonomy by keyboard, mouse and finger."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from labeling.types import registry
from tests.browser.audit import clean, clean_everywhere
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server

SAMPLE = registry.get("tree").samples()[0]
VALUE = "() => document.querySelector('#stage gw-tree').value().paths"


@pytest.fixture
def tree(bench: Callable[[], Page], server: tuple[Server, str]) -> Callable[..., Page]:
    def opened(**config: Any) -> Page:
        server[0].ask("tree", SAMPLE["config"] | config, SAMPLE["item"])
        return bench()

    return opened


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_arrows_open_and_enter_chooses_first_and_submits_then(tree, server) -> None:
    page = tree()
    press(page, "ArrowRight", "ArrowDown", "ArrowDown", "Enter")
    expect(page.get_by_role("treeitem", name="Invoice", exact=True)).to_have_attribute("aria-expanded", "true")
    press(page, "End", "Enter")
    assert page.evaluate(VALUE) == [["other"]]
    press(page, "Home", "ArrowRight", "ArrowRight", "Enter")
    assert server[0].answers == []
    assert submitted(page, server[0]) == {"paths": [["billing", "refund"]]}


def test_letters_lead_to_a_name_unless_they_are_a_key_of_the_workbench(tree) -> None:
    page = tree()
    press(page, "d")
    expect(page.get_by_role("treeitem", name="Delivery")).to_be_focused()
    press(page, "s")  # inside a word every letter counts: no skip dialog
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_slash_finds_an_entry_and_enter_takes_the_first(tree) -> None:
    page = tree()
    press(page, "/")
    expect(page.locator("[data-part=filter]")).to_be_focused()
    page.keyboard.type("amount")
    expect(page.get_by_role("treeitem")).to_have_count(1)
    press(page, "Enter")
    assert page.evaluate(VALUE) == [["billing", "invoice", "wrong"]]
    expect(page.get_by_role("treeitem", name="Wrong amount")).to_be_focused()
    press(page, "z")
    assert page.evaluate(VALUE) == []
    press(page, "Shift+Z")
    assert page.evaluate(VALUE) == [["billing", "invoice", "wrong"]]


def test_nothing_chosen_is_told_and_a_reload_brings_the_choice_back(tree, server) -> None:
    page = tree()
    press(page, "Control+Enter")
    expect(page.get_by_role("alert")).to_have_text("Choose one entry first.")
    page.get_by_role("treeitem", name="Delivery").locator(".tree-line").click()
    page.get_by_text("Damaged").click()
    expect(page.get_by_role("treeitem", name="Damaged")).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(page.get_by_role("treeitem", name="Damaged")).to_have_attribute("aria-selected", "true")
    assert page.evaluate(VALUE) == [["delivery", "damaged"]]


def test_two_hundred_entries_are_reached_by_keys_and_by_the_first_letters(bench, server) -> None:
    names = [f"{letter}{number:02}" for letter in "bemqst" for number in range(34)]
    server[0].ask("tree", {"question": "?", "options": [{"value": name} for name in names]}, {"text": "x"})
    page = bench()
    held = "() => document.activeElement.node.option.value"
    press(page, "End")
    assert page.evaluate(held) == "t33"
    press(page, "Home", "PageDown", "PageDown", "ArrowDown", "PageUp")
    assert page.evaluate(held) == "b11"
    page.keyboard.type("m07")
    assert page.evaluate(held) == "m07"
    expect(page.locator("[role=treeitem]:focus")).to_be_in_viewport()
    page.evaluate("() => new Promise((done) => setTimeout(done, 800))")  # a pause begins a new word
    press(page, "Shift+S")  # S alone skips the task; a capital begins a word
    assert page.evaluate(held) == "s00"
    press(page, "/")
    page.keyboard.type("0")
    expect(page.locator("[role=treeitem]")).to_have_count(len([name for name in names if "0" in name]))
    page.keyboard.press("Backspace")
    page.keyboard.type("q33")
    page.keyboard.press("Enter")
    assert page.evaluate(VALUE) == [["q33"]]
    assert page.evaluate(held) == "q33"


def test_a_finger_chooses_several_and_takes_one_back(tree, browser: Browser, server, faults) -> None:
    server[0].ask("tree", SAMPLE["config"] | {"multiple": True, "leaves_only": False}, SAMPLE["item"])
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = context.new_page()
    page.goto(f"{server[1]}/work/label/")
    page.get_by_text("Something else").tap()
    arrow = page.locator(".tree-arrow").first
    box = arrow.bounding_box()
    assert box and min(box["width"], box["height"]) >= 24
    arrow.tap()
    page.get_by_text("Refund").tap()
    assert page.evaluate(VALUE) == [["billing", "refund"], ["other"]]
    page.locator(".tree").get_by_text("Something else").tap()
    assert page.evaluate(VALUE) == [["billing", "refund"]]
    context.close()


def test_axe_finds_nothing(tree, page: Page) -> None:
    tree()
    press(page, "1", "2", "2")
    clean_everywhere(page)
    press(page, "/", "e")
    clean(page)
