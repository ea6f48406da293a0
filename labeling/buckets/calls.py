"""What is asked of a bucket: whether it works, what is in it, and an object's bytes."""

from collections.abc import Iterator
from dataclasses import dataclass

from labeling.buckets.client import client_of, in_words
from labeling.buckets.place import BucketError, Place, failure

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    key: str
    etag: str
    size: int


def check(place: Place, prefix: str = "") -> None:
    """Raises BucketError when the bucket cannot be listed, or its first object may not be read."""
    with in_words():
        reply = client_of(place).list_objects_v2(Bucket=place.bucket, Prefix=prefix, MaxKeys=1)
    for one in reply.get("Contents", []):
        try:
            read_first(place, one["Key"], most=1)
        except BucketError as error:
            if error.code == "denied":
                raise


def list_objects(place: Place, prefix: str, *, after: str = "", page: int = PAGE) -> Iterator[list[Listed]]:
    """Pages of objects behind the key `after`, each held only until the next one."""
    token = ""
    while True:
        asked = {"ContinuationToken": token} if token else {"StartAfter": after} if after else {}
        with in_words():
            reply = client_of(place).list_objects_v2(Bucket=place.bucket, Prefix=prefix, MaxKeys=page, **asked)
        yield [
            Listed(one["Key"], str(one.get("ETag", "")).strip('"'), int(one.get("Size", 0)))
            for one in reply.get("Contents", [])
        ]
        token = reply.get("NextContinuationToken", "")
        if not reply.get("IsTruncated") or not token:
            return


def head(place: Place, key: str) -> Listed:
    with in_words():
        reply = client_of(place).head_object(Bucket=place.bucket, Key=key)
    return Listed(key, str(reply.get("ETag", "")).strip('"'), int(reply.get("ContentLength", 0)))


def read(place: Place, key: str, *, etag: str, first: int = 0, last: int | None = None, hurry: bool = False) -> bytes:
    """The bytes from `first` to `last`, of that version only: BucketError "changed" for another one."""
    span = "" if last is None else str(last)
    ranged = {"Range": f"bytes={first}-{span}"} if first or last is not None else {}
    with in_words():
        reply = client_of(place, hurry=hurry).get_object(Bucket=place.bucket, Key=key, IfMatch=f'"{etag}"', **ranged)
        if str(reply.get("ETag", "")).strip('"') != etag:  # a storage that does not know If-Match
            raise failure("changed")
        content: bytes = reply["Body"].read()
    if len(content) != int(reply.get("ContentLength", len(content))):
        raise failure("unreachable")
    return content


def read_first(place: Place, key: str, *, most: int, hurry: bool = False) -> tuple[Listed, bytes]:
    """What the object is, and its first bytes, in one call."""
    try:
        with in_words():
            reply = client_of(place, hurry=hurry).get_object(Bucket=place.bucket, Key=key, Range=f"bytes=0-{most - 1}")
            content: bytes = reply["Body"].read(most)
    except BucketError as error:
        if error.code != "changed":  # no range begins in an empty object
            raise
        return head(place, key), b""
    whole = str(reply.get("ContentRange", "")).rpartition("/")[2]
    size = int(whole) if whole.isdigit() else int(reply["ContentLength"])
    if len(content) != min(size, most):
        raise failure("unreachable")
    return Listed(key, str(reply.get("ETag", "")).strip('"'), size), content


def delete(place: Place, key: str) -> None:
    """One that is gone already is fine."""
    with in_words():
        client_of(place).delete_object(Bucket=place.bucket, Key=key)
