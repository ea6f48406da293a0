from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import make_user
from workers.models import ApiKey
from workers.services.keys import create_key


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


def status_with(secret):
    return APIClient().get("/api/v1/organization", headers={"Authorization": f"Bearer {secret}"}).status_code


def test_the_secret_is_shown_once_and_stored_as_a_hash(boss, sign_in):
    reply = sign_in(boss).post("/api/v1/keys", {"mode": "live", "scope": "read", "name": "CI"})
    secret = reply.json()["secret"]
    assert (reply.status_code, status_with(secret)) == (201, 200)
    assert secret not in str(ApiKey.objects.values().get())
    assert "secret" not in sign_in(boss).get("/api/v1/keys").json()["results"][0]


def test_a_repeat_with_the_idempotency_key_makes_no_second_key_and_keeps_the_secret(boss, sign_in):
    replies = [
        sign_in(boss).post("/api/v1/keys", {"mode": "live"}, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[1].json() == replies[0].json() | {"secret": None}
    assert ApiKey.objects.count() == 1


def test_a_revoked_key_stops_at_once(org, boss, sign_in):
    key, secret = create_key(organization=org, mode="live")
    assert sign_in(boss).delete(f"/api/v1/keys/{key.pk}").status_code == 204
    assert status_with(secret) == 401


def test_an_expired_key_answers_like_an_unknown_one(org):
    _, secret = create_key(organization=org, mode="live", expires_at=timezone.now() - timedelta(seconds=1))
    client = APIClient()
    expired, unknown = (
        client.get("/api/v1/organization", headers={"Authorization": f"Bearer {each}"}) for each in (secret, "live_x")
    )
    assert (expired.status_code, expired.content) == (401, unknown.content)
    assert expired["WWW-Authenticate"].startswith("Bearer")


def test_a_past_expiry_is_refused(boss, sign_in):
    reply = sign_in(boss).post("/api/v1/keys", {"mode": "live", "expires_at": "2020-01-01T00:00:00Z"})
    assert reply.json()["problems"][0]["path"] == "expires_at"


def test_a_test_key_cannot_make_a_live_one(org, with_key):
    assert with_key(org, "admin", "test").post("/api/v1/keys", {"mode": "live"}).status_code == 403
