"""The labeling page in Japanese, and from right to left: it fits, axe finds nothing, arrows follow what is seen."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import clean
from tests.browser.screenshots import SIZES, ask_sample, shown
from tests.browser.workbench.stand_in import Server
from tests.faults import watch

SCROLLS = "() => document.documentElement.scrollWidth > innerWidth"
CUT = """() => [...document.querySelectorAll(".bench-bar > *, .bench-foot > *")].some((each) => {
  const { left, right, width } = each.getBoundingClientRect();
  return width && (left < 0 || right > innerWidth + 0.5);
})"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(".bench-bar > *, .bench-foot > :not(.undo-corner), .document, .panel")]
    .filter((each) => each.offsetWidth && getComputedStyle(each).position !== "absolute")
    .map((each) => [each.className, each.getBoundingClientRect()]);
  return boxes.flatMap(([name, a], n) => boxes.slice(n + 1)
    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map(([other]) => `${name} over ${other}`));
}"""
UNTRANSLATED = """() => [...document.querySelectorAll(".bench-bar, .bench-foot")]
  .map((each) => each.innerText.replace("Entailment", "")).join(" ").match(/[A-Za-z]{4,}/g)?.filter(
    (word) => word !== "Enter") ?? []"""


@pytest.fixture
def opened(browser: Browser, server: tuple[Server, str], settings: Any) -> Iterator[Any]:
    """`opened(language, size, type)`: the page in a language, Arabic being one that only this test has."""
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    faults: list[str] = []
    contexts = []

    def in_language(language: str, size: str, name: str) -> Page:
        wide, high = SIZES[size]
        contexts.append(browser.new_context(locale=language, viewport={"width": wide, "height": high}))
        page = watch(contexts[-1].new_page(), faults)
        ask_sample(server[0], name)
        shown(page, server[1])
        return page

    yield in_language
    for context in contexts:
        context.close()
    assert faults == []


def fits(page: Page) -> None:
    page.wait_for_function("() => !document.querySelector('[data-bar=time]').hidden")
    assert not page.evaluate(SCROLLS)
    assert not page.evaluate(CUT)
    assert page.evaluate(OVERLAPS) == []
    clean(page)


@pytest.mark.parametrize(("size", "name"), [("desk", "spans"), ("tablet", "image_annotation")])
def test_it_speaks_japanese_and_fits(opened, size: str, name: str) -> None:
    page = opened("ja", size, name)
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.get_by_role("button", name="提出")).to_be_visible()
    assert page.evaluate(UNTRANSLATED) == []
    fits(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="キーボードショートカット")
    expect(dialog).to_contain_text("元に戻す、または直前の回答を開き直す")
    dialog.get_by_role("button", name="キーを変更").click()
    clean(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("提出しました。 タスク 2")


@pytest.mark.parametrize(("size", "name"), [("desk", "rating"), ("tablet", "boxes")])
def test_it_fits_from_right_to_left(opened, size: str, name: str) -> None:
    page = opened("ar", size, name)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    fits(page)
    if size == "desk":
        panel, document = (page.locator(f"#stage {each}").bounding_box() for each in (".panel", ".document"))
        assert panel["x"] + panel["width"] <= document["x"] + 1
        page.keyboard.press("i")
        guide = page.get_by_role("complementary").bounding_box()
        assert guide["x"] > page.locator("#stage .document").bounding_box()["x"]


def test_arrows_go_where_they_point_from_right_to_left(opened, server) -> None:
    page = opened("ar", "desk", "rating")
    points = page.locator(".scale").first.locator(".scale-point")
    points.nth(1).click()
    page.get_by_role("button", name="Undo").focus()
    left = [box["x"] for box in (points.nth(n).bounding_box() for n in range(2))]
    assert left[0] > left[1], "the scale runs from the right"
    question = page.locator(".criterion").first
    question.locator("input").nth(1).focus()
    page.keyboard.press("ArrowLeft")
    expect(question.locator("input").nth(2)).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(question.locator("input").nth(1)).to_be_checked()
    page = opened("ar", "desk", "tree")
    held = page.locator("[role=treeitem][tabindex='0']")
    branch = page.locator("[role=treeitem][aria-expanded]").first
    branch.focus()
    page.keyboard.press("ArrowRight")
    expect(branch).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowLeft")
    expect(branch).to_have_attribute("aria-expanded", "true")
    expect(held).to_have_count(1)
