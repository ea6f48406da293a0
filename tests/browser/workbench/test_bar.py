"""The bar on top holds what it must on a small screen, and the rest is one key or one tap away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import clean
from tests.browser.workbench.stand_in import Server
from tests.faults import watch

# What sticks out of the bar or lies over its neighbour.
CROWDED = """() => {
  const bar = document.querySelector(".bench-bar");
  const boxes = [...bar.children].filter((each) => each.offsetWidth && !each.popover)
    .map((each) => ({ name: each.textContent.trim(), ...each.getBoundingClientRect().toJSON() }));
  const isCrowded = ({ left, right, width }, n) => left < 0 || right > innerWidth || width < 24
    || n && left < boxes[n - 1].right;
  return boxes.filter(isCrowded)
    .map(({ name }) => name);
}"""


@pytest.mark.parametrize(("width", "language"), [(768, "ja"), (1024, "ja"), (1280, "en")])
def test_nothing_in_a_full_bar_lies_over_its_neighbour(
    browser: Browser, server: tuple[Server, str], width: int, language: str
) -> None:
    server[0].risks = ["violence"]
    server[0].refuses_comments = True
    faults: list[str] = []
    size = {"width": width, "height": 800}
    context = browser.new_context(has_touch=width < 1000, viewport=size, locale=language)  # type: ignore[arg-type]
    page = watch(context.new_page(), faults)
    page.goto(f"{server[1]}/work/label/")
    page.get_by_role("dialog").get_by_role("button").last.click()
    page.keyboard.press("f")
    page.locator("dialog textarea").fill("Hm")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-bar="attention"]')).to_be_visible()
    context.set_offline(True)
    for _ in range(2):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "offline")
    assert page.evaluate(CROWDED) == []
    toast = page.locator("#undo-corner > .toast")
    assert toast.evaluate("(each) => each.getBoundingClientRect().left") >= 0, "the way back is in sight"
    context.close()
    assert faults == []


def test_more_opens_by_key_and_gives_the_focus_back(bench: Callable[[], Page]) -> None:
    page = bench()
    button = page.get_by_role("button", name="More", exact=True)
    button.press("Enter")
    more = page.get_by_role("group", name="More")
    expect(more).to_contain_text("0 / 60")
    clean(page)
    page.keyboard.press("Escape")
    expect(more).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(more.get_by_role("button", name="Your settings")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Your settings")).to_be_visible()
    expect(more).to_be_hidden()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    button.click()
    more.get_by_role("button", name="Commands").click()
    expect(page.get_by_role("dialog", name="Commands")).to_be_visible()
