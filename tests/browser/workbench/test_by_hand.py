"""Types made of controls, by finger and by mouse: answer, undo all of it, answer again, reload, submit.

Spans, taxonomies and rankings have gestures of their own, tested beside their other work; the keyboard alone answers
every sample of every type in test_widgets.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from labeling.types import registry
from tests.browser.workbench.sending import carries_an_answer
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_model import ask
from tests.faults import watch
from tests.labeling.types.answers import ASKED

OWN_GESTURES = {"spans", "tree", "ranking"}
VALUE = "() => JSON.stringify(document.querySelector('#stage > *').value())"
IS = "(wanted) => JSON.stringify(document.querySelector('#stage > *')?.value?.()) === wanted"
FIELDS = "#stage :is(textarea, input[type=text])"
Press = Callable[[Locator], None]


def answer_all(page: Page, press: Press) -> None:
    """Give the second answer, where there is one, to every question, and write in every field."""
    for group in page.locator("#stage :is([data-question], .options, .choices)").all():
        points = group.locator(".choice, .scale-point")
        if group.is_visible() and points.count() and not group.locator("input:checked").count():
            press(points.nth(min(1, points.count() - 1)))
    for field in page.locator(FIELDS).all():
        if field.is_visible():
            press(field)
            page.keyboard.press("End")
            page.keyboard.type("1" if field.get_attribute("placeholder") == "0:00:00" else "so")


def undo_all(page: Page, press: Press, empty: str) -> None:
    button = page.get_by_role("button", name="Undo", exact=True)
    for _ in range(30):
        if page.evaluate(VALUE) == empty:
            return
        press(button)
    raise AssertionError(page.evaluate(VALUE))


@pytest.mark.parametrize("name", [name for name in ASKED if name not in OWN_GESTURES])
def test_a_finger_and_a_mouse_give_the_same_answer_and_undo_it(
    browser: Browser, server: tuple[Server, str], name: str
) -> None:
    faults: list[str] = []
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = watch(context.new_page(), faults)
    ask(server, name, ASKED[name].config, ASKED[name].item)
    page.goto(f"{server[1]}/work/label/")
    expect(page.locator("#stage [data-part=question], #stage form").first).to_be_visible()
    empty = page.evaluate(VALUE)
    given = []
    ways: list[Press] = [lambda place: place.tap(), lambda place: place.click()]
    for press in ways:
        answer_all(page, press)
        given.append(page.evaluate(VALUE))
        if press is ways[0]:
            undo_all(page, press, empty)
    assert given[0] == given[1] != empty
    page.reload()
    page.wait_for_function(IS, arg=given[1])
    with page.expect_response(carries_an_answer):
        page.get_by_role("button", name="Submit").tap()
    kind = registry.get(name)
    sent: Any = server[0].answers[0]["answer"]
    assert kind.clean_answer(sent, config=kind.clean_config(ASKED[name].config), item=ASKED[name].item) == sent
    context.close()
    assert faults == []
