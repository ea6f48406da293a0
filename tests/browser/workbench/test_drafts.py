"""Drafts of several tasks: what was done in one is not lost by going to another at once."""

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
