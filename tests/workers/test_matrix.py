"""Who may do what to the people objects, and that a foreign object answers exactly as a missing one."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import make_key, make_org, make_user
from workers.services import groups, invitations
from workers.services.keys import create_key

ROLES = ("admin", "manager", "member", "reviewer", "labeler")
MANAGE = {"admin", "manager", "write key", "admin key"}
ADMIN = {"admin", "admin key"}
LOOK = MANAGE | {"test key"}
ORGANIZATION = LOOK | {"member", "read key"}
ACTORS = (*ROLES, "read key", "write key", "admin key", "test key", "anonymous")
MISSING = 987654321

CALLS = {  # (method, address, body, who may)
    "organization": ("get", "/api/v1/organization", None, ORGANIZATION),
    "see security": ("get", "/api/v1/organization/security", None, ADMIN | {"test key"}),
    "change security": ("put", "/api/v1/organization/security", {"second_factor_for": "nobody"}, ADMIN),
    "list members": ("get", "/api/v1/members", None, LOOK),
    "see member": ("get", "/api/v1/members/{member}", None, LOOK),
    "change member": ("patch", "/api/v1/members/{member}", {"role": "reviewer"}, MANAGE),
    "empty change of member": ("patch", "/api/v1/members/{member}", {}, MANAGE),
    "sign member out": ("delete", "/api/v1/members/{member}/sessions", None, ADMIN),
    "list invitations": ("get", "/api/v1/invitations", None, LOOK),
    "invite": ("post", "/api/v1/invitations", {"email": "x@example.org", "role": "labeler"}, MANAGE),
    "revoke invitation": ("delete", "/api/v1/invitations/{invitation}", None, MANAGE),
    "list groups": ("get", "/api/v1/groups", None, LOOK),
    "make group": ("post", "/api/v1/groups", {"name": "New"}, MANAGE),
    "see group": ("get", "/api/v1/groups/{group}", None, LOOK),
    "change group": ("patch", "/api/v1/groups/{group}", {"name": "Other"}, MANAGE),
    "delete group": ("delete", "/api/v1/groups/{group}", None, MANAGE),
    "list keys": ("get", "/api/v1/keys", None, ADMIN | {"test key"}),
    "make key": ("post", "/api/v1/keys", {"mode": "live"}, ADMIN),
    "revoke key": ("delete", "/api/v1/keys/{key}", None, ADMIN),
}
WITH_OBJECT = {name: call for name, call in CALLS.items() if "{" in call[1]}


@pytest.fixture
def here(org):
    return objects_of(org)


def objects_of(org):
    """One of each kind; a second admin, so that the first may be changed."""
    make_user(org, "admin")
    return {
        "member": make_user(org, "labeler").memberships.get().pk,
        "invitation": invitations.invite(
            organization=org, email="i@example.org", role="labeler", actor=None, actor_role="admin", now=timezone.now()
        )[0].pk,
        "group": groups.create(organization=org, name="G", actor=None).pk,
        "key": create_key(organization=org, mode="live")[0].pk,
    }


def client_of(actor, org, sign_in):
    client = APIClient()
    if actor in ROLES:
        return sign_in(make_user(org, actor))
    if actor.endswith("key"):
        scope, mode = ("admin", "test") if actor == "test key" else (actor.split()[0], "live")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(org, scope, mode)}")
    return client


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("actor", ACTORS)
def test_each_actor_may_do_what_the_table_says(org, here, sign_in, actor, call):
    method, address, body, who = CALLS[call]
    reply = getattr(client_of(actor, org, sign_in), method)(address.format(**here), body)
    if actor in who:
        assert 200 <= reply.status_code < 300, reply.content
    else:
        assert reply.status_code == (401 if actor == "anonymous" else 403), reply.content


@pytest.mark.parametrize("call", WITH_OBJECT)
@pytest.mark.parametrize("actor", ["admin", "admin key"])
def test_a_foreign_object_answers_exactly_as_a_missing_one(here, sign_in, actor, call):
    method, address, body, _ = WITH_OBJECT[call]
    client = client_of(actor, make_org(), sign_in)
    foreign = getattr(client, method)(address.format(**here), body)
    missing = getattr(client, method)(address.format(**dict.fromkeys(here, MISSING)), body)
    assert (foreign.status_code, foreign.content) == (404, missing.content)


def test_lists_hold_nothing_of_another_organization(here, sign_in):
    client = client_of("admin", make_org(), sign_in)
    assert [len(client.get(f"/api/v1/{kind}").json()["results"]) for kind in ("invitations", "groups", "keys")] == [
        0
    ] * 3
    assert len(client.get("/api/v1/members").json()["results"]) == 1


def test_foreign_people_cannot_be_put_into_a_group(org, eve, sign_in):
    client = client_of("admin", org, sign_in)
    foreign = client.post("/api/v1/groups", {"name": "A", "users": [eve.pk]})
    missing = client.post("/api/v1/groups", {"name": "A", "users": [MISSING]})
    assert foreign.status_code == missing.status_code == 400
    assert foreign.json()["problems"][0]["path"] == "users[0]"
    assert foreign.content == missing.content.replace(str(MISSING).encode(), str(eve.pk).encode())


def test_a_list_of_members_costs_the_same_for_two_and_for_twenty(org, sign_in, django_assert_num_queries):
    client = client_of("admin", org, sign_in)
    for _ in range(20):
        make_user(org)
    with django_assert_num_queries(4):  # session, user, membership, members
        assert len(client.get("/api/v1/members").json()["results"]) == 21
