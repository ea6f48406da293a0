"""Nothing is lost and nothing counts twice, whatever the network does."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import answer, number_shown, saved

Opened = Callable[[], Page]
Served = tuple[Server, str]
EXCHANGE = "**/api/v1/work/exchange"


def carries_answers(request: Request) -> bool:
    return request.url.endswith("/work/exchange") and bool(json.loads(request.post_data or "{}").get("answers"))


def test_answers_given_offline_are_stored_once_each_when_the_network_is_back(bench: Opened, server: Served) -> None:
    page = bench()
    page.context.set_offline(True)
    given = [answer(page, key) for key in ("1", "2")]
    expect(page.locator('[data-bar="state"]')).to_contain_text("Offline, 2 kept on this device")
    assert not server[0].answers
    page.context.set_offline(False)
    saved(page)
    expect(page.locator('[data-bar="count"]')).to_have_text("2 / 60")
    assert [each["assignment"] for each in server[0].answers] == given


def test_an_answer_that_never_left_is_taken_back_whole(bench: Opened, server: Served) -> None:
    page = bench()
    page.context.set_offline(True)
    number = answer(page, "1")
    expect(page.locator('[data-bar="state"]')).to_contain_text("1 kept")
    page.keyboard.press("z")
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {number}")
    expect(page.locator('.chip[data-only="correction"]')).to_be_hidden()
    answer(page, "2")
    page.context.set_offline(False)
    saved(page)
    expect(page.locator('[data-bar="count"]')).to_have_text("1 / 60")
    assert [each["answer"]["option"] for each in server[0].answers] == ["no"]


def test_a_reply_cut_after_the_server_stored_it_does_not_store_twice(bench: Opened, server: Served) -> None:
    page = bench()
    cut: list[int] = []

    def store_then_cut(route: Route) -> None:
        route.fetch()
        cut.append(1)
        route.abort()

    page.route(EXCHANGE, store_then_cut, times=1)
    answer(page, "1")
    expect(page.locator('[data-bar="count"]')).to_have_text("1 / 60")
    saved(page)
    assert cut
    assert len(server[0].answers) == 1
    assert sum(len(call["answers"]) for call in server[0].calls) == 2


def test_undo_while_the_fate_of_an_answer_is_unknown_becomes_a_correction(bench: Opened, server: Served) -> None:
    page = bench()
    page.route(EXCHANGE, lambda route: route.abort())
    with page.expect_request(carries_answers):  # until then it is on this device only, and would be taken back whole
        number = answer(page, "1")
    page.keyboard.press("z")
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {number}")
    answer(page, "2")
    expect(page.locator('[data-bar="state"]')).to_contain_text("2 to send")
    page.unroute(EXCHANGE)
    saved(page)
    assert server[0].current()[number]["answer"] == {"option": "no"}
    assert len(server[0].answers) == 2


def test_a_reload_keeps_the_unsent_answer_and_the_draft(bench: Opened, server: Served) -> None:
    page = bench()
    page.route(EXCHANGE, lambda route: route.abort())
    number = answer(page, "1")
    expect(page.locator('[data-bar="state"]')).to_contain_text("1 to send")
    drafted = number_shown(page)
    page.keyboard.press("3")
    page.unroute(EXCHANGE)
    page.reload()
    saved(page)
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {drafted}")
    expect(page.get_by_role("radio", name="Not sure", exact=True)).to_be_checked()
    assert [each["assignment"] for each in server[0].answers] == [number]


def test_tasks_fetched_ahead_are_given_back_on_leaving(bench: Opened, server: Served) -> None:
    page = bench()
    shown = number_shown(page)
    page.goto("about:blank")
    assert server[0].got_returns.wait(10)
    assert shown not in server[0].returned
    (farewell,) = [body for body in server[0].calls if body["returns"]]
    assert farewell["as_of"] == "2026-01-02T10:00:00Z"  # the server's own: it tells what was taken up since


def test_a_second_tab_gets_other_tasks(bench: Opened, server: Served) -> None:
    page = bench()
    other = page.context.new_page()
    other.goto(f"{server[1]}/work/label/")
    expect(other.locator("#stage [data-part=question]")).to_be_visible()
    assert number_shown(other) != number_shown(page)
