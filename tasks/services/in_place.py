"""The bytes of a picture that stays in a bucket: those that were looked at when it came in, and no others."""

from io import BytesIO
from typing import BinaryIO, cast

from django.conf import settings

from labeling import buckets
from labeling.buckets import BucketError
from labeling.errors import BadImage
from labeling.images import read_image
from tasks.models import FedObject
from tasks.selectors.in_place import object_of

PAGE_BLOCK = 1024 * 1024


def open_picture(found: FedObject, *, hurry: bool = False) -> tuple[BinaryIO, int]:
    """A stream and its length. One with more in it than the picture, a place or a camera, is cleaned on its way.

    Raises BucketError, before the stream is given: "changed" and "missing" when this version is no more.
    """
    place = found.feed.connection.place
    if found.is_bare:
        stream = buckets.open_object(
            place,
            found.key,
            etag=found.etag,
            size=found.size,
            block=PAGE_BLOCK if hurry else buckets.BLOCK,
            hurry=hurry,
        )
        stream.peek(1)
        return cast(BinaryIO, stream), found.size
    raw = buckets.read(place, found.key, etag=found.etag, hurry=hurry)
    try:
        clean = read_image(raw, pixel_limit=settings.MAX_IMAGE_PIXELS, previews=False).bytes
    except BadImage:
        raise BucketError("changed", "the object in the bucket is another one by now") from None
    return BytesIO(clean), len(clean)


def open_key(key: str) -> BinaryIO:
    """By the name it has in an item's media. FileNotFoundError when there is no such picture any more."""
    found = object_of(key)
    if found is None:
        raise FileNotFoundError(key)
    return open_picture(found)[0]
