"""The pages of people, help and the API reference: under the real policy, and accessible."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import make_user
from workers.services import groups, invitations
from workers.services.keys import create_key

PASSWORD = "a-long-unusual-phrase"


@pytest.fixture
def boss(org):
    user = make_user(org, "admin", "Boss")
    user.set_password(PASSWORD)
    user.save()
    groups.create(organization=org, name="Night", user_ids=[user.pk], actor=user)
    create_key(organization=org, mode="live", name="CI", created_by=user)
    invitations.invite(
        organization=org, email="i@example.org", role="labeler", actor=user, actor_role="admin", now=timezone.now()
    )
    make_user(org, "labeler", "Lea")
    return user


def sign_in(page, live_server, user):
    page.goto(f"{live_server.url}/accounts/sign-in/?next=/accounts/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_a_call_of_the_api_reference_opens_and_shows_its_fields(page, faults, live_server):
    page.goto(live_server.url + "/api/docs/")
    page.get_by_text("/api/v1/keys", exact=True).nth(1).click()
    expect(page.get_by_role("rowheader", name="scope", exact=True)).to_be_visible()


def test_inviting_and_joining_by_the_link(page, faults, live_server, boss, browser, settings):
    settings.PUBLIC_URL = live_server.url
    sign_in(page, live_server, boss)
    page.goto(live_server.url + "/people/")
    form = page.get_by_role("region", name="Invite somebody")
    form.get_by_label("E-mail address").fill("nia@example.org")
    form.get_by_role("button", name="Invite").click()
    link = page.locator("#new-link").inner_text()
    stranger = browser.new_context().new_page()
    stranger.goto(link)
    stranger.get_by_label("Your name").fill("Nia")
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.get_by_role("button", name="Join").click()
    expect(stranger.get_by_text("Welcome to Lab.")).to_be_visible()
