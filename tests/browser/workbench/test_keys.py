"""Keys are the person's: single characters can be off or need Alt, every command can have another key, none has two."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.audit import clean
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server

Opened = Callable[[], Page]


def change(page: Page, command: str, *keys: str) -> None:
    """In the open list of shortcuts, press the new key of a command."""
    page.get_by_role("button", name=f"Change the key of “{command}”").click()
    for key in keys:
        page.keyboard.press(key)


def test_a_command_gets_another_key_which_every_hint_and_the_server_know(
    bench: Opened, server: tuple[Server, str]
) -> None:
    page = bench()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.get_by_role("button", name="Change keys").click()
    clean(page)
    change(page, "Skip", "q")
    expect(page.get_by_role("button", name="Change the key of “Skip”")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("“Skip” is Q now.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert server[0].preferences == {"keys": {"own": {"skip": "Q"}}}
    expect(page.locator('[data-command="skip"] kbd')).to_have_text("Q")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Skip").locator("kbd")).to_have_text("Q")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_have_count(0)
    bench()
    expect(page.locator('[data-command="skip"] kbd')).to_have_text("Q")
    page.keyboard.press("q")
    expect(page.get_by_role("dialog", name="Why skip this task?")).to_be_visible()


def test_a_key_that_is_taken_or_the_browsers_is_refused_and_told_of(bench: Opened, server: tuple[Server, str]) -> None:
    server[0].preferences = {"keys": {"own": {"tool.box": "Y"}}}
    page = bench()
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()
    told = page.get_by_role("dialog").get_by_role("alert")
    for key, why in [
        ("z", "Z is “Undo, or reopen the last answer” already. Give that another key first."),
        ("1", "1 is “Yes” already. Give that another key first."),
        ("Control+w", "The browser needs Ctrl+W itself."),
        ("y", "You gave Y to a command of another type of task."),
    ]:
        change(page, "Skip", key)
        expect(told).to_have_text(why)
        page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Change the key of “Skip”")).to_be_focused()
    change(page, "Yes", "9")
    change(page, "Skip", "1")  # free now
    expect(told).to_have_text("")
    page.keyboard.press("Escape")
    page.keyboard.press("9")
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    assert server[0].preferences["keys"]["own"] == {"tool.box": "Y", "option.0": "9", "skip": "1"}
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()
    change(page, "Skip")
    page.get_by_role("button", name="Back to S").click()
    expect(page.locator('[data-command="skip"] kbd').first).to_have_text("S")
    page.get_by_role("button", name="All keys as they were at first").click()
    expect(page.get_by_role("button", name="All keys as they were at first")).to_be_hidden()
    assert server[0].preferences == {}


def test_single_characters_can_need_alt_or_do_nothing(bench: Opened, server: tuple[Server, str]) -> None:
    page = bench()
    page.keyboard.press("?")
    page.get_by_label("With Alt: Alt and the letter together").check()
    page.keyboard.press("Escape")
    expect(page.locator('[data-command="undo"] kbd')).to_have_text("Alt+Z")
    page.keyboard.press("1")
    assert page.get_by_role("radio", checked=True).count() == 0
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    page.keyboard.press("Alt+z")
    assert page.get_by_role("radio", checked=True).count() == 0
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_label("Off: buttons and the command palette do everything").check()
    page.keyboard.press("Escape")
    expect(page.locator('[data-command="skip"] kbd')).to_be_hidden()
    page.keyboard.press("Alt+1")
    page.keyboard.press("s")
    assert page.get_by_role("radio", checked=True).count() == page.get_by_role("dialog").count() == 0
    page.keyboard.press("Control+k")
    page.keyboard.type("no")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    assert submitted(page, server[0]) == {"option": "no"}
