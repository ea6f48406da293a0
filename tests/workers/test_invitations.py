from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.errors import StaleState
from labeling.outbox.models import Event
from tests.factories import make_user
from workers.models import Invitation, Membership, User
from workers.selectors.access import invitation_of
from workers.services import invitations

PASSWORD = "a-long-unusual-phrase"


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


def invite(org, email="new@example.org", role="labeler", actor_role="admin", now=None):
    return invitations.invite(
        organization=org, email=email, role=role, actor=None, actor_role=actor_role, now=now or timezone.now()
    )


def accept(token, client=None, **body):
    body = body or {"name": "New", "password": PASSWORD}
    return (client or APIClient()).post(f"/api/v1/invitations/{token}/accept", body)


def test_a_stranger_accepts_chooses_a_password_and_is_signed_in(org):
    _, token = invite(org)
    client = APIClient()
    reply = accept(token, client)
    assert reply.status_code == 201
    assert reply.json()["memberships"][0]["role"] == "labeler"
    assert client.get("/api/v1/session").json()["user"]["email"] == "new@example.org"
    assert Event.objects.filter(kind="membership.created").count() == 1


def test_only_the_hash_of_the_token_is_stored(org):
    invitation, token = invite(org)
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values().get())
    assert not Event.objects.filter(payload__icontains=token).exists()


def test_an_invitation_works_once(org):
    _, token = invite(org)
    assert accept(token).status_code == 201
    assert accept(token).status_code == 404
    assert Membership.objects.filter(organization=org).count() == 1


def test_of_two_who_accept_at_once_one_wins(org, eve):
    invitation, _ = invite(org)
    invitations.accept(invitation=invitation, user=eve, now=timezone.now())
    with pytest.raises(StaleState):
        invitations.accept(invitation=invitation, user=make_user(), now=timezone.now())


def test_used_expired_revoked_and_made_up_tokens_answer_alike(org, boss, sign_in):
    _, expired = invite(org, "a@example.org", now=timezone.now() - timedelta(days=30))
    revoked, revoked_token = invite(org, "b@example.org")
    assert sign_in(boss).delete(f"/api/v1/invitations/{revoked.pk}").status_code == 204
    replies = [accept(token) for token in (expired, revoked_token, "made-up")]
    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.content for reply in replies}) == 1


@pytest.mark.parametrize("extra", [{"role": "admin"}, {"organization": 1}, {"is_staff": True}, {"email": "x@y.zz"}])
def test_the_receiver_cannot_raise_the_role(org, extra):
    _, token = invite(org)
    reply = accept(token, name="New", password=PASSWORD, **extra)
    assert reply.status_code == 400
    assert reply.json()["problems"][0]["path"] == next(iter(extra))
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_weak_password_is_refused_and_the_invitation_stays(org):
    _, token = invite(org)
    reply = accept(token, name="New", password="short")
    assert (reply.status_code, reply.json()["problems"][0]["path"]) == (400, "password")
    assert accept(token).status_code == 201


def test_a_member_cannot_be_invited_again(org, boss, ann, sign_in):
    reply = sign_in(boss).post("/api/v1/invitations", {"email": ann.email.upper(), "role": "manager"})
    assert reply.status_code == 409
    assert "already" in reply.json()["detail"]


def test_a_newer_invitation_replaces_the_older_one(org):
    _, old = invite(org)
    _, new = invite(org, role="reviewer")
    assert accept(old).status_code == 404
    assert accept(new).status_code == 201


def test_sending_again_makes_the_old_link_useless(org):
    invitation, old = invite(org)
    new = invitations.resend(invitation=invitation, actor=None, actor_role="admin", now=timezone.now())
    assert accept(old).status_code == 404
    assert invitation_of(new, now=timezone.now()) == invitation


@pytest.mark.parametrize(("role", "status"), [("labeler", 201), ("reviewer", 201), ("member", 201), ("manager", 403)])
def test_a_manager_invites_below_managers_only(org, max_, sign_in, role, status):
    assert sign_in(max_).post("/api/v1/invitations", {"email": "n@example.org", "role": role}).status_code == status


def test_a_manager_cannot_revoke_or_resend_an_admins_invitation(org, max_, sign_in):
    invitation, _ = invite(org, role="admin")
    client = sign_in(max_)
    assert client.delete(f"/api/v1/invitations/{invitation.pk}").status_code == 403
    assert client.post(f"/people/invitations/{invitation.pk}/resend/").status_code == 403


def test_the_invitation_is_mailed_with_its_link(org, boss, sign_in, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reply = sign_in(boss).post("/api/v1/invitations", {"email": "n@example.org", "role": "labeler"})
    assert mail.outbox[0].to == ["n@example.org"]
    assert reply.json()["link"] in mail.outbox[0].body


def test_an_address_with_an_account_signs_in_first(org, eve, sign_in):
    _, token = invite(org, eve.email)
    assert accept(token).status_code == 409
    assert accept(token, sign_in(eve)).status_code == 400  # a name and password are not hers to send
    assert sign_in(eve).post(f"/api/v1/invitations/{token}/accept").status_code == 201
    assert Membership.objects.filter(user=eve).count() == 2
