"""What real storages do: odd names, many objects, keys that end in the middle, objects that go while one looks."""

import html
import json
import re
import uuid
from functools import cache
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.conf import settings as ours
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from moto.backends import get_backend

from labeling import buckets, storage_url
from labeling.buckets import BucketError
from labeling.buckets import own as own_files
from tasks.models import FedObject, Item
from tasks.services import aborting_uploads, taking_objects
from tests.factories import make_user
from tests.receivers import says, server
from tests.tasks.buckets.conftest import make_connection, make_feed, plain_client
from tests.tasks.buckets.test_connections import check
from tests.tasks.buckets.test_sending_exports import export, send, worked  # noqa: F401  (a fixture)
from tests.tasks.buckets.test_syncing import again, synced, told

pytestmark = pytest.mark.django_db
ODD = [
    "a b.txt",
    "100%.txt",
    "50%25.txt",
    "1+1=2.txt",
    "猫/ねこ 🐈.txt",
    "é.txt",
    "e\u0301.txt",
    "a&b<c>'\".txt",
    "x?y#z.txt",
]


@cache
def iam_of(address: str) -> Any:
    return plain_client(address, "iam")


def key_with(address: str, statements: list[dict[str, Any]]) -> dict[str, str]:
    """A key of a user of its own that may do this only."""
    iam, name = iam_of(address), uuid.uuid4().hex
    iam.create_user(UserName=name)
    told = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=told)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {"access_key_id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def allowed(address: str, bucket: str, *actions: str) -> dict[str, str]:
    arns = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return key_with(address, [{"Effect": "Allow", "Action": list(actions), "Resource": arns}])


@pytest.fixture
def strict(s3: str) -> Any:
    """From now on the storage asks who calls, and what they may."""

    def begin() -> None:
        requests.post(f"{s3}/moto-api/reset-auth", data="0", timeout=5)

    yield begin
    requests.post(f"{s3}/moto-api/reset-auth", data="inf", timeout=5)


def test_names_with_spaces_percent_plus_and_any_script_are_read_and_gone_on_behind(dataset, connection, bucket):
    for key in ODD:
        bucket.put(key, f"Text of {key}".encode())
    feed = synced(make_feed(dataset, connection))
    assert (feed.state, feed.fresh, feed.refused) == ("done", len(ODD), 0)
    assert {item.key: item.data["text"] for item in Item.objects.all()} == {key: f"Text of {key}" for key in ODD}
    for n, key in enumerate(sorted(ODD, key=str.encode)):
        (page,) = buckets.list_objects(connection.place, "", after=key)
        assert len(page) == len(ODD) - n - 1


def test_many_objects_come_page_by_page(dataset, connection, bucket, monkeypatch):
    within = get_backend("s3")["123456789012"]["aws"]  # the server runs in this process
    for n in range(1_100):
        within.put_object(bucket.name, f"{n:06}.{'txt' if n % 700 == 0 else 'mp4'}", b"Some text")
    pages, whole = [], buckets.list_objects
    monkeypatch.setattr(
        buckets, "list_objects", lambda *a, **o: (pages.append(len(page)) or page for page in whole(*a, **o))
    )
    feed = synced(make_feed(dataset, connection))
    assert (feed.state, feed.looked_at, feed.fresh, feed.passed_over) == ("done", 1_100, 2, 1_098)
    assert pages == [1000, 100]


def test_a_key_that_is_taken_away_in_the_middle_stops_the_sync_and_loses_no_object(
    org, dataset, s3, bucket, strict, monkeypatch, sign_in
):
    for n in range(5):
        bucket.put(f"{n}.txt", b"Some text")
    key, fresh = (allowed(s3, bucket.name, "s3:ListBucket", "s3:GetObject") for _ in range(2))
    connection = make_connection(org, s3, bucket=bucket.name, **key)
    strict()
    feed, take = make_feed(dataset, connection), taking_objects._take

    def revoked(place: Any, listed: Any, *rest: Any) -> Any:
        if listed.key == "2.txt":  # the next few were asked for already
            rest = (rest[0], Revoked(), *rest[2:])
        return take(place, listed, *rest)

    class Revoked:
        def result(self) -> bytes:
            iam = get_backend("iam")["123456789012"]["aws"]  # the server runs in this process
            for user in iam.users.values():
                for one in [key for key in user.access_keys if key.access_key_id == connection.access_key_id]:
                    user.access_keys.remove(one)
            return buckets.read(connection.place, "2.txt", etag="x")

    with monkeypatch.context() as revoking:
        revoking.setattr(taking_objects, "_take", revoked)
        feed = synced(feed)
    assert (feed.state, feed.error) == ("failed", "the access key or its secret is wrong")
    assert (feed.fresh, feed.refused, told(feed)) == (2, 0, {})
    page = sign_in(make_user(org, "admin")).get(reverse("connection", args=[connection.pk])).text
    assert "the access key or its secret is wrong" in page and "have a new key made" in page

    connection.access_key_id, connection.sealed_secret = fresh["access_key_id"], sealed(fresh["secret"])
    connection.save()
    assert again(feed).fresh == 3
    connection.refresh_from_db()
    assert (connection.check_code, connection.check_error) == ("", "")


def sealed(secret: str) -> str:
    from labeling.sealing import seal

    return seal(secret)


def test_an_object_that_may_not_be_read_today_is_asked_for_again(dataset, connection, bucket, monkeypatch):
    bucket.put("one.txt", b"One")
    bucket.put("two.txt", b"Two")
    read = buckets.read

    def denied(place: Any, key: str, **given: Any) -> bytes:
        if key == "one.txt":
            raise BucketError("denied", "the access key may not do this with the bucket")
        return read(place, key, **given)

    with monkeypatch.context() as denying:
        denying.setattr(buckets, "read", denied)
        feed = synced(make_feed(dataset, connection))
        assert (feed.state, feed.fresh, feed.refused) == ("done", 1, 1)
        assert told(feed)["one.txt"] == ("refused", "the access key may not do this with the bucket")
    assert (again(feed).fresh, told(feed)) == (1, {})


def test_a_new_version_that_may_not_be_read_today_does_not_wait_for_a_word(dataset, connection, bucket, monkeypatch):
    bucket.put("one.txt", b"One")
    feed = synced(make_feed(dataset, connection))
    bucket.put("one.txt", b"Another")
    with monkeypatch.context() as denying:
        denying.setattr(buckets, "read", lambda *a, **o: raise_(BucketError("denied", "no")))
        assert told(again(feed))["one.txt"] == ("taken", "the new version cannot be read: no")
    again(feed)
    assert Item.objects.get().data["text"] == "Another"


def raise_(error: Exception) -> Any:
    raise error


def test_an_object_deleted_after_it_was_listed_is_not_there(dataset, connection, bucket, monkeypatch):
    for name in ("a.txt", "b.txt"):
        bucket.put(name, b"Some text")
    whole = buckets.list_objects

    def deletes(*given: Any, **options: Any) -> Any:
        for page in whole(*given, **options):
            bucket.delete("a.txt")
            yield page

    with monkeypatch.context() as deleting:
        deleting.setattr(buckets, "list_objects", deletes)
        feed = synced(make_feed(dataset, connection))
    assert (feed.state, feed.looked_at, feed.fresh, feed.refused) == ("done", 2, 1, 0)
    assert list(FedObject.objects.values_list("key", flat=True)) == ["b.txt"]
    bucket.put("a.txt", b"Some text")
    assert again(feed).fresh == 1, "though it is the same as what was listed before"


def test_an_empty_object_is_told_of_and_an_empty_export_arrives(dataset, connection, bucket, export):  # noqa: F811
    bucket.put("nothing.txt", b"")
    feed = synced(make_feed(dataset, connection))
    assert told(feed) == {"nothing.txt": ("refused", "the object is empty")}
    from tests.tasks.buckets.test_sending_exports import large

    large(export, 0)
    sent = worked(send(export, connection))
    assert (sent.state, bucket.get(sent.key)) == ("done", b"")


WRONG = [
    ("ExpiredToken", 400, "the access key has expired", "Enter a key that was made for this server"),
    ("RequestTimeTooSkewed", 403, "the clocks differ: set this server's clock, or that of the storage", "NTP"),
    ("AccessDenied", 403, "the access key may not do this with the bucket", "rights that the help page lists"),
    ("NoSuchBucket", 404, "there is no such bucket", "another account or endpoint"),
    ("AuthorizationHeaderMalformed", 400, "the bucket is in another region: eu-west-1", "Enter the region"),
    ("SomethingNew", 400, "the storage gave a reply that is not understood", "not a web page"),
]


def test_the_connections_page_says_what_is_wrong_and_what_to_do(org, sign_in):
    told = ["", 0]

    def refuse(request: Any) -> None:
        body = f"<?xml version='1.0'?><Error><Code>{told[0]}</Code><Region>eu-west-1</Region></Error>".encode()
        says(told[1], body, **{"Content-Type": "application/xml"})(request)

    page = sign_in(make_user(org, "admin"))
    with server(refuse) as (url, _):
        connection = make_connection(org, url)
        for code, status, error, to_do in WRONG:
            told[:] = [code, status]
            assert check(connection) == error
            shown = html.unescape(page.get(reverse("connection", args=[connection.pk])).text)
            assert error in shown and to_do in shown


def test_a_bucket_that_may_be_listed_but_not_read_is_told_of(org, s3, bucket, strict):
    bucket.put("one.txt", b"One")
    key = allowed(s3, bucket.name, "s3:ListBucket")
    strict()
    assert (
        check(make_connection(org, s3, bucket=bucket.name, **key)) == "the access key may not do this with the bucket"
    )


def policies(bucket: str, folder: str) -> list[list[dict[str, Any]]]:
    """The statements that the help page names: to read and sync, to write exports, for our own files."""
    text = html.unescape((ours.ROOT / "templates/help/buckets.html").read_text())
    text = text.replace("BUCKET", bucket).replace("FOLDER", folder)
    blocks = [one for one in re.findall(r"<pre><code>(.*?)</code></pre>", text, re.DOTALL) if "Effect" in one]
    reading, exports, own = (json.loads(one if one.startswith("{") else f"[{one}]") for one in blocks)
    return [reading["Statement"], reading["Statement"] + exports, own["Statement"]]


def test_the_rights_that_the_help_page_names_are_enough(
    org,
    dataset,
    s3,
    bucket,
    strict,
    settings,
    monkeypatch,
    export,  # noqa: F811
):
    reading, writing, own = (key_with(s3, told) for told in policies(bucket.name, "in"))
    bucket.put("in/one.txt", b"One")
    strict()
    connection = make_connection(org, s3, bucket=bucket.name, prefix="in", **reading)
    assert check(connection) == ""
    feed = synced(make_feed(dataset, connection))
    assert (feed.state, feed.fresh) == ("done", 1)
    sent = worked(send(export, connection))
    assert sent.error == "the access key may not do this with the bucket"

    connection = make_connection(org, s3, bucket=bucket.name, prefix="in", name="Writes", **writing)
    sent = worked(send(export, connection))
    assert (sent.state, sent.error) == ("done", "")
    aborting_uploads._abort_lost_in(connection, before=timezone.now())

    url = f"s3://{own['access_key_id']}:{quote(own['secret'], safe='')}@{bucket.name}/in?endpoint={s3}"
    told = {"BACKEND": "labeling.buckets.own.BucketStorage", "OPTIONS": storage_url.options(url)}
    settings.STORAGES = settings.STORAGES | {"default": told}
    monkeypatch.setattr(own_files, "PART", 5 * 1024 * 1024)
    call_command("check_storage", stdout=StringIO())
