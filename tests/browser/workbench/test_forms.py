"""Field sets, nested choices, times and attachments of a form, as people use them."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import clean
from tests.browser.workbench.sending import carries_an_answer
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_model import VALUE, ask, stored
from tests.faults import watch

Opened = Callable[[], Page]
Served = tuple[Server, str]
FIELDS: list[dict[str, Any]] = [
    {"type": "category", "field_id": "pet", "title": "Pet", "choices": [
        {"value": "fur", "label": "With fur", "subchoices": ["cat", "dog"]}, "fish"]},
    {"type": "field_set", "field_id": "visits", "title": "Visit", "max_responses_required": 3, "inline": True,
     "conditions": {"pet": "fur"}, "fields": [
        {"type": "boolean", "field_id": "ill", "title": "Ill?"},
        {"type": "text", "field_id": "illness", "title": "Illness", "conditions": {"ill": True}},
        {"type": "boolean", "field_id": "barks", "title": "Barks?", "conditions": {"pet": "dog"}},
        {"type": "time_range", "field_id": "when", "title": "When", "required": False}]},
    {"type": "field_set", "field_id": "owner", "title": "Owner", "required": False, "fields": [
        {"type": "text", "field_id": "name", "title": "Name"}]},
]  # fmt: skip
CONFIG = {"title": "Form", "fields": FIELDS}
DRAWN = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
ITEM = {
    "attachments": [
        {"type": "text", "content": "First *plain* text."},
        {"type": "markdown", "title": "Notes", "content": "A **bold** <img src=x onerror=alert(1)> note."},
        {"type": "image", "title": "A drawing", "content": DRAWN},
        {"type": "text", "content": "Second text."},
    ]
}
PICTURE = {"url": "/picture.png", "thumb_url": "/picture.png", "width": 600, "height": 400}


def test_entries_of_a_set_are_added_filled_in_undone_and_removed_by_keyboard(bench: Opened, server: Served) -> None:
    ask(server, "textcollection", CONFIG, {"text": "x"})
    page = bench()
    visits = page.get_by_role("group", name="Visit 1")
    expect(visits).to_be_hidden()
    expect(page.get_by_role("radio", name="With fur – dog")).to_be_visible()
    page.keyboard.press("2")
    expect(visits.get_by_role("radio", name="Yes").first).to_be_focused()
    page.keyboard.press("1")
    expect(page.get_by_label("Illness")).to_be_focused()
    page.keyboard.type("flu")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("n")
    second = page.get_by_role("group", name="Visit 2")
    expect(second.get_by_role("radio", name="Yes").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Visit 2, Ill?: not answered yet")
    page.keyboard.press("2")
    page.keyboard.press("1")
    second.get_by_label("From").fill("9:05")
    second.get_by_label("To").fill("banana")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Visit 2, When: write times as hours:minutes:seconds")
    expect(second.get_by_label("From")).to_be_focused()
    second.get_by_label("To").fill("9:05.5")
    clean(page)
    both: list[dict[str, Any]] = [
        {"ill": [True], "illness": ["flu"], "barks": [False]},
        {"ill": [False], "barks": [True], "when": ["00:09:05", "00:09:05.5"]},
    ]
    assert page.evaluate(VALUE) == {"annotations": {"pet": ["dog"], "visits": both}}
    page.get_by_role("radio", name="With fur – cat").check()
    assert page.evaluate(VALUE)["annotations"]["visits"][0] == {"ill": [True], "illness": ["flu"]}
    page.keyboard.press("z")
    page.get_by_role("button", name="Remove Visit 1").press("Enter")
    assert page.evaluate(VALUE)["annotations"]["visits"] == both[1:]
    expect(second).to_have_count(0)
    page.keyboard.press("z")
    assert page.evaluate(VALUE)["annotations"]["visits"] == both
    page.keyboard.press("Control+Enter")
    assert stored(page, server) == {"annotations": {"pet": ["dog"], "visits": both}}


def test_a_finger_adds_and_removes_entries_and_a_reload_brings_them_back(browser: Browser, server: Served) -> None:
    faults: list[str] = []
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = watch(context.new_page(), faults)
    ask(server, "textcollection", CONFIG, ITEM)
    page.goto(f"{server[1]}/work/label/")
    page.get_by_role("radio", name="fish", exact=True).tap()
    owner = page.get_by_role("group", name="Owner").last
    page.get_by_role("group", name="Owner").get_by_role("button", name="Another entry").tap()
    owner.get_by_label("Name").tap()
    page.keyboard.type("Ann")
    page.get_by_role("button", name="Remove Owner").tap()
    assert page.evaluate(VALUE) == {"annotations": {"pet": ["fish"]}}
    page.get_by_role("button", name="Undo", exact=True).tap()
    wanted = {"annotations": {"pet": ["fish"], "owner": [{"name": ["Ann"]}]}}
    assert page.evaluate(VALUE) == wanted
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("Ann")
    assert page.evaluate(VALUE) == wanted
    with page.expect_response(carries_an_answer):
        page.get_by_role("button", name="Submit").tap()
    assert server[0].answers[0]["answer"] == wanted
    context.close()
    assert faults == []


def test_a_refusal_by_the_server_points_at_the_field_of_the_entry(bench: Opened, server: Served) -> None:
    ask(server, "textcollection", CONFIG, {"text": "x"})
    page = bench()
    page.keyboard.press("1")
    page.keyboard.press("2")
    told = [{"path": "annotations.visits[0].ill[0]", "message": "Not so."}]
    page.evaluate("(told) => document.querySelector('#stage > *').showProblems(told)", told)
    expect(page.get_by_role("group", name="Visit 1").locator("[data-question].is-wrong")).to_have_count(1)
    expect(page.get_by_role("group", name="Visit 1").locator("input:focus")).to_have_count(1)


def test_texts_markdown_and_pictures_stand_beside_one_form(bench: Opened, server: Served) -> None:
    ask(server, "textcollection", CONFIG, {**ITEM, "image": PICTURE})
    page = bench()
    expect(page.locator(".pane-head")).to_have_text(
        ["Picture", "Attachment 1 (text)", "Notes", "A drawing", "Attachment 4 (text)"]
    )
    expect(page.locator(".pane strong")).to_have_text("bold")
    expect(page.get_by_role("img", name="A drawing")).to_be_visible()
    expect(page.get_by_text("First *plain* text.")).to_be_visible()
    assert page.evaluate("() => document.querySelectorAll('.pane [onerror], .pane img[src=x]').length") == 0
    before = page.locator(".stage-tools output").inner_text()
    page.keyboard.press("+")
    expect(page.locator(".stage-tools output")).not_to_have_text(before)
    clean(page)


def test_a_list_to_choose_from_lets_go_of_the_keys_and_enter_submits_from_it(bench: Opened, server: Served) -> None:
    language = {"type": "select", "field_id": "language", "title": "Language", "choices": ["en", "ja"]}
    fields = [{"type": "boolean", "field_id": "ad", "title": "Is it an ad?"}, language]
    ask(server, "textcollection", {"title": "Form", "fields": fields}, {"text": "Buy now!"})
    page = bench()
    page.keyboard.press("1")
    expect(page.get_by_label("Language")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.get_by_role("radio", name="Yes")).not_to_be_checked()
    for key in "2", "j":  # moves on, as anywhere, and does not choose what begins with it
        page.keyboard.press(key)
    expect(page.get_by_label("Language")).to_have_value("")
    page.keyboard.press("k")
    expect(page.get_by_role("radio", name="No")).to_be_focused()
    for key in "j", "ArrowDown", "Enter":
        page.keyboard.press(key)
    assert stored(page, server) == {"annotations": {"ad": [False], "language": ["en"]}}
