"""Model-output types and the form, as people use them: by keyboard, mouse and finger, and what is stored of it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.types import registry
from tests.browser.audit import clean_everywhere
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_answers import saved
from tests.browser.workbench.test_widgets import MOUNT, in_browser

Opened = Callable[[], Page]
Served = tuple[Server, str]
MODEL = [name for name, kind in registry.all().items() if kind.family in ("model", "form")]
PAIR = {"prompt": "Hi?", "responses": ["First of the item", "Second of the item"]}
VALUE = "() => document.querySelector('#stage > *').value()"


def ask(served: Served, name: str, config: dict[str, Any], item: dict[str, Any]) -> None:
    shown = in_browser(name, item)
    del shown["id"]
    served[0].ask(name, config, shown)


def stored(page: Page, served: Served) -> dict[str, Any]:
    saved(page)
    expect(page.locator('[data-bar="count"]')).to_have_text("1 / 60")
    (answer,) = served[0].answers
    registry.get(served[0].kind).clean_answer(
        answer["answer"],
        config=registry.get(served[0].kind).clean_config(served[0].config),
        item=(served[0].item or {}).get("data", {}),
    )
    found: dict[str, Any] = answer["answer"]
    return found


def test_axe_finds_nothing_while_something_is_missing(bench: Opened, page: Page) -> None:
    bench()
    for name in MODEL:
        kind = registry.get(name)
        sample = kind.samples()[0]  # the gallery's test sees all of them
        page.evaluate(MOUNT, [name, kind.clean_config(sample["config"]), in_browser(name, sample["item"])])
        page.keyboard.press(sample["keys"][0] if isinstance(sample["keys"][0], str) else "Tab")
        page.evaluate("() => contract.element.showProblems(contract.element.problems())")
        clean_everywhere(page)


def test_a_preference_is_stored_by_response_and_the_order_survives_a_reload(bench: Opened, server: Served) -> None:
    ask(server, "comparison", {"question": "Which?", "scale": 5, "criteria": [{"name": "style"}]}, PAIR)
    page = bench()
    heads = page.locator(".pair .pane-body")
    before = heads.all_text_contents()
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="Response 1 is much better").first).to_be_checked()
    expect(page.locator('[data-question="preference"] input').first).to_be_focused()
    page.reload()
    expect(page.get_by_role("radio", name="Response 1 is much better").first).to_be_checked()
    assert heads.all_text_contents() == before
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    left = PAIR["responses"].index(before[0])
    assert stored(page, server) == {
        "preference": "ab"[left], "strength": 1,
        "criteria": {"style": {"preference": "ab"[left], "strength": 2}},
        "justification": "", "order": [left, 1 - left],
    }  # fmt: skip


def test_both_bad_stands_apart_from_the_seven_points_and_says_so(bench: Opened, server: Served) -> None:
    config = {"question": "Which?", "scale": 7, "both_bad": True, "criteria": [{"name": "style"}]}
    ask(server, "comparison", config, PAIR)
    page = bench()
    points = page.locator('[data-question="criteria.style"] .scale-point')
    assert points.all_text_contents() == ["1", "2", "3", "4", "5", "6", "7", "Both bad"]
    text = points.last.locator(".scale-text")
    assert text.evaluate("(each) => each.scrollWidth <= each.clientWidth"), "it is not cut"
    end, seventh = page.locator(".scale-ends span").last.bounding_box(), points.nth(6).bounding_box()
    assert end and seventh and end["x"] + end["width"] == pytest.approx(seventh["x"] + seventh["width"], abs=1)
    page.keyboard.press("8")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    assert stored(page, server)["criteria"] == {"style": {"preference": "both_bad", "strength": 0}}


def test_positions_differ_from_task_to_task(bench: Opened, server: Served) -> None:
    ask(server, "comparison", {"question": "Which?", "scale": 2}, PAIR)
    page = bench()
    seen = set()
    for number in range(1, 9):
        expect(page.locator('[data-bar="task"]')).to_have_text(f"Task {number}")
        seen.add(tuple(page.locator(".pair .pane-body").all_text_contents()))
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    assert len(seen) == 2
    saved(page)
    assert {answer["answer"]["preference"] for answer in server[0].answers} == {"a", "b"}


def test_arrows_move_along_the_scale_and_undo_goes_back(bench: Opened, server: Served) -> None:
    ask(server, "comparison", {"question": "Which?", "scale": 3}, PAIR)
    page = bench()
    for key, name in [("ArrowRight", "Response 1 is better"), ("ArrowRight", "About the same"), ("z", "Response 1 is")]:
        page.keyboard.press(key)
        expect(page.get_by_role("radio", name=name)).to_be_checked()
    page.keyboard.press("Shift+Z")
    expect(page.get_by_role("radio", name="About the same")).to_be_checked()


def test_what_is_missing_is_named_and_gets_the_focus(bench: Opened, server: Served) -> None:
    config = {"question": "Rate.", "criteria": [{"name": "a", "label": "Truth"}, {"name": "b", "label": "Tone"}]}
    ask(server, "rating", config, {"response": "Yes."})
    page = bench()
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Tone: not answered yet")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    assert stored(page, server) == {"ratings": {"a": 4, "b": 2}, "justifications": {}}


def test_a_click_rates_and_moves_on_and_an_optional_rating_is_taken_back(bench: Opened, server: Served) -> None:
    config = {"question": "Rate.", "criteria": [{"name": "a"}, {"name": "b", "required": False}]}
    ask(server, "rating", config, {"response": "Yes."})
    page = bench()
    page.locator('[data-question="a"] .scale-point').nth(2).click()
    expect(page.locator('[data-question="b"] input').first).to_be_focused()
    page.keyboard.press("5")
    assert page.evaluate(VALUE)["ratings"] == {"a": 3, "b": 5}
    page.keyboard.press("5")
    assert page.evaluate(VALUE)["ratings"] == {"a": 3}
    page.keyboard.press("z")
    assert page.evaluate(VALUE)["ratings"] == {"a": 3, "b": 5}


def drag(page: Page, source: int, target: int, share: float) -> None:
    """Drag a row of the ranking with the mouse to a share of another row's height."""
    rows = page.locator(".rank")
    start, end = rows.nth(source).bounding_box(), rows.nth(target).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] * share, steps=5)
    page.mouse.up()


def test_responses_are_ranked_by_dragging_and_tied_by_dropping_on_each_other(bench: Opened, server: Served) -> None:
    ask(server, "ranking", {"question": "Order?", "ties": True}, {"responses": ["r0", "r1", "r2"]})
    page = bench()
    shown = page.locator(".rank-words").all_text_contents()
    first, second, third = (int(text[1]) for text in shown)
    drag(page, 2, 0, 0.1)
    assert page.locator(".rank-words").all_text_contents() == [shown[2], shown[0], shown[1]]
    drag(page, 2, 1, 0.5)
    page.keyboard.press("Enter")
    ranks = [0, 0, 0]
    ranks[third], ranks[first], ranks[second] = 1, 2, 2
    assert stored(page, server) == {"ranks": ranks, "order": [first, second, third], "justification": ""}


def test_a_finger_drags_by_the_grip(bench: Opened, server: Served) -> None:
    ask(server, "ranking", {"question": "Order?"}, {"responses": ["r0", "r1", "r2"]})
    page = bench()
    shown = page.locator(".rank-words").all_text_contents()
    grip, last = page.locator(".rank-grip").first.bounding_box(), page.locator(".rank").nth(2).bounding_box()
    assert grip and last
    x, y = grip["x"] + 5, grip["y"] + 10
    session = page.context.new_cdp_session(page)
    for kind, at in [("touchStart", y), ("touchMove", y + 40), ("touchMove", last["y"] + last["height"] * 0.9)]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": at}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".rank-words").nth(2)).to_have_text(shown[0])
    page.keyboard.press("z")
    expect(page.locator(".rank-words").nth(0)).to_have_text(shown[0])
    assert page.evaluate(VALUE)["ranks"] == [None] * 3


def test_ranks_without_ties_change_places(bench: Opened, server: Served) -> None:
    ask(server, "ranking", {"question": "Order?"}, {"responses": ["r0", "r1", "r2"]})
    page = bench()
    first, second, third = (int(text[1]) for text in page.locator(".rank-words").all_text_contents())
    for key in "1", "2", "3", "j", "1":
        page.keyboard.press(key)
    ranks = page.evaluate(VALUE)["ranks"]
    assert {first: ranks[first], second: ranks[second], third: ranks[third]} == {first: 3, second: 2, third: 1}


def test_a_rewrite_shows_its_changes_and_is_sent_from_the_text_field(bench: Opened, server: Served) -> None:
    ask(server, "rewrite", {"question": "Correct."}, {"prompt": "Capital?", "response": "It is Sydney, of course."})
    page = bench()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="say that it needs no change")).to_be_visible()
    page.get_by_label("Response", exact=True).fill("It is Canberra, of course.")
    expect(page.locator(".diff del")).to_have_text("Sydney")
    expect(page.locator(".diff ins")).to_have_text("Canberra")
    page.keyboard.press("Control+Enter")
    assert stored(page, server) == {"response": "It is Canberra, of course.", "is_unchanged": False}


def test_needs_no_change_brings_the_given_response_back(bench: Opened, server: Served) -> None:
    ask(server, "rewrite", {"question": "Correct."}, {"response": "Fine as it is."})
    page = bench()
    field = page.get_by_label("Response", exact=True)
    field.fill("Broken")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(field).to_have_value("Fine as it is.")
    page.keyboard.press("Enter")
    assert stored(page, server) == {"response": "Fine as it is.", "is_unchanged": True}


def test_a_written_draft_is_there_after_a_reload(bench: Opened, server: Served) -> None:
    ask(server, "response", {"question": "Answer.", "min_words": 3}, {"prompt": "Why?"})
    page = bench()
    page.keyboard.type("Because of")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="write at least 3 words")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Response", exact=True)).to_have_value("Because of")
    page.keyboard.type(" rain.")
    page.keyboard.press("Control+Enter")
    assert stored(page, server) == {"response": "Because of rain."}


def test_a_conversation_is_rated_message_by_message(bench: Opened, server: Served) -> None:
    messages = [{"role": role, "content": f"{role} {n}"} for n in range(2) for role in ("user", "assistant")]
    config = {"question": "Rate.", "message_criteria": [{"name": "good"}], "overall_criteria": [{"name": "all"}]}
    ask(server, "conversation", config, {"messages": messages})
    page = bench()
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    missing = ["Message 4, Assistant, good: not answered yet", "The whole conversation, all: not answered yet"]
    expect(page.locator("[data-part=problems] > li")).to_have_text(missing)
    for key in "3", "k", "k", "4", "Enter":
        page.keyboard.press(key)
    expect(page.get_by_role("alert").filter(has_text="all: not answered yet")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    assert stored(page, server) == {
        "messages": {"1": {"good": 4}, "3": {"good": 3}}, "turns": {}, "overall": {"all": 2}, "justifications": {},
    }  # fmt: skip


def test_harmless_is_said_and_a_category_takes_it_back(bench: Opened, server: Served) -> None:
    config = {
        "question": "Harms?",
        "categories": [{"value": "hate"}, {"value": "fraud"}],
        "severities": ["low", "high"],
    }
    ask(server, "harm", config, {"response": "Send me your card number."})
    page = bench()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Name a category")).to_be_visible()
    page.keyboard.press("n")
    assert page.evaluate(VALUE)["is_safe"] is True
    page.get_by_role("group", name="fraud").get_by_role("radio", name="high").check()
    expect(page.get_by_role("checkbox", name="Nothing harmful")).not_to_be_checked()
    page.keyboard.press("Enter")
    assert stored(page, server) == {"categories": {"fraud": "high"}, "is_safe": False, "note": ""}


def test_fields_of_a_form_come_and_go_and_hidden_ones_are_not_stored(bench: Opened, server: Served) -> None:
    fields = [
        {"type": "boolean", "field_id": "late", "title": "Late?"},
        {"type": "number", "field_id": "days", "title": "Days", "is_integer": True, "conditions": {"late": True}},
        {"type": "ranking_order", "field_id": "order", "title": "Order", "choices": ["p", "q", "r"]},
        {"type": "range", "field_id": "ages", "title": "Ages", "min": 0, "max": 99},
        {"type": "date", "field_id": "day", "title": "Day"},
    ]
    item = {
        "attachments": [{"type": "markdown", "content": "**Bold**"}, {"type": "website", "content": "https://x.test/"}]
    }
    ask(server, "textcollection", {"title": "Form", "fields": fields}, item)
    page = bench()
    expect(page.locator(".pane strong")).to_have_text("Bold")
    expect(page.get_by_role("link", name="https://x.test/")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_label("Days")).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="No", exact=True).check()
    expect(page.get_by_label("Days")).to_be_hidden()
    for choice, place in [("p", "1"), ("q", "2"), ("r", "3"), ("r", "1")]:
        page.get_by_label(choice, exact=True).select_option(place)
    page.get_by_label("From").fill("7")
    page.get_by_label("To").fill("9")
    page.get_by_label("Day", exact=True).fill("2026-02-28")
    page.keyboard.press("Control+Enter")
    assert stored(page, server)["annotations"] == {
        "late": [False], "order": ["r", "q", "p"], "ages": [7, 9], "day": ["2026-02-28"],
    }  # fmt: skip
