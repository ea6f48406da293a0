"""When a field of a form is shown: alternatives, each of which wants something of every field it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.errors import Problem
from labeling.types.field_choices import MOST_LEAVES, leaves_of
from labeling.types.field_values import Field, read_value
from labeling.types.parts import read_list
from labeling.types.strict import read_object

NOT = "not"
"""Turns a condition round; so no field may be called this."""
NEVER_NAMED = ("text", "range", "time_range", "field_set")


def is_shown(field: Field, given: Mapping[str, list[Any]]) -> bool:
    """Whether its conditions hold: any of the alternatives, each of which wants every field it names."""
    return not field["conditions"] or any(_holds(each, given) for each in field["conditions"])


def named_in(field: Field) -> set[str]:
    """The fields that its conditions look at."""
    looked_at = [each for alternative in field["conditions"] for each in (alternative, alternative.get(NOT, {}))]
    return {name for each in looked_at for name in each if name != NOT}


def clean_conditions(raw: Any, problems: list[Problem], path: str, before: list[Field]) -> list[dict[str, Any]]:
    """A list of alternatives; a lone object is the only one. They may name the fields ``before`` it."""
    if isinstance(raw, dict):
        return [_clean_alternative(raw, problems, path, before)]
    listed = read_list(raw, problems, path, least=0, most=50)
    return [_clean_alternative(each, problems, f"{path}[{n}]", before) for n, each in enumerate(listed)]


def _holds(alternative: dict[str, Any], given: Mapping[str, list[Any]]) -> bool:
    for name, wanted in alternative.items():
        if name == NOT:
            if _holds(wanted, given):
                return False
        elif not any(value in wanted for value in given.get(name, ())):
            return False
    return True


def _clean_alternative(
    raw: Any, problems: list[Problem], path: str, before: list[Field], *, negated: bool = False
) -> dict[str, Any]:
    known = {field["field_id"]: field for field in before if field["type"] not in NEVER_NAMED}
    given = read_object(raw, (*known, *([] if negated else [NOT])), problems, path)
    if isinstance(raw, dict) and not raw:
        problems.append(Problem(path, "names no field", "required"))
    clean: dict[str, Any] = {}
    for name, wanted in given.items():
        if name == NOT and not negated:
            clean[name] = _clean_alternative(wanted, problems, f"{path}.not", before, negated=True)
        elif name in known:
            listed = wanted if isinstance(wanted, list) else [wanted]
            clean[name] = _clean_wanted(listed, known[name], problems, f"{path}.{name}")
    return clean


def _clean_wanted(raw: list[Any], field: Field, problems: list[Problem], path: str) -> list[Any]:
    """The values that will do. A group of choices stands for all that are in it."""
    values: list[Any] = []
    for n, value in enumerate(read_list(raw, problems, path, least=1, most=MOST_LEAVES)):
        group = leaves_of(field.get("choices", []), value)
        if group is None:
            read_value(value, field, problems, f"{path}[{n}]")
        values += [value] if group is None else [each for each in group if each not in values]
    return values
