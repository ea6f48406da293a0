"""How views become the OpenAPI document."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from labeling.http.idempotency import HEADER

VERBS = {"get": "See", "post": "Add to", "put": "Set", "patch": "Change", "delete": "Delete"}
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text of your choice. The same key with the same body has one effect and gets the same reply.",
)


class Schema(AutoSchema):
    """Groups calls by the first word of their path; names the idempotency header where a view takes it."""

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        handler = getattr(self.view, self.method.lower(), None)
        if getattr(handler, "is_idempotent", False):
            parameters.append(KEY_PARAMETER)
        return parameters

    def get_summary(self) -> str:
        """What `extend_schema(summary=…)` says; else the view's name in words: `LaunchProject` is "Launch project"."""
        given: str | None = super().get_summary()
        if given:
            return given
        name = re.sub(r"(View|API)$", "", type(self.view).__name__)
        words = re.sub(r"(?<!^)([A-Z])", r" \1", name).lower()
        several = sum(hasattr(self.view, method) for method in VERBS) > 1
        return f"{VERBS[self.method.lower()]} {words}" if several else words.capitalize()

    def get_tags(self) -> list[str]:
        words = [word for word in self.path.removeprefix("/api/v1").split("/") if word and not word.startswith("{")]
        return words[:1] or ["api"]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """`Input` inside a view is named after the view: KeysInput."""
        name: str = super().get_serializer_name(serializer, direction)
        outer = type(serializer).__qualname__.split(".")[:-1]
        return name if "<locals>" in outer else "".join(outer) + name


COLUMN_SIZES = {bound for bits in (15, 31, 63) for bound in (2**bits - 1, -(2**bits))}


def forget_column_sizes(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """The document's hook: bounds that only say how wide a database's integers are differ between databases."""
    if isinstance(result, dict):
        if result.get("type") == "integer":
            for name in ("minimum", "maximum"):
                if result.get(name) in COLUMN_SIZES:
                    del result[name]
            if result.get("format") == "int64":
                del result["format"]
        for inner in result.values():
            forget_column_sizes(inner, generator, request, public)
    elif isinstance(result, list):
        for inner in result:
            forget_column_sizes(inner, generator, request, public)
    return result
