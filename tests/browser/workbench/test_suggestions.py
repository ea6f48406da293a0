"""A suggested answer is said to be one, accepted by a key, changed, or thrown away; nothing is accepted silently."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import clean_everywhere
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import answer, number_shown, saved

Opened = Callable[[], Page]
Served = tuple[Server, str]
BOXES = {"question": "Draw every car.", "labels": [{"value": "car", "label": "Car"}, {"value": "van", "label": "Van"}]}
PICTURE = {"image": {"url": "/picture.png", "thumb_url": "/picture.png", "width": 600, "height": 400}}
SPANS = {"question": "Mark names.", "labels": [{"value": "person", "label": "Person"}, {"value": "thing"}]}
TEXT = "Ann sold her car to Bob."


def box(number: int, left: int, label: str = "car") -> dict[str, Any]:
    where = {"left": left, "top": 50, "width": 100, "height": 80}
    return {"uuid": str(number), "type": "box", "label": label, **where, "attributes": {}}


def span(number: int, start: int, end: int, label: str = "person") -> dict[str, Any]:
    return {"id": f"a{number}", "label": label, "start": start, "end": end, "text": TEXT[start:end]}


def boxes(server: Server) -> None:
    server.ask("boxes", BOXES, PICTURE)
    server.suggestion = {"annotations": [box(1, 50), box(2, 200), box(3, 400, "van")], "global_attributes": {}}


def spans(server: Server) -> None:
    server.ask("spans", SPANS, {"text": TEXT})
    server.suggestion = {"annotations": [span(1, 0, 3), span(2, 9, 16, "thing"), span(3, 20, 23)], "relationships": []}


def notice(page: Page) -> Any:
    return page.locator("#stage [data-part=suggestion]")


def state(page: Page, wanted: str) -> None:
    expect(page.locator("#stage > *")).to_have_attribute("data-suggestion", wanted)


def submit(page: Page) -> None:
    number = number_shown(page)
    page.keyboard.press("Enter")
    expect(page.locator('[data-bar="task"]')).not_to_have_text(f"Task {number}")
    saved(page)


def test_a_accepts_and_enter_submits(bench: Opened, server: Served) -> None:
    server[0].suggestion = {"option": "no"}
    page = bench()
    expect(notice(page)).to_contain_text("Suggested")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    state(page, "open")
    page.keyboard.press("a")
    expect(notice(page)).to_contain_text("accepted")
    expect(page.locator("#announcer")).to_contain_text("Suggestion accepted")
    assert not server[0].answers
    submit(page)
    assert server[0].answers[0]["answer"] == {"option": "no"}


def test_enter_on_an_untouched_suggestion_says_that_it_is_accepted(bench: Opened, server: Served) -> None:
    server[0].suggestion = {"option": "yes"}
    page = bench()
    submit(page)
    expect(page.locator("#announcer")).to_contain_text("Accepted as suggested and submitted.")
    expect(page.locator("#announcer")).to_contain_text("With a suggestion")
    expect(page.locator("#undo-corner")).to_contain_text("Accepted as suggested")
    assert server[0].answers[0]["answer"] == {"option": "yes"}


def test_a_change_is_the_annotators_and_a_goes_back_to_the_suggestion(bench: Opened, server: Served) -> None:
    server[0].suggestion = {"option": "no"}
    page = bench()
    page.keyboard.press("1")
    state(page, "changed")
    expect(notice(page)).to_contain_text("changed by you")
    page.keyboard.press("a")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    state(page, "accepted")
    page.keyboard.press("z")
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    state(page, "changed")
    page.keyboard.press("Enter")
    expect(page.locator("#undo-corner")).to_contain_text("Submitted")
    saved(page)
    assert server[0].answers[0]["answer"] == {"option": "yes"}


def test_a_taken_back_answer_is_no_open_suggestion_again(bench: Opened, server: Served) -> None:
    server[0].suggestion = {"option": "no"}
    page = bench()
    first = answer(page, "1")
    page.keyboard.press("z")
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {first}")
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    state(page, "changed")


def test_a_draft_goes_before_the_suggestion_after_a_reload(bench: Opened, server: Served) -> None:
    server[0].suggestion = {"option": "no"}
    page = bench()
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="Not sure")).to_be_checked()
    page.reload()
    expect(page.get_by_role("radio", name="Not sure")).to_be_checked()
    state(page, "changed")


def test_a_skip_leaves_the_suggestion_alone(bench: Opened, server: Served) -> None:
    server[0].suggestion = {"option": "no"}
    page = bench()
    page.keyboard.press("s")
    page.keyboard.press("1")
    saved(page)
    expect(page.locator("#announcer")).to_contain_text("Skipped")
    assert not server[0].answers


@pytest.mark.parametrize("kind", [boxes, spans])
def test_objects_are_accepted_one_by_one_or_all_at_once(bench: Opened, server: Served, kind: Any) -> None:
    kind(server[0])
    page = bench()
    options = page.locator("#stage [role=listbox] [role=option]")
    expect(options).to_have_count(3)
    marks = options.get_by_text("suggested", exact=True)
    expect(marks).to_have_count(3)
    expect(notice(page)).to_contain_text("3 to check")
    page.keyboard.press("a")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(marks).to_have_count(3)
    page.keyboard.press("a")
    expect(marks).to_have_count(2)
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Delete")
    expect(options).to_have_count(2)
    expect(notice(page)).to_contain_text("1 to check")
    page.keyboard.press("z")
    expect(marks).to_have_count(2)
    page.keyboard.press("Shift+A")
    expect(marks).to_have_count(0)
    state(page, "accepted")
    page.keyboard.press("z")
    expect(marks).to_have_count(2)
    page.keyboard.press("Shift+Z")
    expect(marks).to_have_count(0)
    submit(page)
    assert server[0].answers[0]["answer"] == server[0].suggestion


def test_that_nothing_is_there_is_a_suggestion_like_any_other(bench: Opened, server: Served) -> None:
    boxes(server[0])
    server[0].suggestion = {"annotations": [], "global_attributes": {}}
    page = bench()
    state(page, "open")
    page.keyboard.press("a")
    state(page, "accepted")
    submit(page)
    assert server[0].answers[0]["answer"] == server[0].suggestion


def test_a_moved_box_is_the_annotators_and_the_others_stay_suggested(bench: Opened, server: Served) -> None:
    boxes(server[0])
    page = bench()
    page.keyboard.press("v")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    marks = page.locator("#stage [role=option]").get_by_text("suggested", exact=True)
    expect(marks).to_have_count(2)
    page.keyboard.press("h")  # a look is no change
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(marks).to_have_count(2)
    submit(page)
    expect(page.locator("#undo-corner")).to_contain_text("Accepted as suggested")
    given = server[0].answers[0]["answer"]["annotations"]
    assert [each["left"] for each in given] == [51, 200, 400]
    assert set(given[0]) == {"uuid", "type", "label", "left", "top", "width", "height", "attributes"} | (
        {"rotation"} & set(given[0])
    )


def test_a_relabelled_span_is_the_annotators(bench: Opened, server: Served) -> None:
    spans(server[0])
    page = bench()
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator("#stage [role=option]").get_by_text("suggested", exact=True)).to_have_count(2)
    submit(page)
    given = server[0].answers[0]["answer"]["annotations"]
    assert [each["label"] for each in given] == ["thing", "thing", "person"]
    assert all(set(each) == {"id", "label", "start", "end", "text"} for each in given)


def test_marks_come_back_after_a_reload_for_what_is_still_as_suggested(bench: Opened, server: Served) -> None:
    boxes(server[0])
    page = bench()
    page.keyboard.press("v")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.reload()
    options = page.locator("#stage [role=option]")
    expect(options).to_have_count(3)
    expect(options.get_by_text("suggested", exact=True)).to_have_count(2)


def test_without_a_suggestion_the_keys_do_nothing(bench: Opened, server: Served) -> None:
    page = bench()
    for key in ("a", "Shift+A"):
        page.keyboard.press(key)
    expect(notice(page)).to_have_count(0)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


@pytest.mark.parametrize("kind", [None, boxes, spans], ids=["choice", "boxes", "spans"])
def test_axe_finds_nothing(bench: Opened, server: Served, page: Page, kind: Any) -> None:
    server[0].suggestion = {"option": "no"}
    if kind:
        kind(server[0])
    bench()
    expect(notice(page)).to_be_visible()
    clean_everywhere(page)


def test_the_buttons_do_what_the_keys_do(bench: Opened, server: Served) -> None:
    boxes(server[0])
    page = bench()
    page.get_by_role("button", name="Accept all").click()
    state(page, "accepted")
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_hidden()
