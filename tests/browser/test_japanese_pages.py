"""The annotators' pages in Japanese: nothing of ours is left in English, all of it fits, axe finds nothing."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.audit import clean_everywhere
from tests.factories import make_answer, make_project, make_task, make_user
from tests.faults import watch
from workers.services.people import change_language

PAGES = ("/work/", "/work/history/", "/accounts/", "/accounts/password/", "/help/annotators/", "/accounts/sign-in/")
THEIRS = ("Groundwork", "Reviews", "Enter", "Shift", "Ctrl", "Space", "English", "Fine", "good", "Sentence")
WORDS = "() => document.body.innerText"


@pytest.mark.parametrize("size", [(1280, 800), (390, 800)], ids=["desk", "phone"])
def test_the_annotators_pages_speak_japanese(
    browser: Browser, live_server: Any, org: Any, sign_in: Any, size: tuple[int, int]
) -> None:
    ann = make_user(org, "labeler", "アン")
    change_language(user=ann, language="ja")
    project = make_project(org, name="Reviews", end_use="", guideline="")
    make_answer(make_task(project), ann)
    make_task(project)
    faults: list[str] = []
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    session = sign_in(ann).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = watch(context.new_page(), faults)
    for address in PAGES:
        page.goto(live_server.url + address)
        expect(page.locator("html")).to_have_attribute("lang", "ja")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), address
        clean_everywhere(page)
        left = set(re.findall(r"[A-Za-z]{4,}", page.evaluate(WORDS))) - {*THEIRS, org.name}
        assert not {word for word in left if word not in ann.email}, f"{address}: {left}"
    page.goto(live_server.url + "/work/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    context.close()
    assert faults == []
