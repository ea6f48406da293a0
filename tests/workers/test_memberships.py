import pytest

from labeling.errors import StaleState
from tests.factories import make_user
from workers.services import memberships


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


def membership(user):
    return user.memberships.get()


def test_the_last_admin_can_neither_step_down_nor_leave(boss, sign_in):
    url = f"/api/v1/members/{membership(boss).pk}"
    for body in ({"role": "member"}, {"is_active": False}):
        reply = sign_in(boss).patch(url, body)
        assert reply.status_code == 409
        assert "last admin" in reply.json()["detail"]
    make_user(membership(boss).organization, "admin")
    assert sign_in(boss).patch(url, {"role": "member"}).json()["role"] == "member"


def test_a_deactivated_admin_does_not_count_as_the_other_one(org, boss):
    other = make_user(org, "admin", is_active=False)
    with pytest.raises(StaleState):
        memberships.deactivate(membership=membership(boss), actor=other, actor_role="admin")


def test_a_session_dies_when_its_membership_is_deactivated(boss, ann, sign_in):
    anns = sign_in(ann)
    assert anns.get("/api/v1/session").json()["organization"]["slug"]
    sign_in(boss).patch(f"/api/v1/members/{membership(ann).pk}", {"is_active": False})
    assert anns.get("/api/v1/session").json()["organization"] is None
    assert anns.get("/api/v1/organization").status_code == 403
    assert anns.get("/people/").status_code == 302


def test_a_session_dies_when_its_user_is_deactivated(max_, sign_in):
    client = sign_in(max_)
    assert client.get("/api/v1/members").status_code == 200
    max_.is_active = False
    max_.save()
    assert client.get("/api/v1/members").status_code == 401
    assert client.get("/people/")["Location"].startswith("/accounts/sign-in/")


def test_a_manager_changes_neither_admins_nor_managers_nor_makes_them(org, boss, max_, ann, sign_in):
    client = sign_in(max_)
    for user, body in ((boss, {"is_active": False}), (max_, {"role": "admin"}), (ann, {"role": "manager"})):
        assert client.patch(f"/api/v1/members/{membership(user).pk}", body).status_code == 403
    assert client.patch(f"/api/v1/members/{membership(ann).pk}", {"role": "reviewer"}).status_code == 200


def test_a_write_key_ranks_as_a_manager_and_an_admin_key_as_an_admin(org, boss, ann, with_key):
    url = f"/api/v1/members/{membership(ann).pk}"
    assert with_key(org, "write").patch(url, {"role": "admin"}).status_code == 403
    assert with_key(org, "admin").patch(url, {"role": "admin"}).status_code == 200


@pytest.mark.parametrize("field", ["email", "user", "organization", "name"])
def test_other_fields_of_a_member_cannot_be_set(boss, ann, sign_in, field):
    reply = sign_in(boss).patch(f"/api/v1/members/{membership(ann).pk}", {field: "1"})
    assert (reply.status_code, reply.json()["problems"][0]["path"]) == (400, field)


def test_a_role_and_a_state_change_together_or_not_at_all(boss, sign_in):
    make_user(membership(boss).organization, "labeler")
    reply = sign_in(boss).patch(f"/api/v1/members/{membership(boss).pk}", {"role": "admin", "is_active": False})
    assert reply.status_code == 409
    assert membership(boss).is_active
