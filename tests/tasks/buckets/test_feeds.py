"""Feeds over the API and on pages: who may what, and what is told to whom."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from labeling.outbox.models import Event
from tasks.models import Feed
from tests.factories import make_dataset, make_org, make_user
from tests.tasks.buckets.conftest import make_connection, make_feed
from tests.tasks.buckets.test_syncing import picture, synced

pytestmark = pytest.mark.django_db
MANAGES = {"admin", "manager", "write key", "admin key"}
SEES = MANAGES | {"member", "read key"}
ACTORS = ("admin", "manager", "member", "reviewer", "labeler", "read key", "write key", "admin key", "test key")
MISSING = 987654


def client_of(actor, org, sign_in, with_key):
    if actor.endswith("key"):
        return with_key(org, "admin", "test") if actor == "test key" else with_key(org, actor.split()[0])
    return sign_in(make_user(org, actor))


def calls(client, dataset, feed):
    """Each call with whether it only looks, in an order in which each may work."""
    at = f"/api/v1/feeds/{feed}"
    yield True, client.get(f"/api/v1/datasets/{dataset}/feeds")
    yield True, client.get(at)
    yield True, client.get(f"{at}/objects")
    yield False, client.patch(at, {"schedule": "hourly"})
    yield False, client.post(f"{at}/stop")
    yield False, client.post(f"{at}/resume")
    yield False, client.post(f"{at}/stop")
    yield False, client.post(f"{at}/sync", {})
    yield False, client.post(f"{at}/stop")
    yield False, client.delete(at)


@pytest.mark.parametrize("actor", ACTORS)
def test_managers_feed_datasets_and_members_look(org, dataset, sign_in, with_key, actor):
    feed = make_feed(dataset, make_connection(org))
    client = client_of(actor, org, sign_in, with_key)
    for looks, reply in calls(client, dataset.pk, feed.pk):
        if actor in (SEES if looks else MANAGES):
            assert reply.status_code < 300, reply.content
        else:
            assert reply.status_code == (404 if actor == "test key" else 403)


def test_somebody_elses_feed_answers_as_one_that_is_not_there(org, dataset, with_key, sign_in):
    feed, other = make_feed(dataset, make_connection(org)), make_org()
    client, page = with_key(other), sign_in(make_user(other, "admin"))
    theirs = [(reply.status_code, reply.content) for _, reply in calls(client, dataset.pk, feed.pk)]
    none = [(reply.status_code, reply.content) for _, reply in calls(client, MISSING, MISSING)]
    assert theirs == none
    assert {status for status, _ in theirs} == {404}
    assert page.get(reverse("feed", args=[feed.pk])).status_code == 404
    assert page.post(reverse("feed-change", args=[feed.pk, "delete"])).status_code == 404
    assert Feed.objects.exists()


def test_a_dataset_is_not_fed_by_somebody_elses_connection_nor_by_one_of_the_other_mode(org, dataset, with_key):
    client = with_key(org)
    for made in (make_connection(make_org()), make_connection(org, mode="test")):
        body = {"connection": made.pk, "kinds": ["images"]}
        foreign = client.post(f"/api/v1/datasets/{dataset.pk}/feeds", body)
        missing = client.post(f"/api/v1/datasets/{dataset.pk}/feeds", body | {"connection": MISSING})
        assert (foreign.status_code, foreign.content) == (400, missing.content)
    page = APIClient()
    page.force_login(make_user(org, "manager"), "workers.web.backend.MemberBackend")
    given = {"connection": made.pk, "kinds": ["images"], "schedule": "off"}
    assert page.post(reverse("feed-new", args=[dataset.pk]), given, format="multipart").status_code == 422
    assert not Feed.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("kinds", []), ("kinds", ["movies"]), ("prefix", "a/../b"), ("schedule", "weekly")]
)
def test_what_cannot_be_right_is_refused_at_its_field(org, dataset, with_key, field, value):
    body = {"connection": make_connection(org).pk, "kinds": ["images"], field: value}
    reply = with_key(org).post(f"/api/v1/datasets/{dataset.pk}/feeds", body)
    assert reply.status_code == 400
    assert reply.json()["problems"][0]["path"].partition("[")[0] == field


def test_a_feed_is_begun_on_a_page_and_its_page_tells_how_it_went(org, dataset, connection, bucket, max_, sign_in):
    bucket.put("a/one.png", picture())
    bucket.put("a/bad.txt", b"\xff\xfe\xff")
    page = sign_in(max_)
    given = {"connection": connection.pk, "kinds": ["images", "texts"], "schedule": "daily", "prefix": "a"}
    reply = page.post(reverse("feed-new", args=[dataset.pk]), given, format="multipart")
    feed = Feed.objects.get()
    assert reply.url == reverse("feed", args=[feed.pk])
    assert Event.objects.filter(kind="feed.sync_requested", object_id=feed.pk).count() == 1
    synced(feed)
    shown = page.get(reply.url).text
    assert "2 objects: 1 new, 0 changed, 1 refused, 0 gone" in shown
    assert "a/bad.txt" in shown
    assert reverse("feed", args=[feed.pk]) in page.get(reverse("dataset", args=[dataset.pk])).text


def test_a_feed_whose_pictures_lie_in_the_bucket_is_not_removed(org, dataset, connection, bucket, with_key):
    bucket.put("one.png", picture())
    feed = synced(make_feed(dataset, connection))
    assert with_key(org).delete(f"/api/v1/feeds/{feed.pk}").status_code == 409
    assert Feed.objects.exists()


def test_a_deleted_dataset_takes_its_feeds_along_and_leaves_the_bucket_alone(org, connection, bucket):
    import time

    from tasks.services.purging import purge_dataset

    bucket.put("one.png", picture())
    dataset = make_dataset(org)
    synced(make_feed(dataset, connection))
    assert purge_dataset(dataset=dataset, until=time.monotonic() + 60)
    assert not Feed.objects.exists()
    assert bucket.keys() == ["one.png"]
