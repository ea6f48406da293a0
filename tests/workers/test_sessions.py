"""The list of one's sessions; ending them, by oneself, by an admin, and by what should end them."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from rest_framework.test import APIClient

from labeling.outbox.models import Event
from tests.factories import make_key, make_org, make_user
from workers import second_factors
from workers.devices import device_of, place_of, shortened
from workers.jobs import forget_old_sessions
from workers.services import memberships
from workers.services import second_factors as services

PASSWORD = "a-long-unusual-phrase"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1"
)
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def pat(org):
    return with_password(make_user(org, "labeler", "Pat"))


@pytest.fixture
def boss(org, sign_in):
    return sign_in(make_user(org, "admin", "Boss"))


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(user, agent=DESK, address="203.0.113.77"):
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/sign-in/", {"username": user.email, "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client):
    return client.get("/accounts/").status_code == 200


def row_of(client):
    return UserSession.objects.get(session_key=client.session.session_key)


def told(kind):
    return [each.payload for each in Event.objects.filter(kind=kind).order_by("id")]


def by_hand(client, pk):
    return client.post(f"/accounts/sessions/{pk}/end/")


def test_the_list_tells_devices_in_words_and_networks_and_no_whole_address(pat):
    signed_in(pat, PHONE, "2001:db8:1:2::3")
    page = signed_in(pat).get("/accounts/sessions/")
    assert [(row["device"], row["place"], row["is_this"]) for row in page.context["rows"]] == [
        ("Firefox on Linux", "203.0.113.×", True),
        ("Safari on iPhone", "2001:db8:1::/48", False),
    ]
    assert "no-store" in page["Cache-Control"]
    assert not UserSession.objects.filter(ip__in=["203.0.113.77", "2001:db8:1:2::3"]).exists()


def test_one_session_is_ended_and_its_cookie_opens_nothing(pat):
    here, there = signed_in(pat), signed_in(pat, PHONE)
    by_hand(here, row_of(there).pk)
    assert (is_in(here), is_in(there)) == (True, False)
    assert there.get("/api/v1/session").status_code == 401
    assert told("user.sessions_ended") == [{"count": 1, "why": "own", "device": "Safari, iPhone"}]


def test_ending_the_session_in_use_signs_out(pat):
    here = signed_in(pat)
    assert by_hand(here, row_of(here).pk)["Location"] == "/accounts/sign-in/"
    assert not is_in(here)
    assert len(told("user.signed_out")) == 1


def test_all_others_end_together(pat):
    here, there, api = signed_in(pat), signed_in(pat), APIClient()
    api.post("/api/v1/session", {"email": pat.email, "password": PASSWORD})
    here.post("/accounts/sessions/end-others/")
    assert (is_in(here), is_in(there), api.get("/api/v1/session").status_code) == (True, False, 401)
    assert [row["is_this"] for row in here.get("/accounts/sessions/").context["rows"]] == [True]


@pytest.fixture
def api(pat):
    client = APIClient(headers={"User-Agent": DESK})
    client.post("/api/v1/session", {"email": pat.email, "password": PASSWORD})
    return client


def test_the_api_lists_ones_own_sessions_and_ends_one_or_all_others(pat, api):
    phone, third = signed_in(pat, PHONE), signed_in(pat)
    signed_in(with_password(make_user(name="Eve")))
    rows = {row["device"]: row for row in api.get("/api/v1/sessions").json()["results"]}
    assert set(rows) == {"Firefox on Linux", "Safari on iPhone"}
    assert (rows["Safari on iPhone"]["network"], rows["Safari on iPhone"]["is_this"]) == ("203.0.113.×", False)
    assert api.delete(f"/api/v1/sessions/{rows['Safari on iPhone']['id']}").status_code == 204
    assert (is_in(phone), is_in(third)) == (False, True)
    assert api.delete("/api/v1/sessions").status_code == 204
    assert not is_in(third)
    (mine,) = api.get("/api/v1/sessions").json()["results"]
    assert mine["is_this"] and api.delete(f"/api/v1/sessions/{mine['id']}").status_code == 204
    assert api.get("/api/v1/sessions").status_code == 401 and len(told("user.signed_out")) == 1


def test_by_api_too_nobody_sees_or_ends_the_session_of_another(pat, bob, api):
    theirs = signed_in(with_password(bob))
    other = f"/api/v1/sessions/{row_of(theirs).pk}"
    assert api.delete(other).status_code == api.delete("/api/v1/sessions/987654").status_code == 404
    api.delete("/api/v1/sessions")
    assert is_in(theirs)
    assert APIClient().get("/api/v1/sessions").status_code == 401
    with_key = APIClient(headers={"Authorization": f"Bearer {make_key(pat.memberships.get().organization, 'admin')}"})
    assert with_key.get("/api/v1/sessions").status_code == 401, "a key is nobody's session"


def test_nobody_sees_or_ends_the_session_of_another(pat, bob):
    mine, theirs = signed_in(pat), signed_in(with_password(bob))
    assert by_hand(theirs, row_of(mine).pk).status_code == by_hand(theirs, 987654).status_code == 404
    theirs.post("/accounts/sessions/end-others/")
    assert is_in(mine)
    assert len(theirs.get("/accounts/sessions/").context["rows"]) == 1


def test_signing_out_is_told_and_takes_the_session_off_the_list(pat):
    api = APIClient()
    api.post("/api/v1/session", {"email": pat.email, "password": PASSWORD})
    signed_in(pat).post("/accounts/sign-out/")
    api.delete("/api/v1/session")
    assert len(told("user.signed_out")) == 2
    assert not UserSession.objects.exists()


def test_a_new_password_ends_all_others(pat):
    here, there = signed_in(pat), signed_in(pat)
    new = "another-unusual-phrase"
    here.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert (is_in(here), is_in(there)) == (True, False)
    assert row_of(here)
    assert Session.objects.count() == UserSession.objects.count() == 1, "gone, not only refused"


def test_a_removed_member_is_signed_out_at_once_but_not_of_another_organization(org, pat, boss):
    client, member = signed_in(pat), pat.memberships.get()
    elsewhere = pat.memberships.create(organization=make_org("Elsewhere"), role="labeler")
    boss.post(f"/people/members/{member.pk}/deactivate/")
    assert is_in(client)
    assert [each["organization"]["name"] for each in client.get("/api/v1/session").json()["memberships"]] == [
        "Elsewhere"
    ]
    elsewhere.delete()
    memberships.reactivate(membership=member, actor=None, actor_role="admin")
    boss.patch(f"/api/v1/members/{member.pk}", {"is_active": False})
    assert not is_in(client)
    assert told("user.sessions_ended") == [{"count": 1, "why": "removed", "device": "Firefox, Linux"}]
    assert Event.objects.get(kind="user.sessions_ended").organization_id == org.pk


def test_an_admin_signs_a_member_out_but_nobody_who_belongs_elsewhere_nor_a_foreigner(org, pat, boss, eve, sign_in):
    client, address = signed_in(pat), f"/people/members/{pat.memberships.get().pk}/end-sessions/"
    assert sign_in(make_user(org, "manager")).post(address).status_code == 403
    elsewhere = pat.memberships.create(organization=make_org(), role="labeler")
    boss.post(address)
    assert sign_in(eve).post(address).status_code == 404
    assert is_in(client)
    elsewhere.delete()
    boss.post(address)
    assert not is_in(client)


def test_sessions_end_with_the_factors_an_admin_takes_away(pat):
    secret, client = second_factors.new_secret(), signed_in(pat)
    services.add_app(user=pat, secret=secret, code=second_factors.code_of_now(secret), now=timezone.now())
    services.reset(user=pat)
    assert not is_in(client)


def test_being_seen_is_written_once_in_a_while_and_asks_nothing_in_between(pat):
    row, long_ago = row_of(signed_in(pat)), timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=long_ago)
    later = Client()  # as another process sees it
    later.cookies["sessionid"] = row.session_key
    later.get("/api/v1/session")
    row.refresh_from_db()
    assert row.last_seen_at > long_ago
    with CaptureQueriesContext(connection) as made:
        later.get("/api/v1/session")
    assert "usersessions" not in str(made.captured_queries)


def test_rows_of_sessions_that_are_over_are_cleared_away(pat):
    living, over = signed_in(pat), signed_in(pat)
    Session.objects.filter(pk=over.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    forget_old_sessions()
    assert [row.pk for row in UserSession.objects.all()] == [row_of(living).pk]


def test_sessions_from_before_the_update_are_in_the_list(pat, client):
    client.get("/accounts/sign-in/passkey/")  # a stranger's
    old = signed_in(pat)
    UserSession.objects.all().delete()
    import_module("workers.migrations.0009_list_of_sessions").list_sessions(apps, None)
    assert [row["is_this"] for row in old.get("/accounts/sessions/").context["rows"]] == [True]
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.9", "curl"),
        ("", "An unknown device"),
    ],
)
def test_devices_in_words(agent, words):
    with override("en"):
        assert device_of(agent) == words


@pytest.mark.parametrize(
    ("given", "kept", "shown"),
    [("::ffff:10.1.2.3", "10.1.2.0", "10.1.2.×"), ("fe80::1%eth0", "fe80::", "fe80::/48"), ("x", "0.0.0.0", "")],
)
def test_addresses_lose_their_last_part(given, kept, shown):
    assert (shortened(given), place_of(kept)) == (kept, shown)


def test_operators_do_not_take_sessions_off_the_list_that_go_on(pat, client):
    pat.is_staff = pat.is_superuser = True
    pat.save()
    client.force_login(pat, backend="workers.web.backend.MemberBackend")
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/usersessions/usersession/").status_code == 404
