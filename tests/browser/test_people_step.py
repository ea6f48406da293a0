"""The people step of the wizard by keyboard: a test is made of an item answered there, and the numbers follow."""

import pytest
from playwright.sync_api import expect

from tasks.models import Dataset, Gold
from tests.browser.test_review_page import signed_in
from tests.factories import make_dataset, make_item, make_org, make_project, make_user


@pytest.fixture
def org(transactional_db):  # the page's server has connections of its own
    return make_org("Lab")


def test_a_test_is_made_by_keyboard_without_losing_what_was_typed(page, faults, live_server, org):
    boss = make_user(org, "manager", "Max")
    make_user(org, "labeler", "Ann")
    project = make_project(org, state="draft")
    dataset = make_dataset(org)
    project.datasets.add(dataset)
    make_item(dataset, "Fine.")
    make_item(dataset, "Bad.")
    Dataset.objects.update(item_count=2)
    signed_in(page, live_server, boss)
    page.goto(f"{live_server.url}/projects/{project.pk}/setup/people/")
    page.get_by_label("E-mail addresses").fill("new@example.org")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#stage")).to_have_attribute("data-mounted", "0")
    frame.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    keep = frame.get_by_role("button", name="For the test")
    keep.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Test: 1", exact=True)).to_be_visible()
    expect(frame.locator("#stage")).to_have_attribute("data-mounted", "1")
    expect(page.get_by_label("Items of the test")).to_have_value("1")
    expect(page.locator("[data-able-here]")).to_contain_text("After training or test")
    expect(page.get_by_label("E-mail addresses")).to_have_value("new@example.org")
    page.get_by_role("button", name="Leave out: Fine.").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Test: 0", exact=True)).to_be_visible()
    expect(page.locator("[data-known-title]")).to_be_focused()
    assert not Gold.objects.exists()
