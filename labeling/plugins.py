"""Plug-ins that are one module each in a package: being there is being installed."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def modules_with(package: ModuleType, *attributes: str) -> list[ModuleType]:
    """The modules of the package that have all of these attributes, in order of name."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_"))
    found = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return [module for module in found if all(hasattr(module, attribute) for attribute in attributes)]
