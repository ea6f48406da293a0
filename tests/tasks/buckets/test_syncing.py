"""A dataset fed from a bucket: what comes in, what is told, and that nothing is lost or twice when a worker dies."""

from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from labeling import buckets
from labeling.outbox.models import Event
from tasks.jobs.feeds import open_fed_items, start_feeds, sync_feed
from tasks.jobs.ingest import ingest_upload
from tasks.models import FedObject, Feed, Item, Task, Upload
from tasks.services import feeds, syncing
from tests.factories import make_answer, make_project, make_task, make_user
from tests.tasks.buckets.conftest import make_feed

pytestmark = pytest.mark.django_db


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), format: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, format, **options)
    return out.getvalue()


def synced(feed: Feed) -> Feed:
    sync_feed(feed.pk)
    feed.refresh_from_db()
    return feed


def again(feed: Feed, **options: Any) -> Feed:
    feeds.request_sync(feed=feed, actor=None, now=timezone.now(), **options)
    return synced(feed)


def told(feed: Feed) -> dict[str, tuple[str, str]]:
    return {row.key: (row.state, row.note) for row in FedObject.objects.filter(feed=feed).exclude(note="")}


def imported() -> Upload:
    upload = Upload.objects.latest("id")
    ingest_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def test_pictures_texts_and_tables_come_in(dataset, connection, bucket):
    bucket.put("a/one.png", picture())
    bucket.put("a/two words é.txt", "\ufeffGrüße".encode())
    bucket.put("a/rows.jsonl", b'{"id": "r1", "text": "First"}\nnonsense\n{"id": "r2", "text": "Second"}\n')
    bucket.put("a/movie.mp4", b"...")
    bucket.put("a/", b"")
    feed = synced(make_feed(dataset, connection))
    assert (feed.state, feed.looked_at, feed.fresh, feed.passed_over) == ("done", 4, 3, 1)
    upload = imported()
    assert (upload.state, upload.created, upload.rejected, upload.filename) == ("done", 2, 1, "rows.jsonl")
    items = {item.key: item for item in Item.objects.filter(dataset=dataset)}
    assert set(items) == {"a/one.png", "a/two words é.txt", "r1", "r2"}
    image = items["a/one.png"].media["image"]
    assert (image["width"], image["height"], items["a/one.png"].data) == (40, 30, {"image": "a/one.png"})
    assert items["a/two words é.txt"].data["text"] == "Grüße"
    dataset.refresh_from_db()
    assert dataset.item_count == 4


def test_a_picture_stays_in_the_bucket(dataset, connection, bucket, storage_folder):
    bucket.put("one.png", picture(size=(800, 600)))
    synced(make_feed(dataset, connection))
    kept = [path.name for path in storage_folder.rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert kept[0].endswith(".thumb.webp")


def test_only_the_folders_of_the_feed_and_of_the_connection_are_read(dataset, connection, bucket):
    connection.prefix = "in/"
    connection.save()
    for key in ("in/a/1.txt", "in/ab/2.txt", "in/b/3.txt", "a/4.txt"):
        bucket.put(key, b"Hello")
    synced(make_feed(dataset, connection, prefix="/a"))
    assert [item.key for item in Item.objects.filter(dataset=dataset)] == ["in/a/1.txt"]


def test_a_bad_object_is_told_of_and_the_rest_comes_in(dataset, connection, bucket, settings):
    settings.MAX_LINE = 50
    for key, content in {
        "bad.png": b"no picture", "broken.jpg": picture(format="JPEG")[:200], "empty.png": b"",
        "latin.txt": "Grüße".encode("latin-1"), "long.txt": b"x" * 51, "nothing.csv": b"", "zz.txt": b"Good",
    }.items():  # fmt: skip
        bucket.put(key, content)
    feed = synced(make_feed(dataset, connection))
    assert (feed.fresh, feed.refused) == (1, 6)
    assert {key: state for key, (state, _) in told(feed).items()}.keys() == {
        "bad.png", "broken.jpg", "empty.png", "latin.txt", "long.txt", "nothing.csv",
    }  # fmt: skip
    assert told(feed)["latin.txt"][1].startswith("the text: not UTF-8: byte 3 is 0xFC")
    assert told(feed)["bad.png"][1].startswith("not an image of a kind we take")


def test_a_second_sync_adds_nothing_and_reads_nothing(dataset, connection, bucket, monkeypatch):
    bucket.put("one.png", picture())
    feed = synced(make_feed(dataset, connection))
    monkeypatch.setattr(buckets, "read", lambda *args, **options: pytest.fail("nothing has changed"))
    feed = again(feed)
    assert (feed.state, feed.looked_at, feed.fresh, feed.expected) == ("done", 1, 0, 1)
    assert Item.objects.filter(dataset=dataset).count() == 1


def test_what_changed_before_anybody_answered_is_replaced_and_told(dataset, connection, bucket):
    bucket.put("one.png", picture(size=(40, 30)))
    feed = synced(make_feed(dataset, connection))
    before = Item.objects.get()
    bucket.put("one.png", picture("blue", size=(50, 60)))
    feed = again(feed)
    after = Item.objects.get()
    assert (feed.changed, after.pk, after.media["image"]["width"]) == (1, before.pk, 50)
    assert after.media["image"]["key"] != before.media["image"]["key"]
    assert told(feed)["one.png"][1].startswith("it changed in the bucket; nobody had answered")


def test_what_changed_after_it_was_answered_waits_for_a_word(org, ann, dataset, connection, bucket):
    bucket.put("one.png", picture(size=(40, 30)))
    feed = synced(make_feed(dataset, connection))
    make_answer(make_task(make_project(org), Item.objects.get()), ann)
    bucket.put("one.png", picture("blue", size=(50, 60)))
    feed = again(feed)
    assert told(feed)["one.png"] == ("changed", "it changed in the bucket after it was answered")
    assert Item.objects.get().media["image"]["width"] == 40
    feed = again(feed, take_changed=True)
    assert told(feed)["one.png"][0] == "taken"
    assert Item.objects.get().media["image"]["width"] == 50


def test_what_is_gone_is_told_and_never_deleted_and_may_come_back(dataset, connection, bucket):
    content = picture()
    bucket.put("one.png", content)
    bucket.put("two.png", picture("blue"))
    feed = synced(make_feed(dataset, connection))
    bucket.delete("one.png")
    feed = again(feed)
    assert feed.gone == 1
    assert told(feed) == {"one.png": ("gone", "it is gone from the bucket")}
    assert Item.objects.filter(dataset=dataset).count() == 2
    bucket.put("one.png", content)
    assert told(again(feed)) == {}


def test_a_changed_table_is_imported_anew_without_doubling_its_rows(dataset, connection, bucket):
    bucket.put("rows.csv", b"id,text\n1,First\n")
    feed = synced(make_feed(dataset, connection))
    imported()
    bucket.put("rows.csv", b"id,text\n1,First\n2,Second\n")
    again(feed)
    upload = imported()
    assert (upload.created, upload.duplicates) == (1, 1)


def test_a_table_that_changes_while_it_is_read_fails_in_plain_words(dataset, connection, bucket):
    bucket.put("rows.csv", b"id,text\n1,First\n")
    synced(make_feed(dataset, connection))
    bucket.put("rows.csv", b"id,text\n1,Other\n")
    upload = imported()
    assert (upload.state, upload.error) == ("failed", "the object in the bucket is another one by now")


def test_a_name_that_is_taken_by_another_item_is_told(dataset, connection, bucket):
    Item.objects.create(dataset=dataset, key="one.png", data={"text": "Mine"}, content_hash="x")
    bucket.put("one.png", picture())
    feed = synced(make_feed(dataset, connection))
    assert told(feed)["one.png"] == ("refused", "the dataset has another item with this key already")
    assert Item.objects.get().data == {"text": "Mine"}


class Killed(BaseException):
    """Nothing catches it, as nothing catches kill -9."""


def test_a_sync_goes_on_where_a_killed_worker_left_it(dataset, connection, bucket, monkeypatch):
    for number in range(12):
        bucket.put(f"{number:02}.txt", f"Text {number}".encode())
    monkeypatch.setattr(syncing, "CHUNK_TAKEN", 5)
    feed = make_feed(dataset, connection)
    whole, stored = syncing.store_chunk, []

    def dies(**given: Any) -> None:
        if len(stored) == 2:
            raise Killed
        stored.append(given["chunk"])
        whole(**given)

    monkeypatch.setattr(syncing, "store_chunk", dies)
    with pytest.raises(Killed):
        sync_feed(feed.pk)
    monkeypatch.setattr(syncing, "store_chunk", whole)
    feed.refresh_from_db()
    assert (feed.state, feed.cursor, feed.looked_at) == ("running", "09.txt", 10)
    assert synced(feed).looked_at == 10, "its lease has not run out: another worker may be at it"
    Feed.objects.update(worked_at=timezone.now() - syncing.LEASE)
    read: list[str] = []
    real = buckets.read
    monkeypatch.setattr(buckets, "read", lambda place, key, **more: read.append(key) or real(place, key, **more))
    feed = synced(feed)
    assert (feed.state, feed.looked_at, feed.fresh) == ("done", 12, 12)
    assert sorted(read) == ["10.txt", "11.txt"]
    assert Item.objects.filter(dataset=dataset).count() == 12


def test_a_job_hands_on_after_its_time_and_progress_moves(dataset, connection, bucket, monkeypatch):
    for number in range(6):
        bucket.put(f"{number}.txt", b"Hello")
    monkeypatch.setattr(syncing, "CHUNK_TAKEN", 2)
    feed = make_feed(dataset, connection)
    seen = []
    while Feed.objects.get().state != "done":
        syncing.sync(feed_id=feed.pk, seconds=0)
        seen.append(Feed.objects.get().looked_at)
    assert seen[:3] == [2, 4, 6]
    assert Event.objects.filter(kind="feed.continued").exists()


def test_a_bucket_out_of_reach_is_tried_again_and_then_told_of(dataset, connection):
    connection.endpoint = "http://127.0.0.1:1"
    connection.save()
    feed = make_feed(dataset, connection)
    for _ in range(syncing.MOST_CRASHES + 1):
        assert synced(feed).state == "running"
        Feed.objects.update(worked_at=timezone.now() - syncing.LEASE)
    feed = synced(feed)
    assert feed.state == "failed"
    assert feed.error.endswith("the endpoint cannot be reached")


def test_a_schedule_starts_syncs_by_itself(dataset, connection, bucket):
    feed = synced(make_feed(dataset, connection, schedule="hourly"))
    assert start_feeds() == 0
    Feed.objects.update(due_at=timezone.now())
    assert feeds.start_due(now=timezone.now()) == 1
    feed.refresh_from_db()
    assert (feed.state, feed.run) == ("waiting", 2)
    assert feed.due_at > timezone.now()


def test_a_running_project_gets_tasks_for_what_came_in(org, dataset, connection, bucket):
    project = make_project(org)
    project.datasets.add(dataset)
    bucket.put("one.txt", b"Hello")
    feed = synced(make_feed(dataset, connection))
    assert open_fed_items(feed.pk) == 1
    assert Task.objects.filter(project=project).count() == 1


def test_a_sync_that_is_stopped_keeps_what_is_in_and_goes_on_later(dataset, connection, bucket, monkeypatch):
    for number in range(4):
        bucket.put(f"{number}.txt", b"Hello")
    monkeypatch.setattr(syncing, "CHUNK_TAKEN", 2)
    feed = make_feed(dataset, connection)
    Feed.objects.update(stop_requested=True)
    assert synced(feed).state == "stopped"
    assert Item.objects.filter(dataset=dataset).count() == 2
    feeds.resume_sync(feed=feed, actor=make_user())
    assert (synced(feed).state, feed.looked_at) == ("done", 4)
