"""Sensitive material is veiled from its first frame, as the person chose; it is shown when asked for, in three ways."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import clean
from tests.browser.workbench.sending import carries_an_answer
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_fast_typing import EXCHANGE, SLOW_DISK
from tests.faults import watch

Opened = Callable[[], Page]
TEXT = "#stage .document-text"
PANE = """() => getComputedStyle(document.querySelector("#stage .stage"), "::after").backdropFilter"""
# The veil as the page looked when each task was put on it, seen before the frame is painted.
WATCH = """() => { window.seen = []; new MutationObserver(() => {
  const text = document.querySelector("#stage .document-text");
  if (text) window.seen.push(getComputedStyle(text).filter);
}).observe(document.getElementById("stage"), { childList: true }); }"""


def veiled(page: Page, on: bool) -> None:
    text = page.locator(TEXT).first
    expect(text).to_have_css("filter", "blur(7.2px)" if on else "none")


@pytest.fixture
def sensitive(server: tuple[Server, str]) -> Server:
    server[0].risks = ["violence"]
    return server[0]


def test_a_sensitive_project_is_told_of_before_it_begins_and_begins_veiled(bench: Opened, sensitive: Server) -> None:
    page = bench()
    dialog = page.get_by_role("dialog", name="“Entailment” has sensitive material")
    expect(dialog).to_contain_text("Violence")
    expect(dialog).to_contain_text("Some photos are of accidents.")
    veiled(page, True)
    clean(page)
    dialog.get_by_role("button", name="Begin").click()
    expect(page.locator('[data-bar="risks"]')).to_have_text("Sensitive")
    page.evaluate(WATCH)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Submitted. Task 2. Veiled. U shows it while held.")
    assert page.evaluate("() => [...new Set(seen)]") == ["blur(7.2px)"]
    page.keyboard.press("i")
    expect(page.get_by_role("complementary", name="Guideline")).to_contain_text("Sensitive material")
    clean(page)
    bench()
    expect(page.get_by_role("dialog")).to_have_count(0)  # told once
    veiled(page, True)


def test_who_does_not_want_to_see_it_leaves(bench: Opened, sensitive: Server) -> None:
    page = bench()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    page.wait_for_url("**/away/")
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_held_key_the_pointer_and_the_button_lift_the_veil(bench: Opened, sensitive: Server) -> None:
    page = bench()
    page.keyboard.press("Enter")
    document = page.get_by_role("region", name="Item")
    expect(document).to_have_attribute("aria-description", "Veiled. U shows it while held.")
    page.keyboard.down("u")
    veiled(page, False)
    page.keyboard.up("u")
    veiled(page, True)
    document.hover()
    veiled(page, False)
    page.get_by_role("button", name="Submit").hover()
    veiled(page, True)
    button = page.get_by_role("button", name="Show", exact=True)
    button.click()
    veiled(page, False)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#announcer")).to_have_text("Shown for this task.")
    page.keyboard.press("Shift+U")
    veiled(page, True)
    page.keyboard.press("Shift+U")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator('[data-bar="task"]')).to_have_text("Task 2")
    veiled(page, True)  # for that task only


def test_a_picture_is_veiled_under_its_shapes_and_in_the_examples(bench: Opened, sensitive: Server) -> None:
    sensitive.pictures = True
    sensitive.examples = [
        {"item": {"id": 1, "data": {}, "image": {"thumb_url": "/picture.png"}}, "answer": {"option": "yes"}, "why": ""}
    ]
    page = bench()
    page.keyboard.press("Enter")
    assert page.evaluate(PANE) == "grayscale(1) blur(24px)"
    page.keyboard.press("i")
    page.get_by_role("button", name="Examples").click()
    example = page.get_by_role("img", name="Example 1")
    expect(example).to_have_css("filter", "grayscale(1) blur(16px)")
    example.hover()
    expect(example).to_have_css("filter", "none")
    page.keyboard.down("u")
    assert page.evaluate(PANE) == "none"
    page.keyboard.up("u")
    page.keyboard.press("1")
    with page.expect_response(carries_an_answer):
        page.keyboard.press("Enter")
    page.keyboard.press("[")
    earlier = page.locator(".earlier img")
    expect(earlier).to_have_css("filter", "grayscale(1) blur(16px)")
    earlier.hover()
    expect(earlier).to_have_css("filter", "none")


def test_a_finger_lifts_it_by_pressing_and_by_the_button(browser: Browser, server: tuple[Server, str]) -> None:
    server[0].preferences = {"veil": {"when": "always"}}
    faults: list[str] = []
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = watch(context.new_page(), faults)
    page.goto(f"{server[1]}/work/label/")
    veiled(page, True)
    touch: Any = "(e, name) => e.dispatchEvent(new PointerEvent(name, { pointerType: 'touch', bubbles: true }))"
    page.locator(TEXT).evaluate(touch, "pointerdown")
    veiled(page, False)
    page.locator(TEXT).evaluate(touch, "pointerup")
    veiled(page, True)
    button = page.get_by_role("button", name="Show", exact=True)
    box = button.bounding_box()
    assert box and box["height"] >= 24
    button.tap()
    veiled(page, False)
    context.close()
    assert faults == []


def test_the_veil_is_the_persons_choice_and_remembered(bench: Opened, server: tuple[Server, str]) -> None:
    page = bench()
    veiled(page, False)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Your settings").click()
    dialog = page.get_by_role("dialog", name="Your settings")
    dialog.get_by_label("Always").check()
    expect(dialog.get_by_role("status")).to_have_text("Saved.")
    clean(page)
    dialog.get_by_label("Pointing at the material").uncheck()
    page.keyboard.press("Escape")
    veiled(page, True)
    page.get_by_role("region", name="Item").hover()
    veiled(page, True)
    bench()
    veiled(page, True)
    assert server[0].preferences == {"veil": {"when": "always", "hover": False}}
    server[0].preferences = {"veil": {"when": "never"}}
    server[0].risks = ["violence"]
    bench()
    veiled(page, True)  # until it was told
    page.keyboard.press("Enter")
    veiled(page, False)


@pytest.mark.parametrize(
    ("kind", "config", "field"),
    [
        ("rewrite", {"question": "Correct."}, "Response"),
        ("writing", {"question": "Correct.", "fields": [{"name": "t", "prefill_from": "response"}]}, "t"),
    ],
)
def test_a_text_that_is_corrected_is_veiled_until_it_is_worked_on(
    bench: Opened, sensitive: Server, kind: str, config: dict[str, Any], field: str
) -> None:
    sensitive.ask(kind, config, {"text": "Correct it.", "data": {"response": "Something cruel."}})
    page = bench()
    page.keyboard.press("Enter")
    editor = page.get_by_role("textbox", name=field, exact=True)
    expect(editor).to_have_value("Something cruel.")
    expect(editor).not_to_be_focused()
    expect(editor).to_have_css("filter", "blur(6.4px)")
    page.keyboard.down("u")
    expect(editor).to_have_css("filter", "none")
    page.keyboard.up("u")
    editor.hover()
    expect(editor).to_have_css("filter", "none")
    page.get_by_role("button", name="Submit").hover()
    expect(editor).to_have_css("filter", "blur(6.4px)")
    page.keyboard.press("w")
    expect(editor).to_be_focused()
    expect(editor).to_have_css("filter", "none")


def test_the_held_key_lifts_the_veil_no_longer_than_it_is_held_while_a_task_is_opened_again(
    bench: Opened, sensitive: Server
) -> None:
    page = bench()
    page.keyboard.press("Enter")
    first = page.locator('[data-bar="task"]').inner_text()
    page.route(EXCHANGE, lambda route: route.abort())
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Submitted")
    page.evaluate(SLOW_DISK)
    page.keyboard.press("z")
    page.keyboard.press("u")
    page.evaluate("() => go()")
    expect(page.locator('[data-bar="task"]')).to_have_text(first)
    veiled(page, True)
