"""An account is closed: what ends, what stays, and who may."""

import time

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.errors import StaleState
from labeling.outbox.models import Event
from labeling.pseudonym import annotator_pseudonym
from tests.factories import make_answer, make_org, make_project, make_task, make_user
from workers import second_factors
from workers.models import User
from workers.services import closing, groups, invitations, memberships
from workers.services import second_factors as factors
from workers.services.keys import create_key

PASSWORD = "a-long-unusual-phrase"


@pytest.fixture
def pat(org):
    return person(org, "labeler", "Pat")


@pytest.fixture
def boss(org):
    return person(org, "admin", "Boss")


def person(org, role, name):
    user = make_user(org, role, name)
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(user):
    client = Client()
    client.force_login(user, backend="workers.web.backend.MemberBackend")
    return client


def shown(client):
    """The person has shown a moment ago who they are."""
    session = client.session
    session["confirmed_at"] = time.time()
    session.save()


def close(client, address="/accounts/close/", password=PASSWORD, **more):
    return client.post(address, {"password": password} | more)


def test_closing_ends_every_way_in_and_removes_the_name(org, pat, boss, django_capture_on_commit_callbacks):
    address = pat.email
    secret = second_factors.new_secret()
    factors.add_app(user=pat, secret=secret, code=second_factors.code_of_now(secret), now=timezone.now())
    groups.create(organization=org, name="Night", user_ids=[pat.pk], actor=None)
    key = create_key(organization=org, mode="live", created_by=pat)[1]
    client, elsewhere = signed_in(pat), signed_in(pat)
    Client().post("/accounts/sign-in/", {"username": address, "password": "wrong"})
    assert close(client)["Location"].startswith("/accounts/security/confirm/"), "with a second factor that is shown"
    shown(client)
    with django_capture_on_commit_callbacks(execute=True):
        assert close(client)["Location"] == "/accounts/sign-in/"
    assert elsewhere.get("/accounts/").status_code == 302
    assert not UserSession.objects.exists()
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    assert api.get("/api/v1/organization").status_code == 401
    assert Client().post("/accounts/sign-in/", {"username": address, "password": PASSWORD}).status_code == 200
    gone = User.objects.get(pk=pat.pk)
    assert (gone.name, gone.email, gone.is_active) == (f"closed-{pat.pk}", f"closed-{pat.pk}@closed.invalid", False)
    assert not gone.has_usable_password()
    assert not gone.labeler_groups.exists() and not gone.authenticator_set.exists()
    assert gone.email not in signed_in(boss).get("/people/").text.partition("groups-title")[2], (
        "nobody to put in a group"
    )
    assert not AccessAttempt.objects.filter(username=address, failures_since_start__gt=1).exists()
    assert [message.to for message in mail.outbox][-1] == [address]
    assert "is closed" in mail.outbox[-1].subject
    assert Event.objects.get(kind="user.closed").organization_id == org.pk


def test_answers_stay_under_the_pseudonym_they_always_had(org, pat):
    answer = make_answer(make_task(make_project(org)), pat)
    before = annotator_pseudonym(organization_id=org.pk, user_id=pat.pk)
    page = signed_in(pat).get("/accounts/close/").content.decode()
    assert before in page, "told before"
    close(signed_in(pat))
    answer.refresh_from_db()
    assert annotator_pseudonym(organization_id=org.pk, user_id=answer.annotator_id) == before


def test_a_wrong_password_closes_nothing_and_is_counted(pat):
    client = signed_in(pat)
    assert close(client, password="wrong").status_code == 400
    assert User.objects.get(pk=pat.pk).is_active
    for _ in range(9):
        reply = close(client, password="wrong")
    assert reply.status_code == 429


def test_the_last_admin_names_another_first(org, boss, pat):
    client = signed_in(boss)
    assert close(client).status_code == 400
    elsewhere = make_user(make_org(), "labeler").memberships.get()
    assert close(client, **{f"heir-{org.pk}": elsewhere.pk}).status_code == 400, "nobody from elsewhere"
    with pytest.raises(StaleState):
        closing.close_own(user=boss, heirs={}, now=timezone.now())
    assert close(client, **{f"heir-{org.pk}": pat.memberships.get().pk})["Location"] == "/accounts/sign-in/"
    assert pat.memberships.get().role == "admin"


def test_a_closed_account_is_not_brought_back(boss, pat):
    close(signed_in(pat))
    page = signed_in(boss).get("/people/").content.decode()
    assert "Account closed" in page and "Reactivate" not in page
    with pytest.raises(StaleState):
        memberships.reactivate(membership=pat.memberships.get(), actor=boss, actor_role="admin")


def test_who_closed_an_account_may_be_invited_anew(org, boss, pat):
    address = pat.email
    close(signed_in(pat))
    who = {"organization": org, "actor": boss, "actor_role": "admin", "now": timezone.now()}
    invitation, _token = invitations.invite(email=address, role="labeler", **who)
    made = invitations.accept_as_new_person(
        invitation=invitation, name="Pat", password="another-unusual-phrase", now=timezone.now()
    )
    assert made.user_id != pat.pk


def test_only_an_admin_closes_the_account_of_a_member(org, pat):
    address = f"/people/members/{pat.memberships.get().pk}/close/"
    for role in ("manager", "member", "reviewer", "labeler", "admin"):
        client = signed_in(person(org, role, "A"))
        assert client.get(address).status_code == (200 if role == "admin" else 403)
        close(client, address)
        assert User.objects.get(pk=pat.pk).is_active == (role != "admin")


def test_an_admin_closes_no_account_that_belongs_elsewhere_nor_a_foreign_nor_their_own(org, boss, pat, eve):
    pat.memberships.create(organization=make_org(), role="labeler")
    for user, status in ((pat, 400), (boss, 400), (eve, 404)):
        address = f"/people/members/{user.memberships.first().pk}/close/"
        assert close(signed_in(boss), address).status_code == status
        assert User.objects.get(pk=user.pk).is_active


def test_a_key_dies_with_its_makers_access_and_comes_back_with_it(org, boss, with_key):
    maker = make_user(org, "admin")
    secret = create_key(organization=org, mode="live", created_by=maker)[1]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert client.get("/api/v1/organization").status_code == 200
    by = {"membership": maker.memberships.get(), "actor": boss, "actor_role": "admin"}
    memberships.deactivate(**by)
    assert client.get("/api/v1/organization").status_code == 401
    assert "its maker has no access" in signed_in(boss).get("/settings/keys/").content.decode()
    memberships.reactivate(**by)
    assert client.get("/api/v1/organization").status_code == 200
