"""The history page links to an answer, `/work/label/?correct=<id>`: the workbench opens it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import answer, number_shown, saved

Opened = Callable[[], Page]
Served = tuple[Server, str]


def follow(page: Page, served: Served, answer_id: int | str) -> None:
    page.goto(f"{served[1]}/work/label/?correct={answer_id}")
    expect(page.locator("#stage [data-part=question]")).to_be_visible()


def test_the_answer_of_the_link_is_opened_as_a_correction_and_the_fix_supersedes_it(
    bench: Opened, server: Served
) -> None:
    page = bench()
    first = answer(page, "1")
    answer(page, "1")
    saved(page)
    follow(page, server, 1)
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {first}")
    expect(page.locator('.chip[data-only="correction"]')).to_be_visible()
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    assert "correct=" not in page.url, "a reload goes on with the work"
    answer(page, "3")
    saved(page)
    assert server[0].current()[first] == server[0].answers[-1]
    assert server[0].answers[-1]["answer"] == {"option": "unsure"}
    assert server[0].answers[-1]["supersedes"] == 1


def test_work_goes_on_after_a_linked_correction_is_left_as_it_was(bench: Opened, server: Served) -> None:
    page = bench()
    first = answer(page, "1")
    saved(page)
    follow(page, server, 1)
    page.keyboard.press("]")
    expect(page.locator('[data-bar="task"]')).not_to_have_text(f"Task {first}")
    expect(page.locator('.chip[data-only="correction"]')).to_be_hidden()
    assert number_shown(page) != first
    assert len(server[0].answers) == 1


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("1", "cannot be corrected any more"),
        ("2", "does not stand any more"),
        ("x", "no such answer"),
    ],
    ids=["too late", "superseded", "nonsense"],
)
def test_a_link_that_cannot_be_followed_says_why_and_work_goes_on(
    bench: Opened, server: Served, named: str, said: str
) -> None:
    page = bench()
    first = answer(page, "1")
    saved(page)
    server[0].may_correct = False
    follow(page, server, named)
    expect(page.locator("#toasts").get_by_text(said)).to_be_visible()
    expect(page.locator('.chip[data-only="correction"]')).to_be_hidden()
    assert number_shown(page) != first
