"""Finds the task types: folders beside this file, and entry points in the group ``groundwork.types``."""

from __future__ import annotations

import importlib
import inspect
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from labeling.errors import GroundworkError
from labeling.types.base import TaskType

GROUP = "groundwork.types"
FILES = ("widget.html", "samples.json", "static/widget.js")


class UnknownType(GroundworkError):
    """No task type has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown task type {name!r}; known: {', '.join(sorted(all()))}")
        self.name = name


def get(name: str) -> TaskType:
    """The type called so. Raises UnknownType, which lists the names there are."""
    found = all().get(name)
    if found is None:
        raise UnknownType(name)
    return found


@cache
def all() -> dict[str, TaskType]:  # noqa: A001 - reads as registry.all()
    """Every installed type by name, in order of name."""
    found: dict[str, TaskType] = {}
    for folder in sorted(Path(__file__).parent.iterdir()):
        if (folder / "__init__.py").is_file():
            _add(found, _type_in(importlib.import_module(f"labeling.types.{folder.name}")), expected=folder.name)
    for entry in entry_points(group=GROUP):
        loaded = entry.load()
        _add(found, _type_in(loaded) if isinstance(loaded, ModuleType) else loaded(), expected=entry.name)
    return dict(sorted(found.items()))


def folders() -> dict[str, Path]:
    """Name and folder of every type: settings look for templates and static files there."""
    return {name: task_type.folder() for name, task_type in all().items()}


def _add(found: dict[str, TaskType], task_type: TaskType, *, expected: str) -> None:
    if task_type.name != expected:
        raise RuntimeError(f"the task type in {expected!r} calls itself {task_type.name!r}; the two must be equal")
    if expected in found:
        raise RuntimeError(f"two task types are called {expected!r}")
    for file in FILES:
        if not (task_type.folder() / file).is_file():
            raise RuntimeError(f"the task type {expected!r} has no {file}: list it in its package's data files")
    found[expected] = task_type


def _type_in(module: ModuleType) -> TaskType:
    classes = [
        thing
        for thing in vars(module).values()
        if inspect.isclass(thing)
        and issubclass(thing, TaskType)
        and not inspect.isabstract(thing)
        and thing.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise RuntimeError(f"{module.__name__} must define exactly one task type, it defines {len(classes)}")
    instance: TaskType = classes[0]()
    return instance
