"""Our own files in a bucket, as STORAGE_URL says: in, shown, out and gone again, with nothing left on the disk."""

import hashlib
import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from labeling import storage, storage_url
from labeling.buckets import OwnStorageError, own, stream
from tasks.jobs.exports import clear_unfinished, run_export
from tasks.jobs.ingest import ingest_upload, purge_deleted_datasets
from tasks.models import Archive, Dataset, Export, Item, Task, Upload
from tasks.services import exporting, launching
from tasks.services.archive.making import request_archive, run_archive
from tests.factories import NOW, make_project
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture
from tests.tasks.buckets.conftest import SECRET, Bucket
from tests.tasks.buckets.test_connections import answer_of_storage
from tests.tasks.working import answer_to, exchange

pytestmark = pytest.mark.django_db


def use(settings: Any, address: str, bucket: str, secret: str = SECRET) -> None:
    url = f"s3://AKIA:{quote(secret, safe='')}@{bucket}/own?endpoint={address}"
    told = {"BACKEND": "labeling.buckets.own.BucketStorage", "OPTIONS": storage_url.options(url)}
    settings.STORAGES = settings.STORAGES | {"default": told}


@pytest.fixture(autouse=True)
def disk(settings: Any, s3: str, bucket: Bucket, tmp_path: Path) -> Path:
    """The folder that is left for what is on its way. The operator's own bucket needs no OUTGOING_ALLOW."""
    settings.STORAGE_DIR = tmp_path / "local"
    settings.OUTGOING_ALLOW, settings.OUTGOING_PUBLIC = [], False
    use(settings, s3, bucket.name)
    return settings.STORAGE_DIR


def sent_in(client: Any, dataset: Dataset, name: str, content: bytes) -> Upload:
    file = SimpleUploadedFile(name, content)
    reply = client.post(f"/api/v1/datasets/{dataset.pk}/uploads", {"file": file}, format="multipart")
    assert reply.status_code == 201, reply.content
    return Upload.objects.get(pk=reply.json()["id"])


def folders(bucket: Bucket) -> set[str]:
    return {key.split("/")[1] for key in bucket.keys()}  # noqa: SIM118 - no dict


def test_a_picture_comes_in_is_labeled_leaves_in_an_export_and_is_purged(
    org, ann, bob, dataset, bucket, disk, with_key, sign_in, django_capture_on_commit_callbacks
):
    client, content = with_key(org), picture(size=(40, 20))
    upload = sent_in(client, dataset, "cats.zip", zipped({"a b.png": content, "b.png": picture(size=(20, 20))}))
    assert folders(bucket) == {"uploads"}
    with django_capture_on_commit_callbacks(execute=True):
        ingest_upload(upload.pk)
    assert Item.objects.count() == 2
    assert folders(bucket) == {"images"}, "the zip is not needed any more"

    project = make_project(org, "boxes", {"question": "Where?", "labels": [{"value": "cat"}]})
    launching.launch(project=project, dataset=dataset, actor=None, now=NOW)
    task = exchange(sign_in(ann), want=1)["tasks"][0]
    shown = Client().get(task["item"]["image"]["url"])
    assert (shown.status_code, shown.getvalue(), shown["Content-Type"]) == (200, content, "image/png")
    assert "sandbox" in shown["Content-Security-Policy"] and bucket.name not in str(shown.headers)
    part = Client().get(task["item"]["image"]["url"], headers={"Range": "bytes=-8"})
    assert (part.status_code, part.getvalue()) == (206, content[-8:])
    assert Client().get(task["item"]["image"]["thumb_url"]).status_code == 200
    assert Client().get(task["item"]["image"]["url"].replace("/media/", "/media/f")).status_code == 404

    box = {"uuid": "1", "type": "box", "label": "cat", "left": 1, "top": 2, "width": 3, "height": 4, "attributes": {}}
    done = exchange(sign_in(ann), answers=[answer_to(task, {"annotations": [box], "global_attributes": {}})])
    assert [one["status"] for one in done["results"]] == ["stored"]
    made = client.post(
        f"/api/v1/projects/{project.pk}/exports", {"format": "coco", "include_files": True, "include_unresolved": True}
    )
    with django_capture_on_commit_callbacks(execute=True):
        run_export(made.json()["id"])
    told = client.get(f"/api/v1/projects/{project.pk}/exports/{made.json()['id']}").json()
    assert (told["state"], told["error"]) == ("done", "")
    whole = Client().get(told["download_url"]).getvalue()
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (told["size"], told["sha256"])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.read("images/a b.png") == content
        assert len(orjson.loads(archive.read("annotations.json"))["images"]) == 2
    rest = Client().get(told["download_url"], headers={"Range": "bytes=100-", "If-Range": f'"{told["sha256"]}"'})
    assert (rest.status_code, rest.getvalue()) == (206, whole[100:])
    assert ".parts/" not in str(bucket.keys())

    Dataset.objects.update(deleted_at=timezone.now() - timedelta(minutes=1))
    purge_deleted_datasets()
    assert not Task.objects.exists()
    assert folders(bucket) == {"exports"}
    assert [path for path in disk.rglob("*") if path.is_file()] == [], "nothing of it stayed on the disk"


def test_a_table_is_read_by_range_and_goes_on_where_a_job_stopped(org, dataset, with_key, monkeypatch):
    monkeypatch.setattr(stream, "FIRST", 10_000)
    rows = b"".join(b'{"id": "%d", "text": "Sentence %d of some length"}\n' % (n, n) for n in range(3000))
    upload = sent_in(with_key(org), dataset, "rows.jsonl", rows)
    from tasks.services import ingesting

    while upload.state in ("waiting", "running"):
        ingesting.ingest(upload_id=upload.pk, seconds=0)
        upload.refresh_from_db()
    assert (upload.state, upload.created, upload.rejected) == ("done", 3000, 0)
    assert Item.objects.latest("id").data["text"] == "Sentence 2999 of some length"


def test_a_large_file_goes_out_in_parts_as_it_is_written_and_can_be_read_anywhere(bucket, disk, monkeypatch):
    monkeypatch.setattr(own, "PART", 5 * 1024 * 1024)
    content = os.urandom(11_000_000)
    with storage.writing("exports/aa/large") as file:
        for at in range(0, len(content), 700_000):
            file.write(content[at : at + 700_000])
        assert len(file.parts.etags) == 2, "two parts are there before the end is written"
        assert not storage.exists("exports/aa/large")
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert not disk.exists()
    read = storage.open_file("exports/aa/large")
    assert storage.size_of(read) == len(content)
    for place in (10_999_990, 0, 5_242_870, 9_000_000):
        read.seek(place)
        assert read.read(20) == content[place : place + 20]
    read.seek(0)
    assert read.read() == content


def test_a_write_that_fails_leaves_nothing_behind(bucket, monkeypatch):
    monkeypatch.setattr(own, "PART", 5 * 1024 * 1024)
    with pytest.raises(ZeroDivisionError), storage.writing("exports/aa/large") as file:
        file.write(bytes(6 * 1024 * 1024))
        assert unfinished(bucket)
        raise ZeroDivisionError
    assert bucket.keys() == unfinished(bucket) == []


def unfinished(bucket: Bucket) -> list[str]:
    return [one["Key"] for one in bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", [])]


def test_what_a_killed_process_was_writing_is_aborted_a_day_later_and_others_uploads_are_not(bucket, monkeypatch):
    for key in ("own/exports/aa/b", "own/notes/x", "exports/aa/b", "own/exports/../../b"):
        bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)
    with monkeypatch.context() as younger:  # the server here calls each of them begun in 2010
        younger.setattr(storage, "PARTIAL_SECONDS", 100 * 365 * 86400)
        assert clear_unfinished() == 0, "whoever writes them may be at it"
    assert clear_unfinished() == 1
    assert sorted(unfinished(bucket)) == ["exports/aa/b", "own/exports/../../b", "own/notes/x"]


def test_an_empty_file_is_a_file_and_a_missing_one_is_none(bucket):
    storage.save("exports/aa/empty", b"")
    with storage.open_file("exports/aa/empty") as file:
        assert file.read() == b""
    storage.delete("exports/aa/empty", "exports/aa/never", "")
    assert not storage.exists("exports/aa/empty")
    with pytest.raises(FileNotFoundError):
        storage.open_file("exports/aa/empty")


def test_an_archive_of_an_organization_goes_out_through_the_bucket(org, dataset, with_key, bucket):
    upload = sent_in(with_key(org), dataset, "cat.png", picture())
    ingest_upload(upload.pk)
    made = request_archive(organization=org, created_by=None)
    run_archive(archive_id=made.pk)
    made = Archive.objects.get()
    assert (made.state, made.error, made.counts["media"]) == ("done", "", 2)
    content = bucket.get(f"own/{made.storage_key}")
    assert hashlib.sha256(content).hexdigest() == made.sha256
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_a_storage_that_does_not_work_is_told_and_nothing_is_given_up(org, dataset, with_key, settings):
    client, why = with_key(org), "the storage of this server does not work: the access key has expired"
    upload = sent_in(client, dataset, "cat.png", picture())
    export = exporting.request_export(project=make_project(org), format="jsonl", include_unresolved=True)
    right = settings.STORAGES
    with answer_of_storage("ExpiredToken", 400) as (url, _):
        use(settings, url, "photos")
        file = SimpleUploadedFile("dog.png", picture())
        reply = client.post(f"/api/v1/datasets/{dataset.pk}/uploads", {"file": file}, format="multipart")
        assert (reply.status_code, reply["Retry-After"], reply.json()["detail"]) == (503, "10", why)
        assert Upload.objects.latest("id").state == "failed"
        ingest_upload(upload.pk)
        run_export(export.pk)
        upload.refresh_from_db()
        export.refresh_from_db()
        assert (upload.state, upload.error) == (export.state, export.error) == ("running", why)
        with pytest.raises(OwnStorageError):
            storage.save("exports/aa/b", b"x")
    settings.STORAGES = right
    for model in (Upload, Export):
        model.objects.filter(state="running").update(worked_at=None)
    ingest_upload(upload.pk)
    run_export(export.pk)
    upload.refresh_from_db()
    export.refresh_from_db()
    assert (upload.state, upload.error, export.state, export.error) == ("done", "", "done", "")


def test_a_picture_whose_storage_is_down_is_try_again_later(org, dataset, with_key, settings):
    ingest_upload(sent_in(with_key(org), dataset, "cat.png", picture()).pk)
    from tasks.selectors.media import image_links

    link = image_links(Item.objects.get().media)["url"]
    use(settings, "http://127.0.0.1:1", "photos")
    reply = Client().get(link)
    assert (reply.status_code, reply["Retry-After"], reply["Cache-Control"]) == (503, "10", "no-store")


def test_the_setting_is_a_bucket_with_a_key_and_what_is_wrong_is_told_without_the_secret():
    told = storage_url.options("s3://AK:a%2Fb+c@photos/x/y/?region=eu-west-1")
    assert (told["bucket"], told["folder"], told["secret"], told["endpoint"]) == ("photos", "x/y/", "a/b+c", "")
    assert storage_url.options("s3://photos?region=eu-west-1")["access_key_id"] == ""
    for wrong in (
        "http://a:secret@b?region=x", "s3://a:se/cret@b?region=x", "s3://a@b?region=x", "s3://a:secret@b",
        "s3://a:secret@b?region=x&zone=1", "s3://a:secret@b?endpoint=minio:9000", "s3://a:secret@?region=x",
        "s3://a:secret@b?region=x&addressing=up",
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"must|is none of") as told_wrong:
            storage_url.options(wrong)
        assert "secret" not in str(told_wrong.value) and "cret" not in str(told_wrong.value)


def test_an_operator_tries_each_thing_that_the_bucket_must_let_us_do(s3, bucket, monkeypatch, capsys):
    monkeypatch.setattr(own, "PART", 5 * 1024 * 1024)
    call_command("check_storage")
    out = capsys.readouterr().out
    assert "works" in out and SECRET not in out
    assert bucket.keys() == unfinished(bucket) == []
    requests.post(f"{s3}/moto-api/reset-auth", data="0", timeout=5)
    try:
        with pytest.raises(CommandError, match="the access key or its secret is wrong"):
            call_command("check_storage")
    finally:
        requests.post(f"{s3}/moto-api/reset-auth", data="inf", timeout=5)
