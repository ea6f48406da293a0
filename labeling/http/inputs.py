"""Input serializers that refuse what they do not know, so that a misspelt field is an error and not a surprise."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({str(name): "unknown field" for name in unknown}, code="unknown_field")
        return super().to_internal_value(data)
