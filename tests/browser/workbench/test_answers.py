"""Answering, undoing, correcting: by keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.workbench.stand_in import Server

Opened = Callable[[], Page]
Served = tuple[Server, str]


def number_shown(page: Page) -> int:
    return int((page.locator('[data-bar="task"]').text_content() or "").split()[-1])


def answer(page: Page, key: str) -> int:
    """Press the option's key and Enter; returns the task, once the next one is on screen."""
    number = number_shown(page)
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator('[data-bar="task"]')).not_to_have_text(f"Task {number}")
    return number


def saved(page: Page) -> None:
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")


def test_ten_tasks_are_labeled_by_keyboard_only(bench: Opened, server: Served) -> None:
    page = bench()
    given = {
        answer(page, key): value for key, value in [("1", "yes"), ("2", "no"), ("3", "unsure")] * 3 + [("1", "yes")]
    }
    saved(page)
    expect(page.locator('[data-bar="count"]')).to_have_text("10 / 60")
    stored = {number: each["answer"]["option"] for number, each in server[0].current().items()}
    assert stored == given
    assert len(server[0].answers) == 10


def test_nothing_chosen_is_not_submitted_and_says_so(bench: Opened, server: Served) -> None:
    page = bench()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose one option")).to_be_visible()
    assert not server[0].answers


def test_undo_within_a_task_and_redo(bench: Opened) -> None:
    page = bench()
    for key, checked in [("1", "Yes"), ("2", "No"), ("z", "Yes"), ("Shift+Z", "No")]:
        page.keyboard.press(key)
        expect(page.get_by_role("radio", name=checked, exact=True)).to_be_checked()


def test_a_sent_answer_is_reopened_by_undo_and_the_fix_supersedes_it(bench: Opened, server: Served) -> None:
    page = bench()
    first = answer(page, "1")
    saved(page)
    page.keyboard.press("z")
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {first}")
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    expect(page.locator('.chip[data-only="correction"]')).to_be_visible()
    answer(page, "2")
    saved(page)
    assert [each["answer"]["option"] for each in server[0].answers] == ["yes", "no"]
    assert server[0].current()[first]["supersedes"] == 1


def test_a_correction_can_be_left_as_it_was(bench: Opened, server: Served) -> None:
    page = bench()
    answer(page, "1")
    saved(page)
    second = number_shown(page)
    page.keyboard.press("z")
    expect(page.locator('[data-bar="task"]')).not_to_have_text(f"Task {second}")
    page.keyboard.press("]")
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {second}")
    assert len(server[0].answers) == 1


def test_an_earlier_answer_is_corrected_from_the_drawer(bench: Opened, server: Served) -> None:
    page = bench()
    first = answer(page, "1")
    answer(page, "1")
    saved(page)
    page.keyboard.press("[")
    page.get_by_role("button", name="Correct").nth(1).press("Enter")
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {first}")
    answer(page, "3")
    saved(page)
    assert server[0].current()[first]["answer"] == {"option": "unsure"}


def test_skipping_asks_for_a_reason(bench: Opened, server: Served) -> None:
    page = bench()
    number = number_shown(page)
    page.keyboard.press("s")
    page.keyboard.press("2")
    expect(page.locator('[data-bar="task"]')).not_to_have_text(f"Task {number}")
    saved(page)
    assert server[0].skips == [{"assignment": number, "reason": "broken"}]


def test_an_answer_the_server_finds_invalid_comes_up_again_with_the_reason(bench: Opened, server: Served) -> None:
    page = bench()
    server[0].invalid_once = True
    number = answer(page, "1")
    expect(page.get_by_text("It comes up again next")).to_be_visible()
    answer(page, "2")
    expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {number}")
    expect(page.get_by_text("Not this one.")).to_be_visible()
    answer(page, "2")
    saved(page)
    expect(page.locator('[data-bar="attention"]')).to_be_hidden()
    assert server[0].current()[number]["answer"] == {"option": "no"}


def test_an_answer_found_invalid_comes_up_again_even_after_a_reload(bench: Opened, server: Served) -> None:
    page = bench()
    server[0].invalid_once = True
    number = answer(page, "1")
    expect(page.get_by_text("It comes up again next")).to_be_visible()
    page.reload()
    task = page.locator('[data-bar="task"]')
    expect(page.get_by_text("It comes up again next")).to_be_visible()
    while task.text_content() != f"Task {number}":
        answer(page, "2")
    expect(page.get_by_text("Not this one.")).to_be_visible()
    expect(page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    answer(page, "2")
    saved(page)
    expect(page.locator('[data-bar="attention"]')).to_be_hidden()
    assert server[0].current()[number]["answer"] == {"option": "no"}
    assert len(server[0].current()) == len(server[0].answers)


def test_the_page_without_tasks_can_look_again(page: Page, faults: list[str], server: Served) -> None:
    server[0].total = 0
    page.goto(f"{server[1]}/work/label/")
    expect(page.get_by_role("heading", name="No tasks for you right now")).to_be_visible()
    server[0].total = 3
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#stage [data-part=question]")).to_be_visible()
