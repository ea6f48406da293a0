"""The keyboard alone does a task of every type that is not drawn: answer, undo, redo, reload, come back, submit."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from labeling.types import registry
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_by_hand import IS, VALUE
from tests.browser.workbench.test_model import ask

DONE_BY_KEYS = [
    pytest.param(name, sample, id=name)
    for name, kind in registry.all().items()
    if kind.family != "image"
    for sample in (kind.samples()[-1:] if name == "textcollection" else kind.samples()[:1])
]


@pytest.mark.parametrize(("name", "sample"), DONE_BY_KEYS)
def test_a_task_is_done_undone_redone_left_and_taken_up_again(
    bench: Callable[[], Page], server: tuple[Server, str], name: str, sample: dict[str, Any]
) -> None:
    ask(server, name, sample["config"], sample["item"])
    page = bench()
    empty = page.evaluate(VALUE)
    for key in sample["keys"]:
        if isinstance(key, dict):
            page.keyboard.insert_text(key["type"])
        else:
            page.keyboard.press(key)
    given = page.evaluate(VALUE)
    assert given != empty
    if page.locator("#stage :is(textarea, input[type=text]):focus").count():
        page.keyboard.press("Escape")  # in a field Ctrl+Z is the browser's own
    for key, wanted in [("z", empty), ("Shift+z", given)]:
        for _ in range(20):
            if page.evaluate(VALUE) == wanted:
                break
            page.keyboard.press(key)
        assert page.evaluate(VALUE) == wanted
    page.reload()
    page.wait_for_function(IS, arg=given)
    assert submitted(page, server[0], "Control+Enter") == json.loads(given)  # which test_widgets knows to be right
