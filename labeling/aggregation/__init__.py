"""Consensus from votes: one method a module, found by being here. It needs numpy and scipy, and no server.

>>> from labeling import aggregation
>>> said = [("ann", "x", "cat"), ("bob", "x", "cat"), ("eve", "x", "dog"), ("ann", "y", "dog")]
>>> votes = aggregation.from_triples(said)
>>> result = aggregation.get("e4").fit(votes)
>>> [votes.classes[label] for label in result.labels]
['cat', 'dog']

``result.confidence`` [item] and ``result.posterior`` [item, class] are beside it; ``votes.items`` has the names.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Protocol, cast

from labeling.aggregation.votes import Ints, Result, Votes, from_triples
from labeling.errors import GroundworkError
from labeling.plugins import modules_with

__all__ = ["Result", "Votes", "from_triples", "get", "live_methods", "methods"]


class Method(Protocol):
    """A module of this folder."""

    NAME: str
    TITLE: str

    def fit(self, votes: Votes, *, gold: Ints | None = None) -> Result: ...


@cache
def methods() -> dict[str, Method]:
    """Every method by name."""
    found = modules_with(sys.modules[__name__], "NAME", "fit")
    return {module.NAME: cast(Method, module) for module in found}


def live_methods() -> dict[str, Method]:
    """Those that projects keep up to date answer by answer; the others are for the command line and for study."""
    from labeling.aggregation import live

    return {name: method for name, method in methods().items() if name in live.SCORERS}


def get(name: str) -> Method:
    """The method called so."""
    try:
        return methods()[name]
    except KeyError:
        raise GroundworkError(f"unknown aggregation method {name!r}; known: {', '.join(methods())}") from None
