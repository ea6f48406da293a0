"""Writers of snapshots, one module each, found by being here."""

from __future__ import annotations

import sys
from functools import cache
from typing import cast

from labeling.errors import GroundworkError
from labeling.exporters.base import Columns, Exporter, opened
from labeling.plugins import modules_with

__all__ = ["Columns", "exporters", "get", "opened"]


@cache
def exporters() -> dict[str, Exporter]:
    """Every exporter by name."""
    found = modules_with(sys.modules[__name__], "NAME", "SUFFIX", "CONTENT_TYPE", "write", "join")
    return {module.NAME: cast(Exporter, module) for module in found}


def get(name: str) -> Exporter:
    """The exporter called so."""
    try:
        return exporters()[name]
    except KeyError:
        raise GroundworkError(f"unknown export format {name!r}; known: {', '.join(exporters())}") from None
