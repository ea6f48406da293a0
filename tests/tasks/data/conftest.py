"""A storage of its own for each test, a client that may do everything, and short forms of what a user does."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tasks.jobs.ingest import ingest_upload
from tasks.models import Dataset
from tests.factories import make_dataset
from workers.models import Organization


@pytest.fixture(autouse=True)
def storage_folder(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "storage"},
        }
    }
    return tmp_path / "storage"


@pytest.fixture
def client(org: Organization, with_key: Any) -> APIClient:
    return with_key(org)


@pytest.fixture
def dataset(org: Organization) -> Dataset:
    return make_dataset(org)


@pytest.fixture
def send(client: APIClient, dataset: Dataset) -> Any:
    """`send(name, content, …)` posts a form and returns the reply."""

    def post(name: str, content: bytes, **fields: str) -> Any:
        return client.post(
            f"/api/v1/datasets/{dataset.pk}/uploads",
            {"file": SimpleUploadedFile(name, content), **fields},
            format="multipart",
        )

    return post


@pytest.fixture
def imported(client: APIClient, send: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """`imported(name, content, …)` sends the file, runs the job, and returns the upload as the API shows it."""

    def run(name: str, content: bytes, **fields: str) -> dict[str, Any]:
        reply = send(name, content, **fields)
        assert reply.status_code == 201, reply.content
        with django_capture_on_commit_callbacks(execute=True):
            ingest_upload(reply.json()["id"])
        return client.get(f"/api/v1/uploads/{reply.json()['id']}").json()

    return run


@pytest.fixture
def report(client: APIClient) -> Any:
    """`report(upload)`: the lines of its error report as (line, field, reason)."""

    def read(upload: dict[str, Any]) -> list[list[str]]:
        import csv
        import io

        reply = client.get(f"/api/v1/uploads/{upload['id']}/errors?format=csv")
        return [row[:3] for row in csv.reader(io.StringIO(reply.getvalue().decode()))][1:]

    return read
