"""Half of a surrogate pair in one answer of an exchange: that answer is refused, not those beside it."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from rest_framework.exceptions import ParseError

from labeling.errors import Problem
from labeling.http.json import ORJSONParser
from labeling.types.strict import join, storable_problem
from tasks.services.exchanging import Malformed

LISTS = ("answers", "skips", "comments")


class ExchangeJSON(ORJSONParser):
    """Only what is no JSON at all is refused as a whole."""

    def loads(self, body: bytes) -> Any:
        try:
            return super().loads(body)
        except ParseError:
            try:
                return _parted(body)
            except (ValueError, RecursionError):
                pass  # wrong in another way, too
            raise


def _parted(body: bytes) -> dict[str, Any]:
    """The body with a Malformed for each entry that cannot be stored; ValueError if it is wrong elsewhere."""
    found = json.loads(body.decode("utf-8", "surrogatepass"), parse_constant=_refuse, parse_float=_finite)
    if not isinstance(found, dict):
        raise ValueError("no object")
    for name in LISTS:
        if isinstance(entries := found.get(name), list):
            found[name] = [_sound(entry, f"{name}[{place}]") for place, entry in enumerate(entries)]
    if any(_half_pairs({name: value for name, value in found.items() if name not in LISTS}, "")):
        raise ValueError("half of a surrogate pair outside the entries")
    return found


def _sound(entry: Any, path: str) -> Any:
    problems = list(_half_pairs(entry, path))
    if not problems:
        return entry
    named = entry if isinstance(entry, dict) else {}
    return Malformed(_known(named.get("id")), _known(named.get("assignment")), problems)


def _known(value: Any) -> Any:
    """What the reply can repeat."""
    return value if isinstance(value, int) or isinstance(value, str) and not storable_problem(value) else None


def _half_pairs(value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, str):
        if problem := storable_problem(value):
            yield Problem(path, problem, "characters")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _half_pairs(inner, f"{path}[{place}]")
    elif isinstance(value, dict):
        for key, inner in value.items():
            inside = join(path, key.encode("utf-8", "replace").decode())
            if problem := storable_problem(key):
                yield Problem(inside, problem, "characters")
            yield from _half_pairs(inner, inside)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{digits} is too large")
    return value
