"""Kinds of answers that the command line reads from a cell and writes again: one a module, found by being here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol, cast

from labeling.plugins import modules_with

Given = Mapping[str, Mapping[str, Any]]
"""Answers as ``read`` gave them: {item: {worker: value}}."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the result; ``posterior`` is empty where there are no classes."""

    item: str
    label: str
    confidence: float
    posterior: Mapping[str, float] = field(default_factory=dict)


class Kind(Protocol):
    """A module of this folder."""

    NAME: str
    HELP: str
    IS_SHARE: bool
    """Whether a distance is a share from 0 to 1, so that 1 minus it is a closeness."""

    def read(self, cell: str) -> Any:
        """The value in a cell, as JSON may hold it. ValueError says what it should have been."""

    def settle(self, given: Given, gold: Mapping[str, Any], method: str) -> list[Line]:
        """The consensus of each item. ValueError for what the answers as a whole cannot be."""

    def distance(self, one: Any, other: Any) -> float:
        """Of two values, for alpha; 0 for the same, and 1 for nothing in common where there is such a thing."""


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by name."""
    found = modules_with(sys.modules[__name__], "NAME", "settle")
    return {module.NAME: cast(Kind, module) for module in found}
