"""Comments to the requester: written beside the task, kept while offline, sent once."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import answer, number_shown, saved

Opened = Callable[[], Page]
Served = tuple[Server, str]


def comment(page: Page, text: str, kind: str = "") -> None:
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Comment to the requester")
    if kind:
        dialog.get_by_role("radio", name=kind).check()
    dialog.get_by_label("Comment", exact=True).fill(text)
    dialog.get_by_label("Comment", exact=True).press("Control+Enter")
    expect(page.locator("dialog")).to_have_count(0)  # hidden a little before it is gone: only then it is under way


def test_a_comment_is_sent_and_the_task_stays(bench: Opened, server: Served) -> None:
    page = bench()
    shown = number_shown(page)
    page.keyboard.press("2")
    comment(page, "Is irony a yes?\nOr a no?", "Guideline unclear")
    expect(page.locator("#toasts")).to_contain_text("goes to the requester")
    saved(page)
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {shown}")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    (made,) = server[0].comments
    assert (made["assignment"], made["kind"], made["text"]) == (shown, "guideline", "Is irony a yes?\nOr a no?")
    assert not server[0].answers
    answer(page, "1")
    saved(page)
    assert server[0].answers[0]["assignment"] == shown


def test_a_comment_written_offline_survives_a_reload_and_is_sent_once(bench: Opened, server: Served) -> None:
    page = bench()
    shown = number_shown(page)
    page.context.set_offline(True)
    comment(page, "Cut off in the middle", "Data problem")
    expect(page.locator('[data-bar="state"]')).to_contain_text("Offline, 1 kept on this device")
    expect(page.locator('[data-bar="count"]')).to_have_text("0 / 60")
    assert not server[0].comments
    page.context.set_offline(False)
    saved(page)
    assert [(each["assignment"], each["kind"]) for each in server[0].comments] == [(shown, "data")]
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {shown}")


def test_a_task_with_an_unsent_comment_is_still_to_be_answered_after_a_reload(bench: Opened, server: Served) -> None:
    page = bench()
    shown = number_shown(page)
    page.route("**/api/v1/work/exchange", lambda route: route.abort())
    comment(page, "Hm")
    expect(page.locator('[data-bar="state"]')).to_contain_text("1 to send")
    page.unroute("**/api/v1/work/exchange")
    page.reload()
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {shown}")
    saved(page)
    assert len(server[0].comments) == 1


def test_a_reply_cut_after_the_server_stored_it_does_not_store_twice(bench: Opened, server: Served) -> None:
    page = bench()

    def store_then_cut(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/work/exchange", store_then_cut, times=1)
    comment(page, "Hm")
    saved(page)
    assert len(server[0].comments) == 1
    assert sum(len(call.get("comments", [])) for call in server[0].calls) == 2


def test_an_empty_comment_is_not_sent_and_escape_sends_nothing(bench: Opened, server: Served) -> None:
    page = bench()
    page.keyboard.press("f")
    page.keyboard.type("   ")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    saved(page)
    assert not server[0].comments


def test_a_refused_comment_is_kept_to_be_looked_at_and_holds_up_no_task(bench: Opened, server: Served) -> None:
    server[0].refuses_comments = True
    page = bench()
    shown = number_shown(page)
    comment(page, "Hm, irony")
    expect(page.locator("#toasts")).to_contain_text("A comment was not taken: no such assignment")
    page.reload()
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {shown}")
    page.get_by_role("button", name="1 needs attention").click()
    dialog = page.get_by_role("dialog", name="Needs attention")
    expect(dialog).to_contain_text("Hm, irony")
    dialog.get_by_role("button", name="Remove the copy").click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator('[data-bar="attention"]')).to_be_hidden()
