"""Writing: counts, errors linked to their field, prefilled texts, undo and drafts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.types import registry
from tests.browser.audit import clean, clean_everywhere
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server

SAMPLE = registry.get("writing").samples()[1]
VALUE = "() => document.querySelector('#stage gw-writing').value().fields"


@pytest.fixture
def writing(bench: Callable[[], Page], server: tuple[Server, str]) -> Callable[[], Page]:
    def opened() -> Page:
        item = {"text": SAMPLE["item"]["text"], "data": {"draft": SAMPLE["item"]["draft"]}}
        server[0].ask("writing", SAMPLE["config"], item)
        return bench()

    return opened


def test_what_is_written_is_stored_with_ctrl_enter(writing, server: Any) -> None:
    page = writing()
    expect(page.get_by_label("Title")).to_be_focused()
    expect(page.locator("[data-command=submit] > kbd:visible")).to_have_text("Ctrl+Enter")
    page.keyboard.type("A 𠮷")
    expect(page.locator(".writing-count").first).to_have_text("3 characters, 2 words")
    page.get_by_label("Transcript").fill("One\ntwo three ")
    expected = {"title": "A 𠮷", "transcript": "One\ntwo three", "remark": ""}
    assert submitted(page, server[0], "Control+Enter") == {"fields": expected}


def test_an_error_is_linked_to_its_field_and_goes_when_mended(writing, server: Any) -> None:
    page = writing()
    page.get_by_label("Transcript").fill("short")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Title")).to_be_focused()
    clean(page)
    page.get_by_role("alert").get_by_role("link", name="Transcript").click()
    expect(page.get_by_label("Transcript")).to_be_focused()
    described = re.compile("Transcript: write at least 3 words")
    expect(page.get_by_label("Transcript")).to_have_accessible_description(described)
    page.keyboard.type(" no more")
    expect(page.get_by_label("Transcript")).not_to_have_attribute("aria-invalid", "true")
    assert server[0].answers == []


def test_escape_leaves_a_field_z_undoes_it_whole_and_w_comes_back(writing) -> None:
    page = writing()
    page.keyboard.type("One two")
    page.keyboard.press("Escape")
    expect(page.locator("[data-command=submit] > kbd:visible")).to_have_text("Enter")
    page.keyboard.press("z")
    assert page.evaluate(VALUE)["title"] == ""
    page.keyboard.press("Shift+Z")
    assert page.evaluate(VALUE)["title"] == "One two"
    page.keyboard.press("w")
    page.keyboard.type("s")
    assert page.evaluate(VALUE)["title"] in ("One twos", "One two")
    assert page.evaluate(VALUE)["transcript"] == SAMPLE["item"]["draft"]


def test_half_a_pair_that_was_pasted_does_not_hold_up_the_answers(writing, server) -> None:
    page = writing()
    page.get_by_label("Title").evaluate(
        "(field) => { field.value = 'a\\ud842b'; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    assert submitted(page, server[0], "Control+Enter")["fields"]["title"] == "a\ufffdb"


def test_a_reload_brings_the_texts_back(writing) -> None:
    page = writing()
    page.keyboard.type("Draft")
    page.get_by_label("Transcript").fill("Something else now")
    page.wait_for_event("response", lambda reply: reply.url.endswith("/draft"))
    page.reload()
    expect(page.get_by_label("Transcript")).to_have_value("Something else now")
    expect(page.get_by_label("Title")).to_have_value("Draft")


def test_axe_finds_nothing(writing, page: Page) -> None:
    clean_everywhere(writing())
