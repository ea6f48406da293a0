"""From a suggested answer and a comment to what the requester reads: on the real server, and accessible."""

import pytest
from playwright.sync_api import Page, expect

from tasks.models import Answer, Comment, Task
from tasks.services import launching
from tests.browser.audit import clean_everywhere
from tests.browser.test_people_pages import PASSWORD, sign_in
from tests.factories import NOW, make_answer, make_comment, make_dataset, make_item, make_org, make_project, make_user


@pytest.fixture
def org(transactional_db):  # the page's server has connections of its own
    return make_org("Lab")


def person(org, role, name):
    user = make_user(org, role, name)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def project(org):
    """Three tasks: one with a suggestion, one whose suggestion is no answer, one without."""
    project, dataset = make_project(org, name="Reviews", guideline="Be fair."), make_dataset(org)
    for n, given in enumerate([{"option": "bad"}, {"option": "ugly"}, None]):
        make_item(dataset, data={"text": f"Text {n}", "hypothesis": given}, key=f"item-{n}")
    launching.launch(project=project, dataset=dataset, actor=None, now=NOW)
    return project


def test_a_suggestion_is_accepted_and_a_comment_answered(page: Page, faults, live_server, org, project):
    sign_in(page, live_server, person(org, "labeler", "Lea"))
    page.goto(f"{live_server.url}/work/label/")
    expect(page.locator("[data-part=suggestion]")).to_contain_text("Suggested")
    page.keyboard.press("f")
    page.get_by_label("Comment", exact=True).fill("Is irony bad?")
    page.get_by_role("button", name="Send").click()
    page.keyboard.press("Enter")
    expect(page.locator('[data-bar="count"]')).to_have_text("1 / 60")
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")
    expect(page.locator("[data-part=suggestion]")).to_have_count(0)
    assert Answer.objects.get().suggestion_outcome == "accepted"
    comment = Comment.objects.get()

    page.context.clear_cookies()
    sign_in(page, live_server, person(org, "manager", "Mo"))
    page.goto(f"{live_server.url}/projects/{project.pk}/comments/")
    page.get_by_label("Reply").fill("Yes, it is.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Resolved", exact=True).last).to_be_visible()
    comment.refresh_from_db()
    assert (comment.reply, comment.resolved_at is None) == ("Yes, it is.", False)


def test_the_requesters_pages_are_accessible(page: Page, faults, live_server, org, project):
    task = Task.objects.order_by("pk")[0]
    lea = make_user(org, "labeler", "Lea")
    make_answer(task, lea, {"option": "bad"}, suggestion_outcome="accepted")
    make_comment(task, lea, "Is irony bad?", reply="Yes.", replied_at=NOW, resolved_at=NOW)
    make_comment(task, lea, "And sarcasm?", kind="guideline")
    sign_in(page, live_server, person(org, "manager", "Mo"))
    for end in ("", "comments/", "suggestions/", f"tasks/{task.pk}/", "results/", "settings/"):
        page.goto(f"{live_server.url}/projects/{project.pk}/{end}")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        clean_everywhere(page)


def test_the_annotators_history_with_comments_is_accessible(page: Page, faults, live_server, org, project):
    lea = person(org, "labeler", "Lea")
    make_comment(Task.objects.order_by("pk")[0], lea, "Is irony bad?", reply="Yes.", replied_at=NOW)
    sign_in(page, live_server, lea)
    page.goto(f"{live_server.url}/work/history/")
    expect(page.get_by_role("region", name="Your comments")).to_contain_text("Yes.")
    clean_everywhere(page)
