"""The little of YAML that YOLO's data.yaml is made of: names, numbers, and lists and tables of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from labeling.errors import BadFile

KEY = re.compile(r"^(\s*)(-\s+)?(?:(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s:#][^:#]*?)\s*:(?:\s+|$))?(.*)$")

QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
COMMENT = re.compile(f"({QUOTED.pattern})|(?:^|\\s)#.*")
PART = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,\s'\"])(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,])*")
WANTED = ("names", "kpt_shape", "kpt_names")


@dataclass(frozen=True, slots=True)
class DataYaml:
    """Names of classes by number; how many keypoints a figure has and numbers each of them; their names by class."""

    names: dict[int, str]
    shape: tuple[int, int] | None = None
    points: dict[int, list[str]] = field(default_factory=dict)


def read_yaml(text: str, name: str) -> DataYaml:
    """Raises BadFile with the line where what is wanted of it is more than that."""
    top: dict[str, Any] = {}
    current = ""
    for number, line in _lines(text):
        found = KEY.match(line)
        assert found is not None
        indent, dash, key, rest = found.groups()
        try:
            if not indent and not dash and key:
                current = str(_scalar(key))
                if current in WANTED:
                    top[current] = _value(rest) if rest.strip() else None
            elif current not in WANTED:
                continue
            elif dash:
                top[current] = [*(top.get(current) or []), _value(line.strip()[1:].strip())]
            elif key:
                top[current] = (top.get(current) or {}) | {_scalar(key): _value(rest)}
            else:
                raise ValueError("is no name with a value")
        except (ValueError, TypeError) as error:
            raise BadFile(f"{name}: line {number}: {error}") from None
    names = _numbered(top.get("names"))
    if not names or not all(isinstance(each, str | int | float) for each in names.values()):
        raise BadFile(f"{name}: names must list the classes")
    shape = top.get("kpt_shape")
    if shape is not None and not _is_shape(shape):
        raise BadFile(f"{name}: kpt_shape must be two numbers, the second 2 or 3")
    points = {n: [str(each) for each in listed] for n, listed in _numbered(top.get("kpt_names")).items()}
    return DataYaml({n: str(each) for n, each in names.items()}, (shape[0], shape[1]) if shape else None, points)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Without comments; a list or table in brackets that goes over several lines is one."""
    started, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = COMMENT.sub(lambda found: found[1] or "", line)
        if not bare.strip() or bare.strip() == "---":
            continue
        started = started if whole else number
        whole = f"{whole} {bare.strip()}" if whole else bare.rstrip()
        unquoted = QUOTED.sub("", whole)
        if unquoted.count("[") + unquoted.count("{") <= unquoted.count("]") + unquoted.count("}"):
            yield started, whole
            whole = ""
    if whole:
        yield started, whole


def _is_shape(shape: Any) -> bool:
    whole = isinstance(shape, list) and len(shape) == 2 and all(type(each) is int for each in shape)
    return whole and 0 < shape[0] <= 1000 and shape[1] in (2, 3)


def _numbered(value: Any) -> dict[int, Any]:
    if isinstance(value, list):
        return dict(enumerate(value))
    if isinstance(value, dict):
        return {key: each for key, each in value.items() if type(key) is int}
    return {}


def _value(text: str) -> Any:
    """A scalar, a list in brackets, or a table in braces."""
    text = text.strip()
    if not text.startswith(("[", "{")):
        return _scalar(text)
    if not text.endswith("]" if text[0] == "[" else "}"):
        raise ValueError("a bracket is never closed")
    parts = PART.findall(text[1:-1])
    if text[0] == "[":
        return [_scalar(part) for part in parts]
    found = [KEY.match(part.strip()) for part in parts]
    if any(each is None or not each[3] for each in found):
        raise ValueError("a table in braces needs names with values")
    return {_scalar(each[3]): _scalar(each[4]) for each in found if each}


def _scalar(text: str) -> Any:
    text = text.strip()
    if text.startswith('"'):
        return json.loads(text)
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else text
