"""Codes and recovery codes. Who needs them: test_second_factor_rule.py. Passkeys: tests/browser/test_passkeys.py."""

import base64
import json
import re
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.outbox.models import Event
from tests.factories import make_org, make_user
from workers import second_factors
from workers.services import second_factors as services

PASSWORD = "a-long-unusual-phrase"
RULE = {"second_factor_for": "admins"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def pat(org):
    return with_password(make_user(org, "admin", "Pat"))


@pytest.fixture
def clock(monkeypatch):
    """`clock(+60)`: time goes on, as one-time codes see it."""
    now = [1_764_000_000.0]
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: now[0]))

    def later(seconds):
        now[0] += seconds

    return later


@pytest.fixture
def codes(pat, clock):
    """Pat has an app with SECRET and these recovery codes."""
    found = services.add_app(user=pat, secret=SECRET, code=second_factors.code_of_now(SECRET), now=timezone.now())
    clock(90)
    return found


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def first_step(client, user, password=PASSWORD, **more):
    return client.post("/accounts/sign-in/", {"username": user.email, "password": password} | more)


def confirm(client, ago=0):
    """The person showed who they are that many seconds ago."""
    session = client.session
    session["confirmed_at"] = time.time() - ago
    session.save()
    return client


def second_step(client, code):
    return client.post("/accounts/sign-in/second/", {"code": code})


def is_in(client):
    return client.get("/accounts/").status_code == 200


def in_base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def told(kind):
    return list(Event.objects.filter(kind=kind).order_by("id"))


def test_an_app_is_added_with_its_code_and_recovery_codes_are_shown_once(pat, client):
    first_step(client, pat)
    page = client.get("/accounts/security/app/")
    assert "data:image/png;base64," in page.text
    assert "no-store" in page["Cache-Control"]
    secret = re.search(r'id="totp-key">([A-Z2-7 ]+)<', page.text).group(1).replace(" ", "")
    assert client.post("/accounts/security/app/", {"code": "000000"}).status_code == 400
    shown = client.post("/accounts/security/app/", {"code": second_factors.code_of_now(secret)}, follow=True)
    assert len(re.findall(r"^\d{4} \d{4}$", re.search(r"<pre[^>]*>(.*?)</pre>", shown.text, re.S)[1], re.M)) == 10
    assert not re.search(r"\d{4} \d{4}", client.get("/accounts/security/").text)
    again = client.get("/accounts/security/recovery-codes/")
    assert (again.status_code, again["Location"]) == (302, "/accounts/security/"), "a reload shows and makes none"
    assert len(told("user.second_factor_added")) == 1
    assert secret not in str(Authenticator.objects.get(type="totp").data), "kept encrypted"


def test_signing_in_takes_password_and_code(pat, codes, client):
    assert first_step(client, pat, next="/help/")["Location"] == "/accounts/sign-in/second/"
    assert not is_in(client)
    assert second_step(client, "123456").status_code == 400
    assert second_step(client, second_factors.code_of_now(SECRET))["Location"] == "/help/"
    assert is_in(client)
    assert [each.payload["how"] for each in told("user.signed_in")] == ["totp"]


def test_a_code_works_once_and_for_as_long_as_clocks_may_differ(pat, codes, clock):
    code = second_factors.code_of_now(SECRET)
    clock(30)
    assert services.use_code(user=pat, code=f" {code[:3]} {code[3:]}", now=timezone.now()) == "totp"
    assert services.use_code(user=pat, code=code, now=timezone.now()) == ""
    late = second_factors.code_of_now(SECRET)
    clock(61)
    assert services.use_code(user=pat, code=late, now=timezone.now()) == ""


def test_a_recovery_code_works_once_and_is_told_by_mail(pat, codes, django_capture_on_commit_callbacks):
    for expected in (302, 400):
        client = Client()
        first_step(client, pat)
        with django_capture_on_commit_callbacks(execute=True):
            assert second_step(client, codes[3]).status_code == expected
    assert [message.to for message in mail.outbox] == [[pat.email]]


@pytest.mark.parametrize("code", ["", "abcdef", "１２３４５６", "1" * 500, "\0"])
def test_what_is_no_code_is_refused_in_words(pat, codes, client, code):
    first_step(client, pat)
    assert second_step(client, code).status_code == 400


def test_the_second_step_needs_the_first_and_is_over_after_a_while(pat, codes, client, monkeypatch):
    assert second_step(client, codes[0])["Location"] == "/accounts/sign-in/"
    first_step(client, pat)
    monkeypatch.setattr("workers.web.signing_in.PATIENCE", -1)
    assert second_step(client, codes[0])["Location"] == "/accounts/sign-in/"
    assert not is_in(client)


@pytest.mark.parametrize("change", ["deactivated", "new password"])
def test_who_may_not_sign_in_any_more_does_not_get_past_the_second_step(pat, codes, client, change):
    first_step(client, pat)
    if change == "deactivated":
        pat.is_active = False
    else:
        pat.set_password("another-unusual-phrase")
    pat.save()
    assert second_step(client, codes[0])["Location"] == "/accounts/sign-in/"


def test_wrong_codes_and_passwords_lock_out_together(pat, codes, client):
    for _ in range(5):
        first_step(client, pat, "wrong")
    first_step(client, pat)
    replies = [second_step(client, "123456").status_code for _ in range(5)]
    assert replies == [400, 400, 400, 400, 429]
    assert second_step(client, codes[0]).status_code == 429
    assert first_step(client, pat).status_code == 429
    assert [len(told(f"user.{kind}")) for kind in ("sign_in_failed", "locked_out", "signed_in")] == [10, 1, 0]
    assert told("user.locked_out")[0].payload == {"address": "127.0.0.1"}


def test_codes_are_not_guessed_from_many_addresses_either(pat, codes, client):
    now = timezone.now()
    for _ in range(10):
        assert services.use_code(user=pat, code="123456", now=now) == ""
    first_step(client, pat)
    assert second_step(client, codes[0]).status_code == 429, "no axes: these came from nowhere"
    assert services.use_code(user=pat, code=codes[0], now=now + timedelta(minutes=16)) == "recovery_codes"


def test_the_api_asks_for_the_code_after_the_right_password_only(pat, codes):
    def post(**more):
        return APIClient().post("/api/v1/session", {"email": pat.email, "password": PASSWORD} | more)

    assert "second factor" in post().json()["detail"]
    assert "second factor" not in post(password="wrong").content.decode()
    assert (post(code="123456").status_code, post(code=second_factors.code_of_now(SECRET)).status_code) == (401, 200)


def test_the_operators_pages_have_no_sign_in_that_skips_the_second_step(pat, codes, client):
    pat.is_staff = True
    pat.save()
    reply = client.post("/admin/login/?next=/admin/", {"username": pat.email, "password": PASSWORD})
    assert reply["Location"] == "/accounts/sign-in/?next=%2Fadmin%2F"
    assert not is_in(client)


def test_changing_factors_asks_who_you_are_when_you_signed_in_long_ago(pat, codes, client, monkeypatch):
    first_step(client, pat)
    second_step(client, codes[0])
    app = Authenticator.objects.get(type="totp")
    confirm(client, ago=601)
    asked = "/accounts/security/confirm/?next=%2Faccounts%2Fsecurity%2F"
    for address in (f"/accounts/security/{app.pk}/remove/", "/accounts/security/recovery-codes/"):
        assert client.post(address)["Location"] == asked
    assert client.get("/accounts/security/app/")["Location"].endswith("?next=%2Faccounts%2Fsecurity%2Fapp%2F")
    assert client.post(asked, {"password": "wrong", "code": codes[1]}).status_code == 400
    assert client.post(asked, {"password": PASSWORD}).status_code == 400, "not by a session and a password alone"
    assert client.post(asked, {"password": PASSWORD, "code": codes[0]}).status_code == 400, "used"
    assert [each.payload["step"] for each in told("user.sign_in_failed")] == ["password", "code"]
    proof = {"password": PASSWORD, "code": second_factors.code_of_now(SECRET)}
    assert client.post(asked, proof | {"next": "//evil.example/"})["Location"] == "/accounts/security/"
    client.post(f"/accounts/security/{app.pk}/remove/")
    assert not Authenticator.objects.exists(), "recovery codes go with the last factor"
    assert first_step(Client(), pat)["Location"] == "/"


OPENS_A_WAY = {  # what opens another way in, or cannot be taken back
    "an API key": ("/settings/keys/", {"mode": "live", "scope": "admin"}),
    "the rule": ("/settings/security/", {"second_factor_for": "nobody"}),
    "another's factors": ("/people/members/{bob}/reset-second-factor/", {}),
    "another's account": ("/people/members/{bob}/close/", {"password": PASSWORD}),
    "the account": ("/accounts/close/", {"password": PASSWORD}),
    "the password": ("/accounts/password/", {"old_password": PASSWORD}),
}


@pytest.mark.parametrize("what", OPENS_A_WAY)
def test_a_session_left_open_and_the_password_open_no_other_way_in(pat, bob, codes, client, what):
    address, data = OPENS_A_WAY[what]
    client.force_login(pat, backend="workers.web.backend.MemberBackend")
    confirm(client, ago=601)
    reply = client.post(address.format(bob=bob.memberships.get().pk), data)
    assert reply["Location"].startswith("/accounts/security/confirm/?next=%2F")


def test_nor_by_the_api(org, pat, codes, sign_in):
    client, calls = sign_in(pat), [("post", "keys", {"mode": "live"}), ("put", "organization/security", RULE)]
    confirm(client, ago=601)
    for method, what, body in calls:
        refused = getattr(client, method)(f"/api/v1/{what}", body)
        assert (refused.status_code, "Sign in again" in refused.json()["detail"]) == (403, True)
    client.post("/api/v1/session", {"email": pat.email, "password": PASSWORD, "code": codes[0]})
    assert [getattr(client, method)(f"/api/v1/{what}", body).status_code for method, what, body in calls] == [201, 200]


def test_each_step_of_signing_in_gives_another_session_key(pat, codes, client):
    """A key somebody planted in the browser before is worth nothing afterwards."""
    client.get("/accounts/sign-in/passkey/")
    planted = client.cookies["sessionid"].value
    first_step(client, pat)
    waiting = client.cookies["sessionid"].value
    second_step(client, codes[0])
    assert is_in(client)
    assert len({planted, waiting, client.cookies["sessionid"].value}) == 3
    for old in (planted, waiting):
        other = Client()
        other.cookies["sessionid"] = old
        assert not is_in(other)
        assert second_step(other, codes[1])["Location"] == "/accounts/sign-in/"


def test_who_knows_the_password_and_guesses_codes_is_told_of(pat, codes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(9):
            services.use_code(user=pat, code="123456", now=timezone.now())
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        services.use_code(user=pat, code="123456", now=timezone.now())
    assert "knows your password" in mail.outbox[0].body


@pytest.mark.parametrize("pk", ["0", "9" * 40, "-1", "x"])
def test_a_passkey_that_names_nobody_is_refused(client, db, pk):
    client.get("/accounts/sign-in/passkey/")
    said = in_base64url(json.dumps({"type": "webauthn.get", "challenge": "x", "origin": "http://testserver"}).encode())
    response = {"clientDataJSON": said, "authenticatorData": in_base64url(b"\0" * 37), "signature": in_base64url(b"x")}
    response["userHandle"] = in_base64url(pk.encode())
    made = {"id": "eA", "rawId": "eA", "type": "public-key", "response": response, "clientExtensionResults": {}}
    reply = client.post("/accounts/sign-in/passkey/", {"credential": json.dumps(made)})
    assert reply["Location"] == "/accounts/sign-in/"


def test_nobody_removes_the_factor_of_another(pat, codes, bob):
    client = Client()
    first_step(client, with_password(bob))
    foreign = client.post(f"/accounts/security/{Authenticator.objects.get(type='totp').pk}/remove/")
    assert foreign.status_code == client.post("/accounts/security/987654/remove/").status_code == 404
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_factor_is_renamed_by_its_owner_only(pat, codes, bob, client):
    app = Authenticator.objects.get(type="totp")
    first_step(client, pat)
    second_step(client, codes[0])
    address = f"/accounts/security/{app.pk}/rename/"
    client.post(address, {"name": "  Old phone "})
    assert "Old phone" in client.get("/accounts/security/").text
    other = Client()
    first_step(other, with_password(bob))
    keeper = Authenticator.objects.get(type="recovery_codes")
    refused = [
        other.post(address, {"name": "x"}),
        client.post(f"/accounts/security/{keeper.pk}/rename/", {"name": "x"}),
    ]
    assert [each.status_code for each in refused] == [404, 404]
    for wrong in ("", "  ", "x" * 81):
        client.post(address, {"name": wrong})
    app.refresh_from_db()
    assert app.data["name"] == "Old phone"
    assert second_factors.step_of(SECRET, second_factors.code_of_now(SECRET)), "and it still works"
    assert [each.payload for each in told("user.second_factor_renamed")] == [{"factor": "totp"}], "names are private"


def test_changes_are_told_by_mail_and_in_each_organization(pat, clock, django_capture_on_commit_callbacks):
    make_org()  # not theirs
    second = make_org("Other")
    pat.memberships.create(organization=second, role="labeler")
    with django_capture_on_commit_callbacks(execute=True):
        services.add_app(user=pat, secret=SECRET, code=second_factors.code_of_now(SECRET), now=timezone.now())
    assert "authenticator app was added" in mail.outbox[0].body
    assert len({each.organization_id for each in told("user.second_factor_added")}) == 2


def test_a_passkey_that_answers_no_challenge_is_refused(pat, client):
    assert set(client.get("/accounts/sign-in/passkey/").json()["publicKey"]) >= {"challenge", "userVerification"}
    for junk in ("", "[]", "null", "{}", '{"id": "x", "rawId": "x", "response": {"userHandle": 7}}', "\0"):
        reply = client.post("/accounts/sign-in/passkey/", {"credential": junk})
        assert reply["Location"] == "/accounts/sign-in/"
    first_step(client, pat)
    address = "/accounts/security/passkey/"
    challenge = re.search(r'"challenge": "([\w-]+)"', client.get(address).text)[1]
    said = json.dumps({"type": "webauthn.create", "challenge": challenge, "origin": "http://testserver"})
    for attestation in (b"", b"\x05", b"\xf5", b"\xa1\x68authData\x41\x00", b"\xa3\x63fmt"):
        response = {"clientDataJSON": in_base64url(said.encode()), "attestationObject": in_base64url(attestation)}
        junk = {"id": "eA", "rawId": "eA", "type": "public-key", "response": response, "clientExtensionResults": {}}
        assert client.post(address, {"credential": json.dumps(junk)}).status_code == 400
    assert client.post(address, {"credential": '{"id": 1}'}).status_code == 400
    assert client.post(address, {"credential": "[" * 100_000}).status_code == 400
    assert not Authenticator.objects.exists()


def test_an_operator_takes_lost_factors_away(pat, codes):
    call_command("reset_second_factor", pat.email.upper())
    assert first_step(Client(), pat)["Location"] == "/"


def test_an_admin_takes_the_lost_factors_of_a_member_away_but_of_nobody_who_belongs_elsewhere(org, pat, codes, sign_in):
    address = f"/people/members/{pat.memberships.get().pk}/reset-second-factor/"
    assert sign_in(make_user(org, "manager")).post(address).status_code == 403
    assert confirm(sign_in(pat)).post(address).status_code == 403
    boss = sign_in(make_user(org, "admin"))
    elsewhere = pat.memberships.create(organization=make_org(), role="labeler")
    boss.post(address)
    assert Authenticator.objects.exists()
    elsewhere.delete()
    boss.post(address)
    assert not Authenticator.objects.exists()


def test_secrets_outlive_the_servers_key_by_way_of_the_earlier_ones(pat, codes, settings):
    def use(code):
        return services.use_code(user=pat, code=code, now=timezone.now())

    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key"
    assert use(codes[0]) == use(second_factors.code_of_now(SECRET)) == "", "nobody can read them"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert use(codes[0]) == "recovery_codes"
    call_command("reseal_secrets")
    settings.SECRET_KEY_FALLBACKS = []
    assert use(codes[1]) == "recovery_codes"
    assert use(second_factors.code_of_now(SECRET)) == "totp"
