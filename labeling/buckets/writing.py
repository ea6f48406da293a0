"""Write a large file into a bucket part by part, so that it can go on where it stopped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from labeling.buckets.client import client_of, in_words
from labeling.buckets.place import BucketError, Place

PART = 16 * 1024 * 1024
MOST_PARTS = 9000  # the API takes 10,000


@dataclass(frozen=True, slots=True)
class Sending:
    key: str
    upload_id: str


def part_size(size: int) -> int:
    return max(PART, -(-size // MOST_PARTS))


def begin(place: Place, key: str, content_type: str) -> Sending:
    with in_words():
        reply = client_of(place).create_multipart_upload(Bucket=place.bucket, Key=key, ContentType=content_type)
    return Sending(key, reply["UploadId"])


def put(place: Place, key: str, content: BinaryIO | bytes, content_type: str) -> None:
    """A small object at once. All of it is there, or nothing."""
    with in_words():
        client_of(place).put_object(Bucket=place.bucket, Key=key, Body=content, ContentType=content_type)


def send_part(place: Place, sending: Sending, number: int, content: BinaryIO | bytes) -> str:
    """Its etag, which the end needs. The same number again replaces the part."""
    with in_words():
        reply = client_of(place).upload_part(
            Bucket=place.bucket, Key=sending.key, UploadId=sending.upload_id, PartNumber=number, Body=content
        )
    return str(reply["ETag"])


def finish(place: Place, sending: Sending, etags: list[str]) -> str:
    """Only now is the object there. Its etag."""
    parts: list[dict[str, Any]] = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
    with in_words():
        reply = client_of(place).complete_multipart_upload(
            Bucket=place.bucket, Key=sending.key, UploadId=sending.upload_id, MultipartUpload={"Parts": parts}
        )
    return str(reply.get("ETag", "")).strip('"')


def abort(place: Place, sending: Sending) -> None:
    """Parts that lie about cost money. One that is gone already is fine."""
    try:
        with in_words():
            client_of(place).abort_multipart_upload(Bucket=place.bucket, Key=sending.key, UploadId=sending.upload_id)
    except BucketError as error:
        if error.code != "missing":
            raise


@dataclass(frozen=True, slots=True)
class Unfinished:
    sending: Sending
    begun_at: datetime


def unfinished(place: Place, prefix: str) -> Iterator[list[Unfinished]]:
    """Pages of uploads that were begun, and neither finished nor aborted: ours and others'."""
    markers: dict[str, str] = {}
    while True:
        with in_words():
            reply = client_of(place).list_multipart_uploads(Bucket=place.bucket, Prefix=prefix, **markers)
        yield [Unfinished(Sending(one["Key"], one["UploadId"]), one["Initiated"]) for one in reply.get("Uploads", [])]
        markers = {
            "KeyMarker": reply.get("NextKeyMarker", ""),
            "UploadIdMarker": reply.get("NextUploadIdMarker", ""),
        }
        if not reply.get("IsTruncated") or not markers["KeyMarker"]:
            return
