"""Answers in the labels of a later schema: what follows when labels are renamed, merged, split or retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.errors import InvalidAnswer
from labeling.types.label_changes import Moved, flat, written_place

ONE, MANY = ("option", "label"), ("options", "labels")
_GONE = object()


def relabel(answer: Mapping[str, Any], moved: Moved) -> dict[str, Any] | None:
    """The default of ``TaskType.relabel``: whatever the answer calls option, options, label or labels follows.

    A thing whose label is gone goes with it; None where that is the whole answer.
    """
    found = _in_words_of_now(answer, flat(moved))
    return None if found is _GONE else found


def _in_words_of_now(node: Any, to: Mapping[str, str | None]) -> Any:
    if isinstance(node, list):
        return [each for each in (_in_words_of_now(one, to) for one in node) if each is not _GONE]
    if not isinstance(node, dict):
        return node
    found = {}
    for key, value in node.items():
        if key in ONE and isinstance(value, str):
            value = to.get(value, value)
            if value is None:
                return _GONE
        elif key in MANY and isinstance(value, list):
            value = renamed_all(value, to)
        else:
            value = _in_words_of_now(value, to)
            if value is _GONE:
                return _GONE
        found[key] = value
    return found


def renamed_all(values: Sequence[Any], to: Mapping[str, str | None]) -> list[Any]:
    """Each once, without those that are gone."""
    named = [to.get(each, each) if isinstance(each, str) else each for each in values]
    return [each for n, each in enumerate(named) if each is not None and each not in named[:n]]


def renamed_one(chosen: Mapping[str, Any], prefix: str, moved: Moved) -> dict[str, Any]:
    """Values by the name of what was asked, ``{criterion: value}``, without those that are gone."""
    found = {}
    for name, value in chosen.items():
        to = flat(moved, lambda parts, name=name: parts[:2] == [prefix, name])  # type: ignore[misc]
        value = to.get(value, value) if isinstance(value, str) else value
        if value is not None:
            found[name] = value
    return found


def relabeled_attributes(
    values: Mapping[str, Any], path: Sequence[str], moved: Moved, asked: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What was said in attributes, in the options of now, without those that are gone or asked no more.

    ``path`` is the attributes' place before: ``labels``, the label, ``attributes``. ``asked`` are those of now.
    """
    found: dict[str, Any] = {}
    names = {one["name"] for one in asked}
    for name, value in values.items():
        place = written_place((*path, name, "options"))
        to = flat({place: moved.get(place, {})})
        if isinstance(value, list):
            value = renamed_all(value, to)
        elif isinstance(value, str):
            value = to.get(value, value)
        if name in names and value is not None and value != []:
            found[name] = value
    return found


def still_linked(
    links: Sequence[Mapping[str, Any]], ends: tuple[str, str], kept: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The links whose two ends there still are, each once; ``kept`` tells which thing an end is now."""
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for each in map(dict, links):
        there = {end: kept.get(each[end]) for end in ends}
        if None in there.values() or there[ends[0]] == there[ends[1]]:
            continue
        key = str(sorted((name, value) for name, value in (each | there).items() if name != "id"))
        if key not in seen:
            seen.add(key)
            found.append({name: value for name, value in (each | there).items() if name != "id"})
    return found


def reread(
    task_type: Any, answer: dict[str, Any], moved: Moved, config: dict[str, Any], item: Mapping[str, Any]
) -> dict[str, Any] | None:
    """A clean answer of before as a clean one under ``config``; None where it cannot be said in its labels."""
    found = task_type.relabel(answer, moved, config)
    if found is None:
        return None
    try:
        clean: dict[str, Any] = task_type.clean_answer(found, config=config, item=item)
    except InvalidAnswer:
        return None
    return clean
