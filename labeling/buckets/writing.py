"""Write a large file into a bucket part by part, so that it can go on where it stopped."""

from dataclasses import dataclass
from typing import Any

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


def send_part(place: Place, sending: Sending, number: int, content: bytes) -> str:
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
