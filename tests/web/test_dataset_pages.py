"""Datasets on pages: upload without JavaScript, look at items and bad lines, delete after a question."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tasks.models import Dataset, Upload
from tasks.services.ingesting import ingest
from tests.factories import make_dataset, make_org, make_project


@pytest.fixture
def desk(sign_in, max_):
    return sign_in(max_)


def test_a_dataset_is_made_and_a_taken_name_is_told(desk, org):
    reply = desk.post("/datasets/new/", {"name": "Reviews"}, format="multipart")
    assert reply.headers["Location"] == f"/datasets/{Dataset.objects.get().pk}/"
    again = desk.post("/datasets/new/", {"name": "Reviews", "description": "Kept text"}, format="multipart")
    assert again.status_code == 422
    assert "already" in again.text
    assert "Kept text" in again.text


def test_a_file_sent_as_a_plain_form_becomes_items(desk, org):
    dataset = make_dataset(org)
    file = SimpleUploadedFile(
        "rows.jsonl", b'{"id": "a", "text": "One"}\nnot json\n{"id": "b", "text": "Two", "lang": "en"}\n'
    )
    reply = desk.post(f"/datasets/{dataset.pk}/", {"file": file}, format="multipart")
    assert reply.status_code == 302, reply.text
    upload = Upload.objects.get()
    ingest(upload_id=upload.pk)
    text = desk.get(f"/datasets/{dataset.pk}/").text
    for shown in ("rows.jsonl", "2 new", "1 refused", f"/api/v1/uploads/{upload.pk}/errors", "One", "lang"):
        assert shown in text, shown


def test_a_form_without_a_file_or_with_mixed_ones_is_refused_on_the_page(desk, org):
    dataset = make_dataset(org)
    empty = desk.post(f"/datasets/{dataset.pk}/", {"text_field": "body"}, format="multipart")
    assert empty.status_code == 422
    assert "body" in empty.text
    mixed = [SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n"), SimpleUploadedFile("b.csv", b"text\nOne\n")]
    reply = desk.post(f"/datasets/{dataset.pk}/", {"file": mixed}, format="multipart")
    assert reply.status_code == 422
    assert "b.csv" in reply.text
    assert not Upload.objects.exists()


def test_an_upload_is_canceled_and_resumed(desk, org):
    dataset = make_dataset(org)
    upload = Upload.objects.create(dataset=dataset, filename="a.csv", state="waiting", storage_key="uploads/aa/a")
    assert desk.post(f"/uploads/{upload.pk}/cancel/").status_code == 302
    assert "Resume" in desk.get(f"/datasets/{dataset.pk}/live/").text
    desk.post(f"/uploads/{upload.pk}/resume/")
    upload.refresh_from_db()
    assert upload.state == "waiting"
    theirs = Upload.objects.create(dataset=make_dataset(make_org()), filename="a.csv", state="waiting")
    assert desk.post(f"/uploads/{theirs.pk}/cancel/").status_code == 404


def test_deleting_asks_first_and_refuses_while_a_project_needs_it(desk, org):
    dataset = make_dataset(org, items=2)
    project = make_project(org)
    project.datasets.add(dataset)
    path = f"/datasets/{dataset.pk}/delete/"
    assert "2 items" in desk.get(path).text
    refused = desk.post(path)
    assert refused.status_code == 409
    assert project.name in refused.text
    desk.post(f"/projects/{project.pk}/archive/")
    assert desk.post(path).headers["Location"] == "/datasets/"
    assert desk.get(f"/datasets/{dataset.pk}/").status_code == 404


def test_lists_count_their_queries(desk, org, django_assert_max_num_queries):
    for _ in range(5):
        make_project(org).datasets.add(make_dataset(org, items=5))
    desk.get("/datasets/")
    with django_assert_max_num_queries(7):
        assert desk.get("/datasets/").text.count('scope="row"') == 5
    with django_assert_max_num_queries(10):
        desk.get(f"/datasets/{Dataset.objects.first().pk}/")
