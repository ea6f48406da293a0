"""Signed links: what they open, for how long, and with which headers."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from labeling import image_tiles, links, storage
from tasks.jobs.ingest import purge_deleted_datasets
from tasks.models import Dataset, Item
from tasks.selectors.media import image_links, media_url
from tests.factories import make_project
from tests.labeling.pictures import picture


@pytest.fixture
def image(imported: Any) -> dict[str, Any]:
    imported("cat.png", picture(size=(40, 20)))
    found = image_links(Item.objects.get().media)
    assert found
    return found


def test_an_image_is_shown_to_whoever_has_the_link(image):
    from django.test import Client

    reply = Client().get(image["url"])
    assert reply.status_code == 200 and reply["Content-Type"] == "image/png"
    assert reply.getvalue() == picture(size=(40, 20))
    assert (image["width"], image["height"]) == (40, 20)
    assert Client().get(image["thumb_url"])["Content-Type"] == "image/webp"


def test_a_large_picture_is_served_in_pieces_and_goes_whole(imported, client, monkeypatch, dataset):
    for name, value in (("LARGE", 1), ("SIDE", 16), ("OVERVIEW_SIDE", 24)):
        monkeypatch.setattr(image_tiles, name, value)
    imported("cat.png", picture(size=(40, 20)))
    media = Item.objects.get().media
    tiles = image_links(media)["tiles"]
    assert tiles["sizes"] == [[20, 10], [40, 20]] and len(tiles["ends"]) == 1 + 3 * 2
    reply = client.get(tiles["url"], headers={"Range": f"bytes=0-{tiles['ends'][0] - 1}"})
    assert reply.status_code == 206 and Image.open(BytesIO(reply.getvalue())).size == (20, 10)
    assert reply["Content-Type"] == "application/octet-stream" and reply["X-Content-Type-Options"] == "nosniff"
    Dataset.objects.update(deleted_at=timezone.now() - timedelta(minutes=1))
    purge_deleted_datasets()
    assert not any(storage.exists(key) for key in (media["image"]["key"], media["image"]["tiles"]["key"]))


def test_the_headers_leave_no_room_for_active_content(image, client):
    reply = client.get(image["url"])
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"].startswith("sandbox")
    assert reply["Content-Disposition"] == "inline"
    assert re.fullmatch(r"private, max-age=\d+, immutable", reply["Cache-Control"])


def test_the_link_stays_the_same_for_a_while_and_then_ends(monkeypatch, settings):
    settings.MEDIA_LINK_SECONDS = 1000
    now = 5_000_100.0
    monkeypatch.setattr(links.time, "time", lambda: now)
    first = media_url("images/1/a.png")
    token = first.split("/")[2]
    now += 800
    assert media_url("images/1/a.png") == first
    now += 200
    assert media_url("images/1/a.png") != first
    assert links.check("groundwork.media", "images/1/a.png", token)
    now += 1000
    assert links.check("groundwork.media", "images/1/a.png", token) is None


def test_a_link_opens_nothing_else(image, client):
    for changed in (
        image["url"].replace("/media/", "/media/f"),
        image["url"][:-5] + "x.png",
        re.sub(r"/media/[^/]+/", "/media/1.x/", image["url"]),
        re.sub(r"/media/[^/]+/", "/media/%C3%A9.%C3%A9/", image["url"]),
        "/media/x/../../etc/passwd",
    ):
        assert client.get(changed).status_code == 404
    assert client.post(image["url"]).status_code == 405


def test_a_purged_image_is_not_found(image, client, storage_folder):
    for path in storage_folder.rglob("*.png"):
        path.unlink()
    assert client.get(image["url"]).status_code == 404


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=0-9999999", 0, None)],
)
def test_a_part_can_be_asked_for(image, client, asked, start, end):
    whole = picture(size=(40, 20))
    reply = client.get(image["url"], headers={"Range": asked})
    assert reply.status_code == 206 and reply.getvalue() == whole[start:end]
    assert reply["Content-Length"] == str(len(whole[start:end]))
    assert reply["Content-Range"].endswith(f"/{len(whole)}")


def test_a_part_beyond_the_end_is_refused_and_nonsense_ignored(image, client):
    assert client.get(image["url"], headers={"Range": "bytes=999999-"}).status_code == 416
    assert client.get(image["url"], headers={"Range": f"bytes={9:05000}-"}).status_code == 200, "no range at all"
    assert client.get(image["url"], headers={"Range": "lines=1-2"}).status_code == 200


def test_a_browser_that_has_the_image_gets_no_bytes(image, client):
    etag = client.get(image["url"])["ETag"]
    assert client.get(image["url"], headers={"If-None-Match": etag}).status_code == 304


def test_an_item_without_an_image_has_no_links():
    assert image_links({}) is None


def test_items_of_the_api_carry_their_links(image, client, dataset):
    [item] = client.get(f"/api/v1/datasets/{dataset.pk}/items").json()["results"]
    assert item["image"] == image
    assert "media" not in item


def test_an_export_is_a_download_with_a_safe_name(client, org):
    from tasks.jobs.exports import run_export

    project = make_project(org, name='Fun "and" <games>/../x')
    path = f"/api/v1/projects/{project.pk}/exports"
    made = client.post(path, {"format": "csv"}).json()
    assert made["download_url"] is None
    run_export(made["id"])
    url = client.get(f"{path}/{made['id']}").json()["download_url"]
    assert url.startswith("http://testserver/media/exports/")
    reply = client.get(url)
    assert reply["Content-Disposition"] == f'attachment; filename="fun-and-gamesx-export-{made["id"]}.csv"'
    assert reply["X-Content-Type-Options"] == "nosniff" and reply["Cache-Control"] == "private, no-store"
    token = url.rpartition("/")[2]
    assert client.get(f"/media/exports/{made['id'] + 1}/{token}").status_code == 404
    assert client.get(f"/media/exports/{made['id']}/{token[:-1]}").status_code == 404
