"""What the server will not take is never lost, never tried for ever, and holds nothing else up."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import answer, saved
from tests.browser.workbench.test_offline import EXCHANGE

Opened = Callable[[], Page]
Served = tuple[Server, str]
WRITING = {"question": "Write.", "fields": [{"name": "text", "label": "Text"}]}
SLOW_DISK = """const getAll = IDBObjectStore.prototype.getAll;
  IDBObjectStore.prototype.getAll = function (...args) {
    const real = getAll.apply(this, args), slow = {};
    real.onsuccess = () => setTimeout(() => { slow.result = real.result; slow.onsuccess(); }, 200);
    return slow;
  };"""
NO_DRAFT_ON_TIME = """() => {
  const { setTimeout } = window;
  window.setTimeout = (run, wait, ...rest) => (wait === 5000 ? 0 : setTimeout(run, wait, ...rest));
}"""
PROBLEM = {"status": 400, "detail": "not JSON: a strange character"}


def refusals(faults: list[str]) -> int:
    """How many the browser logged; they are no faults of the page."""
    seen = [each for each in faults if "the server responded with a status of 4" in each]
    for each in seen:
        faults.remove(each)
    return len(seen)


def carried(route: Route) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads(route.request.post_data or "{}").get("answers", [])
    return answers


def test_one_answer_the_server_refuses_is_found_among_others_and_comes_up_again_with_the_reason(
    bench: Opened, server: Served, faults: list[str]
) -> None:
    page = bench()
    tries: list[int] = []

    def refuse_no(route: Route) -> None:
        answers = carried(route)
        if any(each["answer"] == {"option": "no"} for each in answers):
            tries.append(len(answers))
            route.fulfill(status=400, content_type="application/problem+json", body=json.dumps(PROBLEM))
        else:
            route.fallback()

    page.route(EXCHANGE, refuse_no)
    page.context.set_offline(True)
    given = [answer(page, key) for key in ("1", "2", "3")]
    page.context.set_offline(False)
    attention = page.get_by_role("button", name="1 needs attention")
    expect(attention).to_be_visible()
    saved(page)
    assert [each["assignment"] for each in server[0].answers] == [given[0], given[2]]
    assert tries[-1] == 1
    assert refusals(faults) == len(tries) <= 4
    expect(page.locator("#toasts")).to_contain_text("It comes up again next, with the reason.")
    attention.click()
    dialog = page.get_by_role("dialog", name="Needs attention")
    expect(dialog).to_contain_text("not JSON: a strange character")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Save as a file").click()
    assert json.loads(download.value.path().read_text()) == {"option": "no"}
    page.keyboard.press("Escape")
    answer(page, "1")  # what was on screen meanwhile
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {given[1]}")
    expect(page.locator("[data-part=problems]")).to_have_text("not JSON: a strange character")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    answer(page, "3")
    saved(page)
    expect(page.locator('[data-bar="attention"]')).to_be_hidden()
    assert server[0].current()[given[1]]["answer"] == {"option": "unsure"}


def test_an_answer_too_large_for_a_request_is_kept_and_told_and_never_sent(bench: Opened, server: Served) -> None:
    server[0].ask("writing", WRITING, {"text": "Tell all."})
    server[0].largest_body = 60_000
    page = bench()
    page.get_by_role("textbox").fill("word " * 10_000)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("It comes up again next, with the reason.")
    page.add_init_script(SLOW_DISK)  # however long its answer takes to be read, the task comes before fresh ones
    page.reload()
    page.get_by_role("button", name="1 needs attention").click()
    dialog = page.get_by_role("dialog", name="Needs attention")
    expect(dialog).to_contain_text("too large to send: 0.1 MB, and the server takes at most 0.1 MB")
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=problems]")).to_contain_text("This is too large to send")
    page.get_by_role("textbox").fill("Shorter.")
    page.keyboard.press("Control+Enter")
    saved(page)
    expect(page.locator('[data-bar="attention"]')).to_be_hidden()
    assert [len(json.dumps(each["answer"])) < 100 for each in server[0].answers] == [True]


def test_a_large_draft_is_sent_when_the_page_goes_out_of_sight_and_told_if_it_is_too_large(
    bench: Opened, server: Served, faults: list[str]
) -> None:
    server[0].ask("writing", WRITING, {"text": "Tell all."})
    page = bench()
    drafts = "**/api/v1/assignments/*/draft"
    hide = """() => { Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange")); }"""
    page.evaluate(NO_DRAFT_ON_TIME)
    page.get_by_role("textbox").fill("word " * 20_000)
    with page.expect_response(drafts):  # though a browser keeps no request of 100 kB alive
        page.evaluate(hide)
    assert len(json.dumps(server[0].drafts[1])) > 100_000
    page.route(drafts, lambda route: route.fulfill(status=413, body=""))
    page.get_by_role("textbox").fill("word " * 21_000)
    page.evaluate(hide)
    expect(page.locator("#toasts")).to_contain_text("kept on this device only, the server does not take it: it is too")
    page.get_by_role("textbox").press("End")
    page.keyboard.type("!")
    page.evaluate(hide)
    assert refusals(faults) == 1
