"""Guideline and examples beside the work, remembered for each project."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.audit import clean, clean_everywhere
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import answer

Opened = Callable[[], Page]
Served = tuple[Server, str]
EXAMPLES = [
    {"item": {"id": 0, "text": "It rains. It is wet.", "data": {}}, "answer": {"option": "yes"}, "why": "It follows."},
    {"item": {"id": 7, "image": {"url": "/picture.png", "thumb_url": "/picture.png", "width": 600, "height": 400},
              "data": {}}, "answer": {"option": "unsure"}, "why": ""},
]  # fmt: skip


def pane(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Guideline")


def test_the_guideline_stands_beside_the_work_and_the_keys_go_on_working(bench: Opened, server: Served) -> None:
    page = bench()
    expect(pane(page)).to_be_hidden()
    page.keyboard.press("i")
    expect(pane(page)).to_contain_text("Read both.")
    expect(pane(page)).to_contain_text("A benchmark.")
    answer(page, "1")
    expect(pane(page)).to_be_visible()
    page.keyboard.press("i")
    expect(pane(page)).to_be_hidden()


def test_open_and_pane_are_remembered_for_the_project(bench: Opened, server: Served) -> None:
    server[0].examples = EXAMPLES
    page = bench()
    page.keyboard.press("i")
    pane(page).get_by_role("button", name="Examples").click()
    expect(pane(page)).to_contain_text("It rains.")
    page.reload()
    expect(pane(page)).to_contain_text("Example 2")
    expect(pane(page)).to_contain_text("Answer Not sure")
    expect(pane(page)).to_contain_text("It follows.")
    expect(pane(page).get_by_role("img")).to_have_count(1)
    server[0].project, server[0].leased = 2, []
    page.reload()
    expect(page.locator("#stage [data-part=question]")).to_be_visible()
    expect(pane(page)).to_be_hidden()


def test_without_examples_there_is_nothing_to_choose(bench: Opened) -> None:
    page = bench()
    page.keyboard.press("i")
    expect(pane(page)).to_be_visible()
    expect(pane(page).get_by_role("button", name="Examples")).to_be_hidden()
    pane(page).get_by_role("button", name="Close").click()
    expect(pane(page)).to_be_hidden()
    expect(page.locator("#main")).to_be_focused()


def test_axe_finds_nothing(bench: Opened, server: Served, page: Page) -> None:
    server[0].examples = EXAMPLES
    bench()
    page.keyboard.press("i")
    clean(page)
    pane(page).get_by_role("button", name="Examples").click()
    expect(pane(page)).to_contain_text("Example 1")
    clean_everywhere(page)


def test_an_example_shows_what_is_drawn_in_its_answer(bench: Opened, server: Served) -> None:
    image = {"url": "/picture.png", "thumb_url": "/picture.png", "width": 600, "height": 400}
    box = {"type": "box", "label": "car", "left": 250, "top": 150, "width": 90, "height": 80, "attributes": {}}
    answer = {"annotations": [{"uuid": "1", **box}], "global_attributes": {}}
    server[0].ask("boxes", {"question": "Draw.", "labels": [{"value": "car", "label": "Car"}]}, {"image": image})
    server[0].examples = [{"item": {"id": 7, "image": image, "data": {}}, "answer": answer, "why": ""}]
    page = bench()
    page.keyboard.press("i")
    pane(page).get_by_role("button", name="Examples").click()
    shown = pane(page).locator(".example gw-boxes")
    expect(shown.locator("canvas").first).to_be_visible()
    expect(shown.get_by_role("toolbar", include_hidden=True)).to_be_hidden()
    expect(pane(page)).to_contain_text("Answer Car")
    assert shown.evaluate("(each) => each.value()") == answer
    page.keyboard.press("i")
    page.keyboard.press("i")
    expect(shown).to_have_count(1)
    clean(page)
