"""Consensus from votes: one method a module, found by being here."""

from __future__ import annotations

import sys
from functools import cache
from typing import Protocol, cast

from labeling.aggregation.votes import Result, Votes
from labeling.errors import GroundworkError
from labeling.plugins import modules_with

__all__ = ["Result", "Votes", "get", "methods"]


class Method(Protocol):
    """A module of this folder."""

    NAME: str
    TITLE: str

    def fit(self, votes: Votes) -> Result: ...


@cache
def methods() -> dict[str, Method]:
    """Every method by name."""
    found = modules_with(sys.modules[__name__], "NAME", "fit")
    return {module.NAME: cast(Method, module) for module in found}


def get(name: str) -> Method:
    """The method called so."""
    try:
        return methods()[name]
    except KeyError:
        raise GroundworkError(f"unknown aggregation method {name!r}; known: {', '.join(methods())}") from None
