"""Calls are answered with and without a slash at their end: the official client sends none, other programs do."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, path


def with_slashes(calls: Iterable[tuple[str, Any]]) -> list[URLPattern]:
    """The longer of the two first: a name that may hold slashes would take the last one for its own."""
    return [path(each, view) for route, view in calls for each in (f"{route}/", route)]
