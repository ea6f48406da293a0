"""A real S3 API on loopback, served by moto, and short forms of what a user does with it."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3  # noqa: TID253 - these tests need it anyway
import pytest
from django.utils import timezone
from moto.server import ThreadedMotoServer

from tasks.models import Dataset, Feed, StorageConnection
from tasks.services import connections
from tests.factories import make_dataset
from tests.tasks.data.conftest import storage_folder  # noqa: F401  (a fixture)
from workers.models import Organization

SECRET = "s3cr3t/Of+TheBucket0123456789abcdefghij"  # noqa: S105
REGION = "us-east-1"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def to_loopback(settings: Any) -> None:
    settings.OUTGOING_ALLOW, settings.OUTGOING_PUBLIC = ["127.0.0.0/8"], False


def plain_client(address: str, service: str = "s3", key: str = "AKIA", secret: str = SECRET) -> Any:
    return boto3.client(
        service, endpoint_url=address, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret
    )


class Bucket:
    """Somebody's bucket, as they use it themselves."""

    def __init__(self, address: str) -> None:
        self.name = f"photos-{uuid.uuid4().hex[:12]}"
        self.client = plain_client(address)
        self.client.create_bucket(Bucket=self.name)

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=content)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)

    def keys(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]


@pytest.fixture
def bucket(s3: str) -> Bucket:
    return Bucket(s3)


def make_connection(org: Organization, endpoint: str = "http://127.0.0.1:1", **fields: Any) -> StorageConnection:
    given = {"name": "Photos", "bucket": "photos", "access_key_id": "AKIA", "secret": SECRET, "mode": "live"} | fields
    return connections.create_connection(organization=org, actor=None, endpoint=endpoint, **given)


@pytest.fixture
def connection(org: Organization, s3: str, bucket: Bucket) -> StorageConnection:
    return make_connection(org, s3, bucket=bucket.name)


@pytest.fixture
def dataset(org: Organization) -> Dataset:
    return make_dataset(org)


def make_feed(dataset: Dataset, connection: StorageConnection, **fields: Any) -> Feed:
    from tasks.services import feeds

    given = {"prefix": "", "kinds": ["images", "texts", "tables"], "schedule": "off"} | fields
    return feeds.create_feed(dataset=dataset, connection=connection, actor=None, now=timezone.now(), **given)
