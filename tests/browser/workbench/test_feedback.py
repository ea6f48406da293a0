"""Training and test in the workbench: said after each answer, read by keyboard, for every kind of widget."""

import pytest
from playwright.sync_api import expect

from labeling.types import registry
from tests.browser.audit import clean
from tests.chromium import PAINTED


def lesson(n, of, *, right, expected, why=""):
    return {"kind": "training", "n": n, "of": of, "right": right, "expected": expected, "why": why}


def test_a_lesson_is_told_beside_the_expected_answer_and_enter_goes_on(server, page, faults):
    stand_in, address = server
    no = {"option": "no"}
    stand_in.lessons = {
        1: lesson(1, 2, right=False, expected=no, why="He sold it."),
        2: {"kind": "qualification", "n": 1, "of": 1, "result": {
            "right": 0, "of": 1, "passed": False, "pass_mark": 0.8, "tries_left": 1, "again_at": "2030-01-01T10:00:00Z",
        }},
    }  # fmt: skip
    page = opened(page, address)
    expect(page.locator("[data-bar=task]")).to_have_text("Training, 1 of 2")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    panel = page.locator(".feedback")
    expect(panel.locator("h2")).to_have_text("Not as expected")
    expect(panel.locator("h2")).to_be_focused()
    expect(panel.locator("dd").first).to_have_text("Yes")
    expect(panel.locator("dd").last).to_have_text("No")
    expect(panel).to_contain_text("He sold it.")
    expect(panel.locator("figure")).to_have_count(2)
    expect(page.locator("#announcer")).to_contain_text("Not as expected")
    assert panel.locator("figure").last.locator("input:checked").get_attribute("value") == "no"
    clean(page)
    page.keyboard.press("Enter")
    expect(panel).to_have_count(0)
    expect(page.locator("[data-bar=task]")).to_have_text("Test, 1 of 1")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(panel.locator("h2")).to_have_text("The test was not passed")
    expect(panel).to_contain_text("0 of 1 right; 1 are needed.")
    page.keyboard.press("Enter")
    expect(page.locator("[data-bar=task]")).to_have_text("Task 3")
    assert len(stand_in.answers) == 2


def opened(page, address):
    """A lesson comes alone, so nothing is said to be next: `bench` would wait for that."""
    page.goto(f"{address}/work/label/")
    expect(page.locator("#stage [data-part=question]")).to_be_visible()
    page.evaluate(PAINTED)
    return page


@pytest.mark.parametrize("name", ["spans", "boxes", "ranking"])
def test_both_answers_are_shown_in_the_widget_of_their_type(server, page, faults, name):
    stand_in, address = server
    sample = registry.get(name).samples()[0]
    item = {part: value for part, value in sample["item"].items() if part != "image"}
    stand_in.ask(name, sample["config"], item)
    if "image" in sample["item"]:
        stand_in.item, stand_in.pictures = None, True
    elif "text" not in item:
        stand_in.item = {"data": item}
    stand_in.lessons = {1: lesson(1, 1, right=False, expected=sample["answer"])}
    opened(page, address)
    page.evaluate("(answer) => document.querySelector('#stage > *').restore(answer)", sample["answer"])
    page.keyboard.press("Control+Enter")
    expect(page.locator(".feedback figure")).to_have_count(2)
    expect(page.locator(".feedback figure").last.locator("[data-part=question]")).to_be_visible()
