import importlib
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import make_user
from workers.jobs import forget_old_sessions
from workers.models import User

PASSWORD = "a-long-unusual-phrase"


@pytest.fixture
def pat(org):
    user = make_user(org, "manager", "Pat")
    user.set_password(PASSWORD)
    user.save()
    return user


def post(email, password=PASSWORD, client=None):
    return (client or APIClient()).post("/api/v1/session", {"email": email, "password": password})


def test_signing_in_gives_a_session_a_csrf_token_and_the_memberships(pat, org):
    client = APIClient(enforce_csrf_checks=True)
    body = post(pat.email.upper(), client=client).json()
    assert body["memberships"] == [{"organization": body["organization"], "role": "manager"}]
    assert body["organization"]["slug"] == org.slug
    token = {"X-CSRFToken": body["csrf_token"]}
    assert client.post("/api/v1/groups", {"name": "A"}, headers=token).status_code == 201


def test_a_creating_call_by_session_may_be_repeated_with_its_key(pat):
    """The check of the CSRF token leaves the body to the view, which reads it once for the key and once for itself."""
    client = APIClient(enforce_csrf_checks=True)
    given = {"X-CSRFToken": post(pat.email, client=client).json()["csrf_token"], "Idempotency-Key": "k1"}
    first, again = (client.post("/api/v1/datasets", {"name": "A"}, format="json", headers=given) for _ in "12")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 201


def test_a_writing_call_by_session_without_the_csrf_token_is_refused(pat):
    client = APIClient(enforce_csrf_checks=True)
    post(pat.email, client=client)
    assert client.post("/api/v1/groups", {"name": "A"}).status_code == 403
    assert client.delete("/api/v1/session").status_code == 403


def test_signing_out_ends_the_session(pat):
    client = APIClient()
    post(pat.email, client=client)
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").status_code == 401


def test_unknown_address_wrong_password_and_deactivated_account_answer_alike(pat):
    gone = make_user(pat.memberships.get().organization, is_active=False)
    gone.set_password(PASSWORD)
    gone.save()
    replies = [post("nobody@example.org"), post(pat.email, "wrong"), post(gone.email)]
    assert {reply.status_code for reply in replies} == {401}
    assert len({reply.content for reply in replies}) == 1


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_ten_wrong_passwords_lock_the_address_out_in_any_spelling(pat, who):
    email = pat.email if who == "known" else "nobody@example.org"
    for number in range(9):
        assert post(email.upper() if number % 2 else email, "wrong").status_code == 401
    post(email, "wrong")
    reply = post(email)
    assert reply.status_code == 429
    assert int(reply["Retry-After"]) > 0
    assert reply["Content-Type"] == "application/problem+json"


def test_a_lock_out_leaves_other_people_alone(pat, ann):
    for _ in range(11):
        post(pat.email, "wrong")
    ann.set_password(PASSWORD)
    ann.save()
    assert post(ann.email).status_code == 200


def test_behind_a_proxy_a_stranger_locks_nobody_else_out(pat, settings):
    settings.TRUSTED_PROXIES = 1
    for _ in range(11):
        locked = post(pat.email, "wrong", APIClient(headers={"X-Forwarded-For": "203.0.113.9"}))
    assert locked.status_code == 429
    assert post(pat.email, client=APIClient(headers={"X-Forwarded-For": "198.51.100.7"})).status_code == 200


def test_a_right_password_forgets_the_wrong_ones(pat):
    User.objects.filter(pk=pat.pk).update(email="Pat.Smith@example.org")
    for _ in range(2):
        for _ in range(8):
            post("pat.smith@example.org", "wrong")
        assert post("pat.smith@example.org").status_code == 200


def test_passwords_are_hashed_with_argon2(settings):
    """With our own settings: conftest has a quicker hash."""
    settings.PASSWORD_HASHERS = importlib.import_module("labeling.settings").PASSWORD_HASHERS
    assert identify_hasher(make_password(PASSWORD)).algorithm == "argon2"


def test_unknown_fields_of_a_sign_in_are_refused(pat):
    reply = APIClient().post("/api/v1/session", {"email": pat.email, "password": PASSWORD, "is_staff": True})
    assert (reply.status_code, reply.json()["problems"][0]["path"]) == (400, "is_staff")


def test_there_is_no_way_to_register(db):
    for address in ("/accounts/register/", "/accounts/sign-up/", "/accounts/signup/", "/register/"):
        assert APIClient().get(address).status_code == 404


def test_sessions_that_are_over_are_cleared_away_and_no_others(pat):
    living = APIClient()
    post(pat.email, client=living)
    APIClient().get("/accounts/sign-in/passkey/")
    Session.objects.exclude(pk=living.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    forget_old_sessions()
    assert [session.pk for session in Session.objects.all()] == [living.session.session_key]
