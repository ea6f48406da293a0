"""Sending files: forms and bodies, what is refused at the door, and how much is held in memory."""

import hashlib
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from labeling import storage
from tasks.jobs.ingest import ingest_upload, resume_stuck_uploads
from tasks.models import Item, Upload
from tests.labeling.pictures import picture

LINES = b'{"id": "a", "text": "one"}\n{"id": "b", "text": "two", "stars": 5}\n'


def files_in(folder: Any) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_form_with_a_file_becomes_an_upload(send, client):
    reply = send("reviews.jsonl", LINES)
    upload = reply.json()
    assert reply.status_code == 201
    assert (upload["state"], upload["format"], upload["size"]) == ("waiting", "jsonl", len(LINES))
    assert upload["sha256"] == hashlib.sha256(LINES).hexdigest()
    assert client.get(f"/api/v1/datasets/{upload['dataset']}/uploads").json()["results"][0]["id"] == upload["id"]


@pytest.mark.parametrize(
    ("extra", "query"),
    [({"HTTP_X_FILENAME": "r%C3%A9views.jsonl"}, ""), ({}, "?filename=r%C3%A9views.jsonl"), ({}, "")],
)
def test_the_body_may_be_the_file(client, dataset, extra, query):
    reply = client.generic(
        "POST", f"/api/v1/datasets/{dataset.pk}/uploads{query}", LINES, content_type="application/x-ndjson", **extra
    )
    assert reply.status_code == 201, reply.content
    assert reply.json()["filename"] == ("réviews.jsonl" if extra or query else "upload.jsonl")
    ingest_upload(reply.json()["id"])
    assert dict(Item.objects.values_list("key", "data__text")) == {"a": "one", "b": "two"}


def test_a_body_without_a_useful_content_type_is_known_by_its_content(client, dataset):
    path = f"/api/v1/datasets/{dataset.pk}/uploads"
    for content_type in ("application/x-www-form-urlencoded", "application/json", "application/octet-stream", ""):
        assert client.generic("POST", path, LINES, content_type=content_type).json()["format"] == "jsonl"


def test_the_columns_of_text_and_key_can_be_named(imported):
    upload = imported("rows.csv", b"nr,body\n7,hello\n", text_field="body", id_field="nr")
    assert upload["created"] == 1
    item = Item.objects.get()
    assert (item.key, item.data["text"]) == ("7", "hello")


def test_an_option_nobody_knows_is_refused(send, storage_folder):
    reply = send("rows.csv", b"text\nhello\n", textfield="body")
    assert reply.status_code == 400 and reply.json()["problems"][0]["path"] == "textfield"
    assert files_in(storage_folder) == []


def test_several_images_become_one_upload(client, dataset, django_capture_on_commit_callbacks):
    files = [SimpleUploadedFile(f"{side}.png", picture(size=(side, side))) for side in (10, 20, 30)]
    files.append(SimpleUploadedFile("broken.png", b"not an image"))
    reply = client.post(f"/api/v1/datasets/{dataset.pk}/uploads", {"file": files}, format="multipart")
    assert reply.status_code == 201, reply.content
    ingest_upload(reply.json()["id"])
    upload = client.get(f"/api/v1/uploads/{reply.json()['id']}").json()
    assert (upload["state"], upload["created"], upload["rejected"]) == ("done", 3, 1)
    assert sorted(item.data["image"] for item in Item.objects.all()) == ["10.png", "20.png", "30.png"]


def test_several_texts_become_one_upload_and_their_encoding_is_taken_as_named(client, dataset):
    files = [SimpleUploadedFile("a.txt", "café".encode("cp1252")), SimpleUploadedFile("b.TXT", b"one\ntwo\n")]
    sent = {"file": files, "encoding": "windows-1252"}
    reply = client.post(f"/api/v1/datasets/{dataset.pk}/uploads", sent, format="multipart")
    ingest_upload(reply.json()["id"])
    assert (reply.json()["format"], reply.json()["filename"]) == ("text", "2 texts.zip")
    assert dict(Item.objects.values_list("key", "data__text")) == {"a.txt": "café", "b.TXT": "one\ntwo\n"}


def test_a_text_file_is_cut_into_lines_or_is_one_item(imported):
    imported("t.txt", b"id,text\n1,one\n", texts_as="lines")
    imported("t.txt", b"id,text\n1,one\n", texts_as="files")
    imported("t.txt", b"id,text\n1,one\n")
    assert sorted(Item.objects.values_list("data__text", flat=True)) == ["1,one", "id,text", "id,text\n1,one\n", "one"]


def test_several_files_at_once_must_be_images(client, dataset, storage_folder):
    files = [SimpleUploadedFile("a.png", picture()), SimpleUploadedFile("b.csv", b"text\nhi\n")]
    reply = client.post(f"/api/v1/datasets/{dataset.pk}/uploads", {"file": files}, format="multipart")
    assert reply.status_code == 400 and reply.json()["problems"][0]["path"] == "file[1]"
    assert files_in(storage_folder) == []


def test_a_form_without_a_file_is_told_so(client, dataset):
    reply = client.post(f"/api/v1/datasets/{dataset.pk}/uploads", {"text_field": "x"}, format="multipart")
    assert reply.status_code == 400 and "file" in reply.json()["detail"]


@pytest.mark.parametrize("as_form", [True, False])
def test_a_file_over_the_limit_is_refused_and_forgotten(client, dataset, send, settings, storage_folder, as_form):
    settings.MAX_UPLOAD = 1000
    big = b'{"text": "x"}\n' * 1000
    path = f"/api/v1/datasets/{dataset.pk}/uploads"
    assert len(big) > settings.MAX_UPLOAD
    reply = send("big.jsonl", big) if as_form else client.generic("POST", path, big, content_type="text/plain")
    assert reply.status_code == 413
    assert files_in(storage_folder) == []
    assert not Upload.objects.exists()


class Counting(io.RawIOBase):
    """A long body made up as it is read, which notes how much is asked for at once."""

    def __init__(self, size: int) -> None:
        self.left, self.largest = size, 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "the whole body was asked for"
        self.largest = max(self.largest, size)
        block = min(size, self.left)
        self.left -= block
        return b"x" * block


def test_a_body_goes_to_the_storage_in_blocks(client, dataset):
    body = Counting(20_000_000)
    reply = client.generic(
        "POST",
        f"/api/v1/datasets/{dataset.pk}/uploads?filename=long.jsonl",
        content_type="application/jsonl",
        **{"wsgi.input": body, "CONTENT_LENGTH": "20000000"},
    )
    assert reply.status_code == 201 and reply.json()["size"] == 20_000_000
    assert body.largest <= storage.BLOCK


def test_a_body_that_ends_early_is_refused(client, dataset, storage_folder):
    reply = client.generic(
        "POST",
        f"/api/v1/datasets/{dataset.pk}/uploads",
        content_type="application/jsonl",
        **{"wsgi.input": io.BytesIO(LINES), "CONTENT_LENGTH": str(len(LINES) + 10)},
    )
    assert reply.status_code == 400 and f"only {len(LINES)} of" in reply.json()["detail"]
    assert files_in(storage_folder) == []


def test_a_form_goes_to_the_storage_in_blocks(client, dataset, monkeypatch):
    written: list[int] = []
    write = storage.Writing.write
    monkeypatch.setattr(storage.Writing, "write", lambda file, block: written.append(len(block)) or write(file, block))
    content = b'{"text": "hello"}\n' * 300_000
    reply = client.post(
        f"/api/v1/datasets/{dataset.pk}/uploads",
        {"file": SimpleUploadedFile("long.jsonl", content)},
        format="multipart",
    )
    assert reply.status_code == 201 and sum(written) == len(content)
    assert max(written) <= storage.BLOCK


def test_a_page_sends_the_form_with_its_token(sign_in, max_, dataset):
    signed_in = APIClient(enforce_csrf_checks=True)
    signed_in.force_login(max_, backend="workers.web.backend.MemberBackend")
    path = f"/api/v1/datasets/{dataset.pk}/uploads"
    form = {"file": SimpleUploadedFile("a.jsonl", LINES)}
    assert signed_in.post(path, form, format="multipart").status_code == 403
    token = "a" * 32
    signed_in.cookies["csrftoken"] = token
    form = {"file": SimpleUploadedFile("a.jsonl", LINES), "csrfmiddlewaretoken": token}
    reply = signed_in.post(path, form, format="multipart")
    assert reply.status_code == 201, reply.content
    assert reply.json()["size"] == len(LINES)


def test_a_stranger_sends_nothing(dataset, storage_folder):
    reply = APIClient().post(
        f"/api/v1/datasets/{dataset.pk}/uploads", {"file": SimpleUploadedFile("a.jsonl", LINES)}, format="multipart"
    )
    assert reply.status_code == 401
    assert files_in(storage_folder) == []


def test_the_users_file_name_never_reaches_the_disk(send, storage_folder):
    reply = send("../../etc/passwd.jsonl", LINES)
    assert reply.json()["filename"] == "passwd.jsonl"
    assert not [name for name in files_in(storage_folder) if "passwd" in name]


def test_the_sweeper_calls_the_job_of_a_forgotten_upload(send, monkeypatch):
    upload_id = send("a.jsonl", LINES).json()["id"]
    called: list[Any] = []
    monkeypatch.setattr(ingest_upload, "apply_async", lambda args, **_: called.append(args))
    assert resume_stuck_uploads() == 0  # too young
    Upload.objects.update(created_at="2020-01-01T00:00Z")
    resume_stuck_uploads()
    assert called == [(upload_id,)]
