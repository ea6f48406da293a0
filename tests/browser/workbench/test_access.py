"""The workbench for everybody: axe, light and dark, desk and tablet; the help, the palette."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import clean, clean_everywhere
from tests.browser.workbench.stand_in import Server

Opened = Callable[[], Page]


@pytest.mark.parametrize("pictures", [False, True], ids=["text", "picture"])
def test_axe_finds_nothing(bench: Opened, server: tuple[Server, str], page: Page, pictures) -> None:
    server[0].pictures = pictures
    bench()
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    clean_everywhere(page)


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
