"""The upload form of a dataset: with a script one drop zone, without one the browser's own control."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_people_pages import PASSWORD, sign_in
from tests.factories import make_dataset, make_user

LINE = b'{"text": "I was charged twice"}\n'


@pytest.fixture
def manager(org):
    user = make_user(org, "manager", "Max")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def address(org, live_server) -> str:
    return f"{live_server.url}/datasets/{make_dataset(org).pk}/"


def test_without_a_script_the_browsers_own_control_uploads(browser, live_server, manager, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, manager)
    page.goto(address)
    control = page.locator("input[type=file]")
    box = control.bounding_box()
    assert box and box["width"] > 100, "it can be seen and clicked"
    control.set_input_files({"name": "t.jsonl", "mimeType": "application/json", "buffer": LINE})
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("region", name="Uploads").get_by_role("strong")).to_have_text("t.jsonl")
    context.close()


def test_the_drop_zone_shows_the_focus_of_the_keyboard(page: Page, faults, live_server, manager, address):
    sign_in(page, live_server, manager)
    page.goto(address)
    button = page.locator("[data-dropzone] label")
    expect(button).to_be_visible()
    expect(button).to_have_css("outline-style", "none")
    page.get_by_role("link", name="Feed from a bucket").focus()
    page.keyboard.press("Tab")
    expect(page.locator("input[type=file]")).to_be_focused()
    expect(button).to_have_css("outline-style", "solid")


def test_a_file_chosen_before_the_script_came_is_sent_all_the_same(page: Page, faults, live_server, manager, address):
    sign_in(page, live_server, manager)
    held = []
    page.route("**/ui/upload*.js", lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    page.locator("input[type=file]").set_input_files({"name": "t.jsonl", "mimeType": "", "buffer": LINE})
    held.pop().continue_()
    expect(page.get_by_role("region", name="Uploads").get_by_role("strong")).to_have_text("t.jsonl")
