"""A project's tabs fit every width in both languages; the review page speaks Japanese throughout."""

import re

from playwright.sync_api import expect

from tests.browser.audit import clean_everywhere
from tests.browser.test_review_page import choices, keep, org, ria, signed_in  # noqa: F401
from tests.factories import make_user
from workers.services.people import change_language

WIDTHS = (1280, 1024, 820)
CUT = """() => [...document.querySelectorAll(".tabs, .subtabs")].filter((row) => row.scrollWidth > row.clientWidth + 1
  || [...row.children].some((link) => link.offsetTop !== row.children[0].offsetTop)).map((row) => row.className)"""


def test_tabs_stand_in_one_line_each_at_every_width_in_both_languages(page, faults, live_server, org):  # noqa: F811
    boss = make_user(org, "manager", "Mo")
    project = choices(org, [make_user(org), make_user(org)], 1)
    signed_in(page, live_server, boss)
    for language in ("en", "ja"):
        change_language(user=boss, language=language)
        page.goto(f"{live_server.url}/projects/{project.pk}/people/")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(CUT) == [], f"{language} {width}"
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
            keep(page, f"tabs-{language}-{width}")
    clean_everywhere(page)
    tabs = page.locator(".project-tabs a")
    expect(tabs).to_have_count(9)
    tabs.nth(3).focus()  # the group
    for _ in "1234":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".subtabs [aria-current=page]")).to_have_text("正解タスクと練習")
    page.emulate_media(color_scheme="light")
    keep(page, "gold-ja-light")


def test_the_review_page_speaks_japanese(page, faults, live_server, org, ria):  # noqa: F811
    change_language(user=ria, language="ja")
    project = choices(org, [make_user(org, "labeler", name) for name in ("アン", "ボブ", "シド")], 2)
    signed_in(page, live_server, ria)
    theirs = {"Lovely", "weather", "number", "Good", "Project", "Enter", "does", "sound", *project.name.split()}
    for size in ((1280, 800), (820, 1180)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{live_server.url}/review/{project.pk}/")
        expect(page.locator(".answer-card").first).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "ja")
        for key in ("j", "3"):
            page.keyboard.press(key)
            shown = re.sub(r"a_\w+", "", page.evaluate("() => document.body.innerText"))
            assert set(re.findall(r"[A-Za-z]{4,}", shown)) <= theirs
            keep(page, f"review-ja-{size[0]}-{key}")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        shown = page.get_by_role("dialog").inner_text()
        assert set(re.findall(r"[A-Za-z]{4,}", shown)) <= {"Enter", "Ctrl", "Shift"}
        page.keyboard.press("Escape")
