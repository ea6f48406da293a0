"""Pictures that stay in the bucket: seen by our own signed link, and never another one than was looked at."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from labeling import links
from tasks.models import Item
from tasks.selectors.media import image_links
from tasks.services.in_place import open_key
from tests.labeling.pictures import exif, picture
from tests.tasks.buckets.conftest import SECRET, make_feed
from tests.tasks.buckets.test_syncing import again, synced

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed(dataset, connection, bucket):
    bucket.put("one.png", picture())
    return synced(make_feed(dataset, connection))


def link():
    return image_links(Item.objects.get().media)["url"]


def test_who_holds_the_link_sees_the_picture_and_learns_nothing_of_the_bucket(feed, bucket, client):
    reply = client.get(link())
    assert (reply.status_code, reply["Content-Type"], reply.getvalue()) == (200, "image/png", picture())
    assert reply["Content-Security-Policy"].startswith("sandbox")
    assert reply["X-Content-Type-Options"] == "nosniff"
    told = f"{link()} {reply.headers}"
    assert [word for word in (bucket.name, SECRET, "AKIA", "X-Amz") if word in told] == []


def test_the_thumbnail_is_ours_and_works_without_the_bucket(feed, bucket, client):
    bucket.delete("one.png")
    thumb = image_links(Item.objects.get().media)["thumb_url"]
    assert client.get(thumb).status_code == 200


def test_a_link_ends_and_the_next_page_has_a_new_one(feed, client, settings, monkeypatch):
    settings.MEDIA_LINK_SECONDS = 60
    now = links.time.time()
    old = link()
    monkeypatch.setattr(links.time, "time", lambda: now + 121)
    assert client.get(old).status_code == 404
    assert link() != old
    assert client.get(link()).status_code == 200


def test_a_browser_that_has_the_picture_asks_the_bucket_for_nothing(feed, bucket, client):
    etag = client.get(link())["ETag"]
    bucket.delete("one.png")
    assert client.get(link(), headers={"If-None-Match": etag}).status_code == 304


def test_another_picture_under_the_name_is_not_shown_until_it_was_looked_at(feed, bucket, client):
    old = link()
    bucket.put("one.png", picture(size=(60, 20)))
    assert client.get(old).status_code == 404
    again(feed)
    assert client.get(old).status_code == 404
    assert Image.open(BytesIO(client.get(link()).getvalue())).size == (60, 20)


def test_a_picture_that_tells_of_its_camera_is_cleaned_on_its_way(dataset, connection, bucket, client):
    bucket.put("one.jpg", picture("JPEG", exif=exif(orientation=6)))
    synced(make_feed(dataset, connection))
    media = Item.objects.get().media["image"]
    content = client.get(link()).getvalue()
    assert b"SecretCam" not in content
    assert Image.open(BytesIO(content)).size == (media["width"], media["height"]) == (20, 40)


def test_a_bucket_out_of_reach_is_try_again_later(feed, connection, client):
    connection.endpoint = "http://127.0.0.1:1"
    connection.save()
    reply = client.get(link())
    assert (reply.status_code, reply["Retry-After"]) == (503, "10")


def test_an_invented_name_shows_nothing(feed, client):
    for key in ("bucket/1/../../x.png", "bucket/999999/0123456789abcdef.png", "bucket/x.png"):
        token = links.sign("groundwork.media", key, seconds=60)
        assert client.get(reverse("media", args=[token, key])).status_code == 404


def test_an_export_takes_the_picture_along(feed):
    assert open_key(Item.objects.get().media["image"]["key"]).read() == picture()
