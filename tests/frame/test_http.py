import pytest
from django.core.cache import caches
from django.test import override_settings

DEAD_REDIS = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "unix:///nonexistent/r.sock?db=1",
    }
}


def test_livez_answers_without_database_or_host(client):
    reply = client.get("/livez", headers={"host": "unknown.example"})
    assert (reply.status_code, reply.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_the_part_that_does_not_answer(client):
    try:
        with override_settings(CACHES=DEAD_REDIS):
            reply = client.get("/readyz")
    finally:
        caches.close_all()
    assert reply.status_code == 503
    assert reply.json()["database"] == "ok"
    assert "Redis does not answer" in reply.json()["redis"]
    assert reply["Retry-After"]


def test_a_page_without_its_slash_is_redirected_with_its_query(client):
    reply = client.get("/admin?next=1")
    assert (reply.status_code, reply["Location"]) == (301, "/admin/?next=1")


@pytest.mark.django_db
def test_an_api_path_is_never_redirected_and_its_404_is_json(client):
    reply = client.get("/api/v1/nothing")
    assert reply.status_code == 404
    assert reply["Content-Type"] == "application/problem+json"
    assert reply.json()["title"] == "Not found"


@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
