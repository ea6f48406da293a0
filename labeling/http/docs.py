"""The API reference: a page made from the OpenAPI document, in our look and under our policy, without script."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

ENUMERATED = re.compile(r"^\* `.*", re.MULTILINE)  # lines that name a choice's values, which the kind tells already
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    required: bool
    says: str = ""
    default: str = ""
    where: str = ""  # of a parameter: path, query, header


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    description: str
    anchor: str
    open_to_all: bool
    parameters: list[Field] = field(default_factory=list)
    body_type: str = ""
    body: list[Field] = field(default_factory=list)
    replies: list[tuple[str, str, list[Field]]] = field(default_factory=list)  # status, kind of content, fields

    @property
    def paragraphs(self) -> list[str]:
        return [" ".join(part.split()) for part in self.description.split("\n\n") if part.strip()]


@cache
def document() -> dict[str, Any]:
    """The whole document, in English whoever asks first; the views of one release never change."""
    with translation.override("en"):
        made = SchemaGenerator().get_schema(request=None, public=True)
        return json.loads(json.dumps(made, cls=DjangoJSONEncoder))  # no text is left to translate later


def operations() -> dict[str, list[Operation]]:
    """Every call by its group, in the order of the addresses."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document()["paths"].items():
        for method in METHODS:
            if method in methods:
                each = methods[method]
                found.setdefault(each["tags"][0], []).append(_operation(method, path, each))
    return found


def texts() -> Iterator[str]:
    """Every sentence of the reference, for the catalogue of translations."""
    for group in operations().values():
        for each in group:
            yield from filter(None, (each.summary, *each.paragraphs))
            for fields in (each.parameters, each.body, *(reply[2] for reply in each.replies)):
                yield from filter(None, (one.says for one in fields))


def _operation(method: str, path: str, source: dict[str, Any]) -> Operation:
    body_type, body = _first_content(source.get("requestBody"))
    return Operation(
        method=method.upper(),
        path=path,
        summary=source.get("summary", ""),
        description=source.get("description", ""),
        anchor=source["operationId"],
        open_to_all={} in source.get("security", []) or source.get("security") == [],
        parameters=[
            _field(each["name"], each["schema"], each.get("required", False), each, each["in"])
            for each in source.get("parameters", [])
        ],
        body_type=body_type,
        body=_fields(body),
        replies=[
            (status, _first_content(reply)[0], _fields(_first_content(reply)[1]))
            for status, reply in source.get("responses", {}).items()
        ],
    )


def _first_content(part: dict[str, Any] | None) -> tuple[str, dict[str, Any]]:
    for content_type, content in (part or {}).get("content", {}).items():
        return content_type, content.get("schema", {})
    return "", {}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "allOf" in schema and len(schema["allOf"]) == 1:
        schema = {**schema["allOf"][0], **{k: v for k, v in schema.items() if k != "allOf"}}
    if "$ref" in schema:
        return document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _fields(schema: dict[str, Any]) -> list[Field]:
    schema = _resolved(schema)
    if schema.get("type") == "array":
        schema = _resolved(schema["items"])
    required = schema.get("required", [])
    return [_field(name, each, name in required, each) for name, each in schema.get("properties", {}).items()]


def _field(name: str, schema: dict[str, Any], required: bool, told: dict[str, Any], where: str = "") -> Field:
    default = told.get("default")
    says = " ".join(ENUMERATED.sub("", told.get("description", "")).split())
    return Field(name, _kind(schema), required, says, "" if default in ("", None) else json.dumps(default), where)


def _kind(schema: dict[str, Any]) -> str:
    """In signs, as it is read in every language: `string`, `integer[]`, `admin | manager`, `string | null`."""
    schema = _resolved(schema)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_kind(each) for each in schema[several]))
    if "enum" in schema:
        return " | ".join("null" if each is None else str(each) or '""' for each in schema["enum"])
    if schema.get("type") == "array":
        inside = _kind(schema["items"])
        return f"({inside})[]" if " | " in inside else f"{inside}[]"
    kind = str(schema.get("format") or schema.get("type") or "any")
    return f"{kind} | null" if schema.get("nullable") else kind


def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "help/reference.html", {"groups": operations(), "nav_section": "help"})
