"""The batches of a project, which move while they are looked at."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tasks.models import Batch
from tasks.scale.own_batches import create_own_batch
from tests.browser.test_review_page import signed_in
from tests.factories import make_org, make_project, make_user

REFRESH = "() => document.querySelector('[data-live-merge]').dispatchEvent(new Event('refresh'))"
NAMES = "() => [...document.querySelectorAll('[data-batches] tbody tr')].map((row) => row.dataset.name).join()"


@pytest.fixture
def org(transactional_db):  # the page's server has connections of its own
    return make_org("Lab")


def test_batches_move_under_the_reader_who_keeps_the_focus_and_what_is_dragged(page, faults, live_server, org):
    boss = make_user(org, "manager", "Max")
    project = make_project(org)
    first, second, _third = (
        create_own_batch(project=project, name=name, kind="production", actor=boss, now=timezone.now())
        for name in "abc"
    )
    signed_in(page, live_server, boss)
    page.goto(f"{live_server.url}/projects/{project.pk}/batches/")
    down = page.get_by_role("button", name="Move a down")
    down.focus()
    Batch.objects.filter(pk=first.pk).update(state="paused", place=9)
    Batch.objects.filter(pk=second.pk).update(name="<b>", place=1)
    page.evaluate(REFRESH)
    row = page.locator("tr", has=page.get_by_role("link", name="a", exact=True))
    expect(row).to_contain_text("Paused")
    expect(row).to_have_attribute("draggable", "true")
    expect(page.locator("[data-batches] tbody tr").first).to_have_attribute("data-name", "<b>")
    up = page.get_by_role("button", name="Move a up")
    expect(up).to_be_focused()  # the last row goes no further down

    page.locator("tr", has=page.get_by_role("link", name="c", exact=True)).locator("[data-drag]").hover()
    page.mouse.down()
    for _ in "12":  # the first move begins the drag
        page.locator("[data-name='<b>']").hover(position={"x": 200, "y": 4}, force=True)
    expect(page.locator("[data-batches] tbody tr").first).to_have_class("is-dragged")
    Batch.objects.filter(pk=second.pk).update(name="far")
    with page.expect_response("**/batches/live/") as reply:
        page.evaluate(REFRESH)
    reply.value.finished()
    assert page.evaluate(NAMES) == "c,<b>,a", "nothing changes while a row is held"
    page.mouse.up()
    expect(page.locator("[data-name=far]")).to_have_count(1)
    assert page.evaluate(NAMES) == "c,far,a"
    assert list(Batch.objects.order_by("place").values_list("name", flat=True)) == ["c", "far", "a"]
