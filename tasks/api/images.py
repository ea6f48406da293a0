"""An item's image as the API shows it."""

from typing import Any

from rest_framework import serializers


class TilesOut(serializers.Serializer[Any]):
    """A large picture in pieces: one file, read by byte range."""

    url = serializers.CharField(help_text="Signed; works for a limited time.")
    side = serializers.IntegerField(help_text="Pixels of a tile's side; the first level is one tile, however large.")
    sizes = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Width and height of each level, each twice as large as the one before; the last is the full size.",
    )
    ends = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Where each tile ends in the file: level by level, row by row.",
    )


class ImageOut(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="Signed; works for a limited time.")
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    tiles = TilesOut(allow_null=True)
