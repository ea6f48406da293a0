"""Creating calls whose reply was lost may be sent again."""

import pytest

from tasks.models import Dataset, Export
from tests.factories import make_project

pytestmark = pytest.mark.django_db


def test_a_dataset_is_created_once_per_key(org, with_key):
    api = with_key(org)
    first, again = (
        api.post("/api/v1/datasets", {"name": "Tickets"}, format="json", headers={"Idempotency-Key": "k1"})
        for _ in "12"
    )
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 201
    other = api.post("/api/v1/datasets", {"name": "Others"}, format="json", headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert Dataset.objects.count() == 1


def test_an_export_is_requested_once_per_key(org, with_key):
    api, project = with_key(org), make_project(org)
    for _ in "12":
        reply = api.post(
            f"/api/v1/projects/{project.pk}/exports",
            {"format": "csv"},
            format="json",
            headers={"Idempotency-Key": "k2"},
        )
        assert reply.status_code == 201
    assert Export.objects.count() == 1
