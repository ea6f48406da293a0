"""An item's image as the API shows it."""

from typing import Any

from rest_framework import serializers


class ImageOut(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="Signed; works for a limited time.")
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
