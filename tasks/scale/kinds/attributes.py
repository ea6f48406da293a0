"""annotation_attributes: what is asked of each shape, or of the whole picture, and under which conditions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from labeling.errors import InvalidInput, Problem
from labeling.types.attributes import CHOOSING, applies, option_values
from tasks.scale.kinds.base import MADE_UP, NotEnabled, Params, known_only, names_of, read_dict, read_list

KINDS_OF_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "category": {"type": "select"},
    "number": {"type": "number", "is_integer": True},
    "angle": {"type": "number", "min": 0, "max": 360},
    "text": {"type": "text"},
}
FIELDS = ("type", "description", "choices", "allow_multiple", "conditions", "global", "required")
LABEL, ATTRIBUTES = "label_condition", "attribute_conditions"
MOST_WAYS = 100

Condition = dict[str, Any]


def add_attributes(config: dict[str, Any], params: Params) -> None:
    """Global ones belong to the picture; others to the labels their conditions name, or to all."""
    given = read_dict(params.get("annotation_attributes") or {}, "annotation_attributes")
    for name, raw in given.items():
        known_only(read_dict(raw, path_of(name)), FIELDS, path_of(name))
    everywhere = [name for name, raw in given.items() if raw.get("global") is True]
    own = [name for name in given if name not in everywhere]
    config["attributes"] = _asked(given, everywhere, None)
    for label in config["labels"]:
        if asked := _asked(given, own, label["value"]):
            label["attributes"] = asked


def made_up_attributes(asked: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A value for each that is asked for after the values above it."""
    found: dict[str, Any] = {}
    for one in asked:
        if applies(one, found):
            found[one["name"]] = _made_up(one)
    return found


def _made_up(one: dict[str, Any]) -> Any:
    if one["type"] in CHOOSING:
        first = option_values(one)[0]
        return [first] if one["type"] == "multiselect" else first
    if one["type"] == "number":
        low, high = one.get("min"), one.get("max")
        return low if low is not None else high if high is not None else 1
    return True if one["type"] == "boolean" else MADE_UP


def _asked(given: Params, names: Sequence[str], label: str | None) -> list[dict[str, Any]]:
    """Those that may be asked of this label, or of the picture: each below what its conditions look at."""
    found: dict[str, dict[str, Any]] = {}
    left = [name for name in names if _may_have(given[name], label, path_of(name))]
    while left:
        ready = [name for name in left if not set(_named(given[name], path_of(name))) & set(left)]
        if not ready:
            raise InvalidInput(
                Problem(path_of(left[0]), f"{path_of(left[0])}: its conditions go in a circle", "circle")
            )
        for name in ready:
            if (one := _attribute(name, given, names, found)) is not None:
                found[name] = one
        left = [name for name in left if name not in ready]
    return [found[name] for name in found]


def _attribute(
    name: str, given: Params, names: Sequence[str], above: dict[str, dict[str, Any]]
) -> dict[str, Any] | None:
    """None where no condition can ever be met: what it looks at is not asked of this label."""
    path, raw = path_of(name), given[name]
    named = raw.get("type", "category")
    kind = KINDS_OF_ATTRIBUTES.get(named) if isinstance(named, str) else None
    if kind is None:
        raise NotEnabled(Problem(path, f"{path}: type {named!r} is not supported here", "type"))
    description = raw.get("description")
    label = description if isinstance(description, str) and description.strip() else name
    one: dict[str, Any] = {"name": name, "label": label, "required": raw.get("required") is True, **kind}
    if kind["type"] == "select":
        choices = read_list(raw.get("choices"), f"{path}.choices")
        one["options"] = names_of([_word(each) for each in choices], f"{path}.choices")
        one["type"] = "multiselect" if raw.get("allow_multiple") is True else "select"
    ways = _ways(raw, path)
    if not ways:
        return one
    for way in ways:
        for each in way:
            if each["attribute"] not in names:
                message = f"{path}.conditions: {each['attribute']!r} is no attribute that this one can depend on"
                raise InvalidInput(Problem(f"{path}.conditions", message, "unknown_attribute"))
    possible = [way for way in ways if all(each["attribute"] in above for each in way)]
    if not possible:
        return None
    single = len(possible) == 1 and len(possible[0]) == 1
    return one | {"condition": possible[0][0] if single else {"any": possible}}


def _ways(raw: Params, path: str) -> list[list[Condition]]:
    """The attribute conditions as alternatives: of a list one must be met, of an object all."""
    listed = _conditions(raw, path).get(ATTRIBUTES)
    if listed in (None, [], {}):
        return []
    ways: list[list[Condition]] = []
    where = f"{path}.conditions.{ATTRIBUTES}"
    for n, each in enumerate(listed if isinstance(listed, list) else [listed]):
        wanted = read_dict(each, f"{where}[{n}]")
        choices = [
            [{"attribute": name, "is": _word(value)} for value in (values if isinstance(values, list) else [values])]
            for name, values in wanted.items()
        ]
        ways += [list(way) for way in product(*choices) if way]
        if len(ways) > MOST_WAYS:
            raise InvalidInput(Problem(where, f"{where} has more than {MOST_WAYS} cases", "range"))
    return ways


def _named(raw: Params, path: str) -> set[str]:
    return {each["attribute"] for way in _ways(raw, path) for each in way}


def _may_have(raw: Params, label: str | None, path: str) -> bool:
    given = _conditions(raw, path).get(LABEL)
    if given is None:
        return True
    where = f"{path}.conditions.{LABEL}"
    if label is None:
        raise InvalidInput(Problem(where, f"{where}: the whole picture has no label", "type"))
    known_only(read_dict(given, where), ("label",), where)
    labels = given.get("label")
    named = [labels] if isinstance(labels, str) else read_list(labels, f"{where}.label")
    return label in named


def _conditions(raw: Params, path: str) -> dict[str, Any]:
    given = read_dict(raw.get("conditions") or {}, f"{path}.conditions")
    known_only(given, (LABEL, ATTRIBUTES), f"{path}.conditions")
    return given


def _word(choice: Any) -> Any:
    return str(choice) if isinstance(choice, int | float) and not isinstance(choice, bool) else choice


def path_of(name: str) -> str:
    return f"annotation_attributes.{name}"
