"""Drafts: what was done is not lost by going to another task at once, nor by leaving the page at once."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import number_shown, saved

CHANGED = """async () => {
  const { Drafts } = await import("/static/labeling/workbench/drafts.js");
  const { openDatabase, read } = await import("/static/labeling/workbench/store.js");
  const database = await openDatabase("drafts");
  const sent = [];
  const draft = async (assignment, _seq, value) => { sent.push([assignment, value]); };
  const drafts = new Drafts(database, { draft });
  drafts.change(1, "one");
  drafts.change(2, "two");
  const here = await read(database, "drafts", (store) => store.get(1));
  return [sent, here?.value];
}"""


def test_a_change_in_the_next_task_keeps_and_sends_what_was_done_in_the_one_before(bench: Callable[[], Page]) -> None:
    assert bench().evaluate(CHANGED) == [[[1, "one"]], "one"]


UNPAUSED = """async () => {
  const { Drafts } = await import("/static/labeling/workbench/drafts.js");
  const { openDatabase } = await import("/static/labeling/workbench/store.js");
  const database = await openDatabase("unpaused");
  const sent = [];
  const drafts = new Drafts(database, { draft: async (_assignment, _seq, value) => { sent.push(value); } });
  const timers = new Map();
  const { setTimeout, clearTimeout } = window;
  window.setTimeout = (run, wait) => { timers.set(timers.size + 1, { run, wait }); return timers.size; };
  window.clearTimeout = (id) => timers.get(id) && (timers.get(id).run = () => {});
  drafts.change(1, "first box");
  const [there] = [...timers.values()].sort((one, other) => other.wait - one.wait);
  drafts.change(1, "second box");
  there.run();
  drafts.change(1, "third box");
  Object.assign(window, { setTimeout, clearTimeout });
  await drafts.drop(1);
  return sent;
}"""


def test_the_server_keeps_the_draft_of_who_never_pauses(bench: Callable[[], Page]) -> None:
    assert bench().evaluate(UNPAUSED) == ["second box"]


AT_ONCE = """(keys) => {
  const pressed = (key) => new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  for (const key of keys) document.activeElement.dispatchEvent(pressed(key));
}"""


def test_no_draft_follows_an_answer_given_so_fast_that_the_next_task_is_begun_at_once(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    page = bench()
    saved(page)
    drafts: list[str] = []
    page.on("request", lambda request: drafts.append(request.url) if request.url.endswith("/draft") else None)
    page.evaluate(AT_ONCE, ["1", "Enter", "2", "Enter", "3", "Enter"])
    expect(page.locator('[data-bar="count"]')).to_have_text("3 / 60")
    saved(page)
    assert [each["answer"]["option"] for each in server[0].answers] == ["yes", "no", "unsure"]
    assert drafts == []


def test_a_reload_right_after_undo_keeps_what_was_undone(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    page = bench()
    number = number_shown(page)
    page.evaluate(AT_ONCE, ["3", "Enter", "z"])  # before the answer can leave this device
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {number}")
    page.reload()
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {number}")
    expect(page.get_by_role("radio", name="Not sure", exact=True)).to_be_checked()
    assert server[0].answers == []


OVERTAKEN = """async () => {
  const { Drafts } = await import("/static/labeling/workbench/drafts.js");
  const { openDatabase } = await import("/static/labeling/workbench/store.js");
  const signals = [];
  const draft = (_assignment, _seq, _value, { signal }) => { signals.push(signal); return new Promise(() => {}); };
  const drafts = new Drafts(await openDatabase("overtaken"), { draft });
  drafts.change(1, "half");
  drafts.flush();
  drafts.halt(2);
  const before = signals[0].aborted;
  drafts.halt(1);
  return [before, signals[0].aborted];
}"""


def test_a_draft_on_its_way_is_called_back_when_its_answer_is_given(bench: Callable[[], Page]) -> None:
    assert bench().evaluate(OVERTAKEN) == [False, True]


LEFT = """async () => {
  const { Drafts } = await import("/static/labeling/workbench/drafts.js");
  const { openDatabase } = await import("/static/labeling/workbench/store.js");
  const database = await openDatabase("left");
  const drafts = new Drafts(database, { draft: () => new Promise(() => {}) });
  const store = () => database.transaction("drafts", "readwrite").objectStore("drafts");
  for (let n = 0; n < 500; n++) store().put({ assignment: 9, n });
  drafts.change(1, "last");
  location.reload();
}"""
FOUND = """async () => {
  const { Drafts } = await import("/static/labeling/workbench/drafts.js");
  const { openDatabase } = await import("/static/labeling/workbench/store.js");
  const drafts = new Drafts(await openDatabase("left"), {});
  const draft = { seq: 5, value: "older" };
  const found = [await drafts.newest({ assignment: 1, draft }), await drafts.newest({ assignment: 2, draft })];
  await drafts.drop(1);
  return [...found, await drafts.newest({ assignment: 1 })];
}"""


def test_a_change_right_before_the_page_goes_away_is_there_when_it_comes_back(bench: Callable[[], Page]) -> None:
    page = bench()
    with page.expect_navigation():
        page.evaluate(LEFT)
    assert page.evaluate(FOUND) == ["last", "older", None]
