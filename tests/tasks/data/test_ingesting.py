"""The import's promises: every line once, whatever happens; and its progress is the truth."""

import io
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from labeling import storage
from labeling.outbox.models import Event
from tasks.jobs.ingest import ingest_upload, purge_deleted_datasets
from tasks.models import Dataset, Item, Upload, UploadProblem
from tasks.services import ingesting
from tests.labeling.pictures import exif, picture

pytestmark = pytest.mark.django_db


def lines(number: int, *, broken: int = 0) -> bytes:
    """JSON lines of which every `broken`-th is broken."""
    made = [b'{"id": "k%d", "text": "line %d"}' % (n, n) for n in range(1, number + 1)]
    if broken:
        made[broken - 1 :: broken] = [b'{"text": ' for _ in made[broken - 1 :: broken]]
    return b"\n".join(made) + b"\n"


def table(number: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": [f"row {n}" for n in range(number)]}), out, row_group_size=30)
    return out.getvalue()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingesting, "CHUNK_ROWS", 10)


def die(*args: Any, **kwargs: Any) -> None:
    raise KeyboardInterrupt("killed")


def lease_ran_out() -> None:
    Upload.objects.update(worked_at=timezone.now() - 2 * ingesting.LEASE)


def checked(upload_id: int, *, rows: int, rejected: int = 0) -> Upload:
    """The upload is done, and everything adds up."""
    upload = Upload.objects.get(pk=upload_id)
    assert (upload.state, upload.error) == ("done", "")
    assert (upload.rows, upload.created, upload.rejected) == (rows, rows - rejected, rejected)
    assert upload.bytes_done == upload.size
    assert Item.objects.count() == rows - rejected == Dataset.objects.get().item_count
    assert UploadProblem.objects.filter(upload=upload).count() == rejected
    return upload


def test_each_chunk_has_one_event_with_its_range_of_ids(send, small_chunks):
    upload_id = send("a.jsonl", lines(25)).json()["id"]
    ingest_upload(upload_id)
    checked(upload_id, rows=25)
    events = list(Event.objects.filter(kind="items.created").order_by("id"))
    assert [event.payload["count"] for event in events] == [10, 10, 5]
    for event in events:
        first, last = event.payload["first_id"], event.payload["last_id"]
        assert Item.objects.filter(pk__range=(first, last)).count() == event.payload["count"]
        assert event.object_id == Dataset.objects.get().pk


def test_the_file_goes_when_the_upload_is_done(imported, storage_folder):
    upload = imported("a.jsonl", lines(5))
    assert upload["state"] == "done"
    assert Upload.objects.get().storage_key == ""
    assert not [path for path in storage_folder.rglob("*") if path.is_file()]


def test_the_same_file_again_adds_nothing(imported):
    assert imported("a.jsonl", lines(30))["created"] == 30
    again = imported("a.jsonl", lines(30))
    assert (again["state"], again["rows"], again["created"], again["duplicates"]) == ("done", 30, 0, 30)
    assert Dataset.objects.get().item_count == 30
    assert Event.objects.filter(kind="items.created").count() == 1


def test_a_line_twice_in_one_file_is_one_item(imported):
    upload = imported("a.jsonl", b'{"text": "same"}\n{"text": "same"}\n{"text": "other"}\n')
    assert (upload["created"], upload["duplicates"]) == (2, 1)


def test_another_item_of_a_known_key_is_told_and_the_same_one_is_not(imported):
    upload = imported("a.csv", b"id,text\n7,one\n7,two\n7,one\n8,three\n")
    assert (upload["created"], upload["duplicates"], upload["rejected"]) == (2, 1, 1)
    told = UploadProblem.objects.get()
    assert (told.line, told.field, told.code) == (
        3,
        "id",
        "duplicate",
    ) and "'7' is the key of another item" in told.reason
    again = imported("b.csv", b"id,text\n8,three\n8,four\n")
    assert (again["created"], again["duplicates"], again["rejected"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("name", "content", "rejected"), [("a.jsonl", lines(95, broken=7), 13), ("a.parquet", table(95), 0)]
)
@pytest.mark.parametrize("victim", ["insert_items", "_renew", "_emit"])
@pytest.mark.parametrize("at", [1, 4, 9])
def test_a_worker_killed_in_a_chunk_costs_no_line_and_doubles_none(
    send, small_chunks, monkeypatch, name, content, rejected, victim, at
):
    upload_id = send(name, content).json()["id"]
    real, calls = getattr(ingesting, victim), []

    def die_at_the_nth(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return die() if len(calls) == at else real(*args, **kwargs)

    monkeypatch.setattr(ingesting, victim, die_at_the_nth)
    with pytest.raises(KeyboardInterrupt):
        ingest_upload(upload_id)
    assert Upload.objects.get().rows == 10 * (at - 1)
    assert Item.objects.count() == Upload.objects.get().created
    ingest_upload(upload_id)
    assert Upload.objects.get().state == "running"  # the dead worker's lease holds
    lease_ran_out()
    ingest_upload(upload_id)
    checked(upload_id, rows=95, rejected=rejected)


def test_a_job_gives_back_what_it_cannot_finish_in_its_time(send, small_chunks):
    upload_id = send("a.jsonl", lines(35)).json()["id"]
    ingesting.ingest(upload_id=upload_id, seconds=0)
    upload = Upload.objects.get()
    assert (upload.state, upload.rows, upload.worked_at) == ("running", 10, None)
    assert 0 < upload.bytes_done < upload.size
    assert Event.objects.filter(kind="upload.continued", object_id=upload_id).count() == 1
    ingest_upload(upload_id)
    checked(upload_id, rows=35)


def test_two_workers_never_have_the_same_upload(send):
    upload_id = send("a.jsonl", lines(5)).json()["id"]
    now = timezone.now()
    assert ingesting.take_upload(upload_id=upload_id, now=now)
    assert ingesting.take_upload(upload_id=upload_id, now=now + timedelta(seconds=1)) is None


def test_a_worker_that_was_only_asleep_stores_nothing_more(send, small_chunks, monkeypatch):
    upload_id = send("a.jsonl", lines(40)).json()["id"]
    real, calls = ingesting.store_chunk, []

    def sleep_once(**chunk: Any) -> None:
        calls.append(1)
        if len(calls) == 2:  # asleep for long: another worker takes over and finishes
            lease_ran_out()
            ingest_upload(upload_id)
        real(**chunk)

    monkeypatch.setattr(ingesting, "store_chunk", sleep_once)
    ingest_upload(upload_id)
    checked(upload_id, rows=40)


def test_a_file_that_kills_every_worker_fails_in_the_end(send, small_chunks, monkeypatch):
    upload_id = send("a.jsonl", lines(30)).json()["id"]
    monkeypatch.setattr(ingesting, "insert_items", die)
    for _ in range(ingesting.MOST_CRASHES + 1):
        with pytest.raises(KeyboardInterrupt):
            ingest_upload(upload_id)
        lease_ran_out()
    ingest_upload(upload_id)
    upload = Upload.objects.get()
    assert upload.state == "failed" and "stopped 4 times" in upload.error


def test_a_canceled_upload_stops_between_chunks_and_can_go_on(send, client, small_chunks, monkeypatch):
    upload_id = send("a.jsonl", lines(50)).json()["id"]
    real = ingesting.store_chunk

    def cancel_after_the_second(**chunk: Any) -> None:
        real(**chunk)
        if Upload.objects.get().rows == 20:
            assert client.post(f"/api/v1/uploads/{upload_id}/cancel").json()["cancel_requested"] is True

    monkeypatch.setattr(ingesting, "store_chunk", cancel_after_the_second)
    ingest_upload(upload_id)
    canceled = client.get(f"/api/v1/uploads/{upload_id}").json()
    assert (canceled["state"], canceled["rows"], canceled["created"]) == ("canceled", 20, 20)
    assert client.post(f"/api/v1/uploads/{upload_id}/cancel").status_code == 409
    assert client.post(f"/api/v1/uploads/{upload_id}/resume").json()["state"] == "waiting"
    monkeypatch.undo()
    ingest_upload(upload_id)
    checked(upload_id, rows=50)
    assert client.post(f"/api/v1/uploads/{upload_id}/resume").status_code == 409


def test_an_upload_that_waits_is_canceled_at_once(send, client):
    upload_id = send("a.jsonl", lines(5)).json()["id"]
    assert client.post(f"/api/v1/uploads/{upload_id}/cancel").json()["state"] == "canceled"
    ingest_upload(upload_id)
    assert not Item.objects.exists()


def test_somebody_elses_upload_is_as_missing_as_none(send, with_key, eve):
    upload_id = send("a.jsonl", lines(5)).json()["id"]
    theirs = with_key(eve.memberships.get().organization)
    for path in ("", "/errors"):
        assert theirs.get(f"/api/v1/uploads/{upload_id}{path}").status_code == 404
    for path in ("/cancel", "/resume"):
        assert theirs.post(f"/api/v1/uploads/{upload_id}{path}").status_code == 404


def test_an_image_is_cleaned_thumbnailed_and_stored_under_our_name(imported):
    upload = imported("My holiday.JPG", picture("JPEG", size=(800, 400), exif=exif(6)))
    assert upload["created"] == 1
    item = Item.objects.get()
    assert item.data == {"image": "My holiday.JPG"}
    image = item.media["image"]
    assert (image["width"], image["height"], image["format"]) == (400, 800, "JPEG")
    with storage.open_file(image["key"]) as clean:
        assert b"SecretCam" not in clean.read()
    assert storage.size(image["thumb"]) < storage.size(image["key"])
    assert "holiday" not in image["key"]


def test_a_dataset_deleted_meanwhile_takes_no_more_items(send, client, dataset, small_chunks, monkeypatch):
    upload_id = send("a.jsonl", lines(30)).json()["id"]
    real = ingesting.store_chunk

    def delete_after_the_first(**chunk: Any) -> None:
        real(**chunk)
        Dataset.objects.update(deleted_at=timezone.now() - timedelta(minutes=1))

    monkeypatch.setattr(ingesting, "store_chunk", delete_after_the_first)
    ingest_upload(upload_id)
    assert Upload.objects.get().state == "canceled"
    assert Item.objects.count() == 10
    purge_deleted_datasets()
    assert not Item.objects.exists() and not Upload.objects.exists()


def test_a_chunk_takes_the_same_few_queries_however_many_rows(send, django_assert_max_num_queries):
    upload_id = send("a.jsonl", lines(1500, broken=100)).json()["id"]
    with django_assert_max_num_queries(60):
        ingest_upload(upload_id)
    checked(upload_id, rows=1500, rejected=15)


def test_prompts_and_responses_without_a_text_become_items(imported, dataset):
    lines = (
        b'{"id": "q1", "prompt": "Write a haiku", "responses": ["Old pond", "New pond"]}\n'
        b'{"id": "q2", "prompt": [{"role": "user", "content": "Hi"}], "responses": [{"id": "m1", "text": "Hello"}]}\n'
    )
    upload = imported("a.jsonl", lines)
    assert (upload["state"], upload["created"], upload["rejected"]) == ("done", 2, 0)
    first, second = dataset.items.order_by("pk")
    assert (first.key, first.data["responses"]) == ("q1", ["Old pond", "New pond"])
    assert (second.key, second.data["responses"]) == ("q2", [{"id": "m1", "text": "Hello"}])
