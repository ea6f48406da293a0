"""The workbench for everybody: axe, light and dark, desk and tablet; the help, the palette."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.workbench.stand_in import Server

Opened = Callable[[], Page]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def clean(page: Page) -> None:
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("size", [(1280, 800), (820, 1180)], ids=["desk", "tablet"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pictures", [False, True], ids=["text", "picture"])
def test_axe_finds_nothing(bench: Opened, server: tuple[Server, str], page: Page, scheme, size, pictures) -> None:
    server[0].pictures = pictures
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    bench()
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    clean(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("?", "Keyboard shortcuts"),
        ("f", "Comment to the requester"),
        ("s", "Why skip this task?"),
        ("[", "Your last answers"),
        ("Control+k", "Commands"),
    ],
)
def test_a_key_opens_each_dialog_escape_closes_it_and_axe_finds_nothing(bench: Opened, key: str, title: str) -> None:
    page = bench()
    page.keyboard.press(key)
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_be_visible()
    clean(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_palette_finds_a_command_and_runs_it(bench: Opened) -> None:
    page = bench()
    page.keyboard.press("Control+k")
    page.keyboard.type("guide")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Guideline")).to_contain_text("Read both.")


def test_a_picture_is_zoomed_by_keys_and_fitted_again(bench: Opened, server: tuple[Server, str]) -> None:
    server[0].pictures = True
    page = bench()
    percent = page.locator(".stage-tools output")
    fitted = percent.text_content() or ""
    page.keyboard.press("+")
    expect(percent).not_to_have_text(fitted)
    page.keyboard.press("\\")
    expect(percent).to_have_text(fitted)


def test_letters_do_nothing_while_a_note_is_written(bench: Opened) -> None:
    page = bench()
    page.keyboard.press("s")
    page.get_by_label("Note").fill("")
    page.keyboard.type("siz1")
    expect(page.get_by_label("Note")).to_have_value("siz1")
    expect(page.get_by_role("dialog")).to_have_count(1)
