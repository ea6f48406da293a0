"""Keys that are pressed faster than tasks appear go to no wrong task, and what is not taken is said."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server

Served = tuple[Server, str]
Opened = Callable[[], Page]
EXCHANGE = "**/api/v1/work/exchange"
# Writes to the disk are over when `go()` is called.
SLOW_DISK = """() => { const put = IDBObjectStore.prototype.put;
  window.waits = new Promise((go) => { window.go = go; });
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    const made = transaction.apply(this, given);
    if (given[1] !== "readwrite") return made;
    let done = null;
    Object.defineProperty(made, "oncomplete", { set(call) { done = call; } });
    made.addEventListener("complete", (event) => window.waits.then(() => done?.(event)));
    return made;
  };
}"""


def test_what_is_typed_before_the_next_task_is_there_goes_to_none(bench: Opened, server: Served) -> None:
    page = bench()
    page.route(EXCHANGE, lambda route: None)  # nothing more comes for now
    while page.locator('[data-bar="task"]').is_visible():
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    expect(page.get_by_text("Waiting for the next task.")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("what you pressed was not taken")).to_be_visible()


def test_keys_after_undo_go_to_what_was_reopened_however_slow_the_disk_is(bench: Opened, server: Served) -> None:
    page = bench()
    page.route(EXCHANGE, lambda route: route.abort())
    first = page.locator('[data-bar="task"]').inner_text()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Submitted")
    page.evaluate(SLOW_DISK)
    page.keyboard.press("z")
    page.keyboard.press("2")
    page.evaluate("() => go()")
    expect(page.locator('[data-bar="task"]')).to_have_text(first)
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()


def test_a_skipped_task_is_gone_at_once_however_slow_the_disk_is(bench: Opened, server: Served) -> None:
    page = bench()
    first = page.locator('[data-bar="task"]').inner_text()
    page.evaluate(SLOW_DISK)
    for key in "s", "2", "1":  # skip, as broken; the next one's answer
        page.keyboard.press(key)
    expect(page.locator('[data-bar="task"]')).not_to_have_text(first)
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    page.evaluate("() => go()")
    submitted(page, server[0])
    assert [each["reason"] for each in server[0].skips] == ["broken"]
    assert server[0].answers[0]["assignment"] != server[0].skips[0]["assignment"]


def test_a_second_enter_does_not_submit_a_task_that_nobody_has_seen_yet(bench: Opened, server: Served) -> None:
    labels = [{"value": "car", "label": "Car"}]
    picture = {"url": "/picture.png", "thumb_url": "/picture.png", "width": 600, "height": 400}
    server[0].ask("boxes", {"question": "Draw.", "labels": labels}, {"image": picture})
    page = bench()
    first = page.locator('[data-bar="task"]').inner_text()
    page.evaluate("""() => { for (const key of ["Enter", "Enter"]) document.getElementById("main").dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }""")  # both before a frame
    expect(page.get_by_text("what you pressed was not taken")).to_be_visible()
    expect(page.locator('[data-bar="task"]')).not_to_have_text(first)
    expect(page.locator("#announcer")).to_contain_text("Submitted")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")
    assert len({each["assignment"] for each in server[0].answers}) == len(server[0].answers) == 2
