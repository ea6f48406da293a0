"""Input serializers that refuse what they do not know: no mass assignment, and a mistyped field is told of."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class StrictFields:
    """Refuses unknown and read-only fields, each named by its path. Works nested and with `many=True`.

    Put it before the serializer class; or use `Strict` below.
    """

    fields: Any  # the serializer's

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            refused = {
                name: [ErrorDetail(*self._why(name))]
                for name in data
                if name not in self.fields or self.fields[name].read_only
            }
            if refused:
                raise serializers.ValidationError(refused)
        return super().to_internal_value(data)  # type: ignore[misc]  # the serializer it is mixed into

    def _why(self, name: str) -> tuple[str, str]:
        if name in self.fields:
            return "This field cannot be set.", "read_only"
        known = ", ".join(sorted(name for name, field in self.fields.items() if not field.read_only)) or "none"
        return f"There is no such field. Known fields: {known}.", "unknown"


class Strict(StrictFields, serializers.Serializer):
    """The base of every input serializer: `class Input(Strict): name = serializers.CharField()`."""


class Nothing(Strict):
    """The body of a call that takes none."""


def cleaned(kind: type[Strict], data: Any, **options: Any) -> dict[str, Any]:
    """The body's validated fields, or a 400 with every wrong one."""
    serializer = kind(data=data, **options)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
