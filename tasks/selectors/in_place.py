"""Pictures that stay in a bucket: what they are called here, and the object each is."""

import re

from tasks.models import FedObject

KEY = re.compile(r"bucket/(\d{1,18})/[0-9a-f]{16}\.(?:png|jpg|webp)", re.ASCII)


def key_of(object_id: int, sha256: str, suffix: str) -> str:
    """Another one for each version: browsers keep what they got under a name."""
    return f"bucket/{object_id}/{sha256[:16]}.{suffix}"


def is_in_place(key: str) -> bool:
    return key.startswith("bucket/")


def object_of(key: str) -> FedObject | None:
    """None when there is no such object, or its item shows another version by now."""
    found = KEY.fullmatch(key)
    if not found:
        return None
    rows = FedObject.objects.select_related("feed__connection", "item")
    row = rows.filter(pk=int(found[1]), item__isnull=False).first()
    if row is None or row.item is None or row.item.media.get("image", {}).get("key") != key:
        return None
    return row
