"""The rule of an organization that says who needs a second factor."""

import pytest
from rest_framework.test import APIClient

from tests.factories import make_key, make_user
from tests.workers.test_second_factors import clock, codes, pat, told  # noqa: F401

ROLES = ("admin", "manager", "member", "reviewer", "labeler")
RULES = {"nobody": set(), "admins": {"admin"}, "managers": {"admin", "manager"}, "everybody": None}


@pytest.mark.parametrize("rule", RULES)
def test_who_needs_a_second_factor_sets_one_up_before_anything_else(org, rule, sign_in):
    org.second_factor_for = rule
    org.save()
    for role in ROLES:
        client = sign_in(make_user(org, role))
        held = RULES[rule] is None or role in RULES[rule]
        assert (client.get("/").headers.get("Location") == "/accounts/security/") == held, role
        assert client.get("/api/v1/session/preferences").status_code == 200, role
        refused = client.get("/api/v1/organization")
        assert (refused.status_code == 403 and "second factor" in refused.content.decode()) == held, role
        assert ("asks you for a second factor" in client.get("/accounts/security/").content.decode()) == held, role


def test_a_second_factor_opens_everything_and_keys_need_none(org, pat, codes, sign_in):  # noqa: F811
    org.second_factor_for = "everybody"
    org.save()
    assert sign_in(pat).get("/people/").status_code == 200
    key = APIClient()
    key.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(org)}")
    assert key.get("/api/v1/members").status_code == 200


def test_only_admins_choose_who_needs_one(org, sign_in):
    make_user(org, "labeler", "Lea")
    for role in reversed(ROLES):
        client = sign_in(make_user(org, role))
        page = client.get("/settings/security/")
        assert (page.status_code, "Lea" in page.content.decode()) == ((200, True) if role == "admin" else (403, False))
        client.post("/settings/security/", {"second_factor_for": "managers"}, format="multipart")
        org.refresh_from_db()
        assert (org.second_factor_for == "managers") == (role == "admin"), role
    assert len(told("organization.second_factor_required")) == 1
