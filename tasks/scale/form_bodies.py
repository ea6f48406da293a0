"""Bodies sent as a form: the way of Scale's older documents, `curl -d categories=public -d categories=private`.

A name said twice, `labels[]` and `labels[0]` are a list, `geometries[box][min_width]` is an object in an object.
"""

import re
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from labeling.errors import InvalidInput, Problem
from labeling.http.json import ORJSONParser
from labeling.http.refusals import TooLarge

LARGEST = 25 * 1024 * 1024
MOST_FIELDS = 20_000
LONGEST_INDEX = 6  # digits
DEEPEST = 20
NAME = re.compile(r"[^\[\]]+(\[[^\[\]]*\])*")
STEP = re.compile(r"[^\[\]]+|\[\]")

METADATA = "metadata"  # keeps its texts as they are
WORDS = {"true": True, "false": False}
NUMBERS = (
    "priority", "responses_required", "min_vertices", "max_vertices", "min_choices", "max_choices", "min_length",
    "max_length", "min_characters", "max_characters", "min_responses_required", "max_responses_required", "min", "max",
    "consensus_attempts",
)  # fmt: skip
FLAGS = (
    "with_labels", "allow_multiple", "allow_unlabeled", "clear_unique_id_on_error", "can_rotate", "integer_pixels",
    "required", "global", "accepted", "calibration_batch", "self_label_batch", "patch", "rapid", "studio", "inline",
    "is_directed", "directed", "is_integer", "archived", "merge", "staging_batch",
)  # fmt: skip
LISTS = (
    "objects_to_annotate", "labels", "categories", "choices", "attachments", "context_attachments", "features", "tags",
    "emails", "add_emails", "remove_emails", "projects", "groups",
)  # fmt: skip
"""What is a list even where a form names one thing only."""
OBJECTS = (
    *LISTS, METADATA, "fields", "repeatable_fields", "geometries", "annotation_attributes", "relationships", "params",
    "hypothesis", "response", "expected_response", "initial_response", "ontology", "batches", "examples",
)  # fmt: skip
"""What may be given as JSON within a form."""


class FormBody(BaseParser):
    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise TooLarge(f"the body is over {LARGEST} bytes")
        try:
            pairs = parse_qsl(
                body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict", encoding="utf-8"
            )
        except ValueError as error:
            raise ParseError(f"not a form: {error}") from None
        return read_form(pairs)


def read_form(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if "\x00" in name + value:
            raise ParseError(f"{name.replace(chr(0), '')} holds the character U+0000, which cannot be kept")
        if not NAME.fullmatch(name):
            raise _wrong(name, "is no name of a field")
        steps = [step.strip("[]") for step in STEP.findall(name)]
        if len(steps) > DEEPEST:
            raise _wrong(name, "is nested too deep")
        _put(found, steps, value, name)
    return {name: meant(name, _listed(value)) for name, value in found.items()}


def meant(name: str, value: Any) -> Any:
    """A form says everything in text: numbers, yes or no, lists of one and JSON are known by their names."""
    if isinstance(value, str):
        if name in OBJECTS and value.lstrip()[:1] in ("{", "[") and "\\u0000" not in value:
            with suppress(ParseError):
                return ORJSONParser().loads(value.encode())
        if name in FLAGS:
            return WORDS.get(value.lower(), value)
        if name in NUMBERS and value.lstrip("-").isdecimal() and len(value) < 16:
            return int(value)
        return [value] if name in LISTS else value
    if name == METADATA:
        return value
    if isinstance(value, dict):
        return {inner: meant(inner, each) for inner, each in value.items()}
    return [each if isinstance(each, str) else meant("", each) for each in value]


def _put(level: dict[str, Any], steps: list[str], value: str, name: str) -> None:
    step = steps[0] or str(len(level))
    if len(steps) > 1:
        inner = level.setdefault(step, {})
        if not isinstance(inner, dict):
            raise _wrong(name, "is given as one value and as several")
        _put(inner, steps[1:], value, name)
        return
    old = level.get(step)
    if isinstance(old, dict):
        raise _wrong(name, "is given as one value and as several")
    level[step] = value if old is None else [*old, value] if isinstance(old, list) else [old, value]


def _listed(value: Any) -> Any:
    """An object whose names are all numbers is a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    if all(name.isascii() and name.isdecimal() and len(name) <= LONGEST_INDEX for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _wrong(name: str, what: str) -> InvalidInput:
    return InvalidInput(Problem(name[:100], f"{name[:100]!r} {what}", "form"))
