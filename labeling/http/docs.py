"""The API reference: a page made from the OpenAPI document, in our look and under our policy, without script."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    required: bool
    note: str = ""


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
    replies: list[tuple[str, str, list[Field]]] = field(default_factory=list)  # status, what, fields


@cache
def document() -> dict[str, Any]:
    """The whole document; the views of one release never change."""
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> dict[str, list[Operation]]:
    """Every call by its group, in the order of the addresses."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document()["paths"].items():
        for method in METHODS:
            if method in methods:
                each = methods[method]
                found.setdefault(each["tags"][0], []).append(_operation(method, path, each))
    return found


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
            Field(each["name"], f"{_kind(each['schema'])} in {each['in']}", each.get("required", False), _note(each))
            for each in source.get("parameters", [])
        ],
        body_type=body_type,
        body=_fields(body),
        replies=[
            (status, reply.get("description", "") or _first_content(reply)[0], _fields(_first_content(reply)[1]))
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
    return [
        Field(name, _kind(each), name in required, _note(each)) for name, each in schema.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    """A few words: `string`, `list of integer`, `admin | manager`, `string or null`."""
    schema = _resolved(schema)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_kind(each) for each in schema[several]))
    if "enum" in schema:
        return " | ".join("null" if each is None else str(each) or '""' for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    kind = str(schema.get("format") or schema.get("type") or "any")
    return f"{kind} or null" if schema.get("nullable") else kind


def _note(schema: dict[str, Any]) -> str:
    note = schema.get("description", "")
    if "default" in schema and schema["default"] not in ("", None):
        note = f"{note} Default: {schema['default']}.".strip()
    return note


def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "help/reference.html", {"groups": operations(), "nav_section": "help"})
