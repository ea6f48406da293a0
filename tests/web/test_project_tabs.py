"""A project's pages are in a few groups; the pages of the group one is in stand below them, for whom may open them."""

import re

import pytest

from tests.factories import make_project, make_user


def links(html: str, name: str) -> list[tuple[str, str]]:
    """Title and `aria-current` of each link of a row."""
    row = re.search(rf'<div class="{name}".*?</div>', html, re.DOTALL)
    found = re.findall(r'<a href="[^"]+"(?: aria-current="(\w+)")?>([^<]+)</a>', row[0]) if row else []
    return [(title, current) for current, title in found]


@pytest.mark.parametrize(
    ("end", "group", "page"),
    [
        ("", "Overview", ""),
        ("exports/", "Results", "Exports"),
        ("people/", "Quality", "People"),
        ("settings/", "Settings", ""),
    ],
)
def test_a_page_is_found_in_its_group(org, max_, sign_in, end, group, page):
    html = sign_in(max_).get(f"/projects/{make_project(org).pk}/{end}").text
    groups, pages = links(html, "tabs"), links(html, "subtabs")
    assert [title for title, _current in groups] == ["Overview", "Results", "Review", "Quality", "Settings"]
    assert [title for title, current in groups if current] == [group]
    assert [title for title, current in pages if current == "page"] == ([page] if page else [])
    assert bool(pages) == bool(page)


def test_whoever_only_reviews_sees_no_tab_they_may_not_open(org, sign_in, mia):
    project = make_project(org)
    reviewer = sign_in(make_user(org, "reviewer")).get(f"/projects/{project.pk}/review/").text
    assert links(reviewer, "tabs") == [("Review", "page")]
    looks = sign_in(mia).get(f"/projects/{project.pk}/").text
    assert [title for title, _current in links(looks, "tabs")] == ["Overview", "Results", "Quality"]
