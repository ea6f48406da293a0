"""Keys that stand twice in an object: every parser keeps one of the values and says nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

REPEATED = "stands twice in its object: only one of the two could be kept"


class _Twice(dict[str, Any]):
    """An object with the key that it has twice."""

    key = ""


def may_repeat(content: bytes, value: Any) -> bool:
    """Cheap: whether there are more keys than the value has, written anew. A text may look like one: not surely."""
    here = content.count(b'":') + content.count(b'" :')
    return here > 1 and here > orjson.dumps(value).count(b'":')


def with_repeats(content: bytes) -> Any:
    """The value again, in which `repeated_in` finds what stands twice."""
    return json.loads(content, object_pairs_hook=_object)


def repeated_in(value: Any) -> str | None:
    """The path of the first key that stands twice."""
    return next(_repeated(value, ""), None)


def repeated_key(content: bytes, value: Any) -> str | None:
    """The same of a line that was read already; a nesting too deep is told in words of its own."""
    try:
        return repeated_in(with_repeats(content)) if may_repeat(content, value) else None
    except (RecursionError, ValueError):
        return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice, seen = _Twice(found), set()
    for name, _ in pairs:
        if name in seen:
            twice.key = name
            break
        seen.add(name)
    return twice


def _repeated(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Twice):
        yield (f"{path}.{value.key}" if path else value.key)[:200]
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _repeated(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _repeated(inner, f"{path}[{n}]")
