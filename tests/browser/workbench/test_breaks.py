"""Time on task and breaks, by a clock the test moves: active work counts, a pause is a rest, reminders never block."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import clean
from tests.browser.workbench.sending import carries_an_answer
from tests.browser.workbench.stand_in import Server

REMINDER = "A short break is good for eyes and hands."


@pytest.fixture
def bench(page: Page, faults: list[str], server: tuple[Server, str]) -> Callable[[], Page]:
    """As in conftest, but the page's clock stands still until the test moves it."""

    def opened() -> Page:
        page.goto(f"{server[1]}/work/label/")
        page.clock.run_for(1000)
        expect(page.locator("#stage [data-part=question]")).to_be_visible()
        page.clock.run_for(1000)
        return page

    page.clock.install(time="2026-01-05T09:00:00")
    return opened


def work(page: Page, minutes: float) -> None:
    """A sign of life every 20 seconds."""
    page.evaluate("() => dispatchEvent(new PointerEvent('pointermove'))")
    for _ in range(round(minutes * 3)):
        page.clock.run_for(20_000)
        page.evaluate("() => dispatchEvent(new PointerEvent('pointermove'))")


def test_fifty_minutes_of_work_are_enough_and_a_pause_is_a_rest(bench: Callable[[], Page]) -> None:
    page = bench()
    toasts = page.locator("#toasts")
    work(page, 30)
    page.clock.run_for(9 * 60_000)  # too short for a rest; nobody worked meanwhile
    work(page, 19)
    expect(toasts).to_be_empty()
    page.keyboard.press("1")
    page.reload()  # a reload starts nothing anew
    page.clock.run_for(1000)
    work(page, 2)
    expect(toasts).to_have_role("status")
    expect(toasts).to_contain_text("You have worked for 50 minutes. " + REMINDER)
    page.keyboard.press("2")  # the work goes on under it
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    clean(page)
    page.get_by_role("button", name="Dismiss").click()
    expect(toasts).to_be_empty()
    work(page, 15)
    expect(toasts).to_be_empty()  # said once
    work(page, 7)
    expect(toasts).to_contain_text("You have worked for 70 minutes.")
    page.clock.run_for(11 * 60_000)
    expect(toasts).to_be_empty()  # rested: it goes by itself
    work(page, 45)
    expect(toasts).to_be_empty()


def test_the_server_may_say_it_first_and_once(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    server[0].break_due = True
    page = bench()
    expect(page.locator("#toasts")).to_contain_text("You have worked for 50 minutes. " + REMINDER)
    page.get_by_role("button", name="Dismiss").click()
    for n in range(2):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.clock.run_for(1000)
        expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {n + 2}")
    expect(page.locator("#toasts")).to_be_empty()


def test_the_bar_shows_active_time_on_the_task_and_today(bench: Callable[[], Page], server: tuple[Server, str]) -> None:
    page = bench()
    work(page, 2)
    page.clock.run_for(10 * 60_000)  # idle: at most half a minute more of it counts
    expect(page.locator('[data-bar="task-time"]')).to_have_text(re.compile("2:3[0-2]"))
    expect(page.locator('[data-bar="today"]')).to_have_text("today 1 h 7 min")
    with page.expect_response(carries_an_answer):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.clock.run_for(2000)
    expect(page.locator('[data-bar="task"]')).to_have_text("Task 2")
    expect(page.locator('[data-bar="task-time"]')).to_have_text(re.compile("0:0[0-3]"))
    [answer] = server[0].answers
    assert 150_000 <= answer["active_ms"] <= 154_000
