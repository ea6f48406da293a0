"""Drafts: what was done is not lost by going to another task at once, nor by leaving the page at once."""

from collections.abc import Callable

from playwright.sync_api import Page

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
