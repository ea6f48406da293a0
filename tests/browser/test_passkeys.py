"""A passkey, made and used by Chromium's own virtual authenticator: under the real policy, by the real script."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from labeling.outbox.models import Event
from tests.browser.audit import clean_everywhere
from tests.factories import make_user

PASSWORD = "a-long-unusual-phrase"


@pytest.fixture
def pat(org):
    user = make_user(org, "admin", "Pat")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def reader(page):
    """A device with a fingerprint reader, as the browser sees it."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    able = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": able})

    def finger(right):
        verified = {"authenticatorId": key["authenticatorId"], "isUserVerified": right}
        protocol.send("WebAuthn.setUserVerified", verified)

    return finger


def by_password(page, user):
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_passkey_is_added_signs_in_alone_and_is_a_second_step(page, faults, live_server, pat, reader):
    page.goto(live_server.url + "/accounts/sign-in/?next=/accounts/security/passkey/")
    by_password(page, pat)
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("These are shown only now.")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("button", name="Remove My phone")).to_be_visible()
    clean_everywhere(page)
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/projects/")
    page.get_by_role("button", name="Sign out").click()

    by_password(page, pat)
    clean_everywhere(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/projects/")
    page.get_by_role("button", name="Sign out").click()

    reader(False)  # somebody else's finger
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The browser gave no passkey")
    assert [event.payload["how"] for event in Event.objects.filter(kind="user.signed_in").order_by("id")] == [
        "password",
        "webauthn",
        "webauthn",
    ]
    assert Authenticator.objects.get(type="webauthn").last_used_at
