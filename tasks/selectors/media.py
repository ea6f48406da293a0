"""Links to images. Whoever holds one sees the image until the link ends; nobody can make one up."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from labeling import links

SALT = "groundwork.media"


def image_links(media: dict[str, Any]) -> dict[str, Any] | None:
    """What a page needs to show an item's image; None when the item has none."""
    image = media.get("image")
    if not image:
        return None
    return {
        "url": media_url(image["key"]),
        "thumb_url": media_url(image["thumb"]),
        "width": image["width"],
        "height": image["height"],
        "tiles": _tiles(image["tiles"]) if "tiles" in image else None,
    }


def _tiles(tiles: dict[str, Any]) -> dict[str, Any]:
    """A large picture's tiles, in one file to be read by byte range: see labeling/image_tiles.py for the order."""
    return {"url": media_url(tiles["key"])} | {name: tiles[name] for name in ("side", "sizes", "ends")}


def media_url(key: str) -> str:
    return reverse("media", args=[links.sign(SALT, key, seconds=settings.MEDIA_LINK_SECONDS), key])
