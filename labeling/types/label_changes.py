"""A schema's labels, and what happens to them over time: added, renamed, merged, split, retired.

A *place* is a list of labels in a clean config, named by its path: ``options``, ``criteria/style/options``, of a
taxonomy's branch ``options/animals/choices``, of an attribute ``labels/car/attributes/state/options``. What a change
does to answers is told by where each label of before is now: ``moved`` is ``{place: {value: [place, value] or None}}``
for those that are elsewhere, or nowhere for certain.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from labeling.errors import InvalidConfig, Problem

LISTS = ("options", "labels", "categories", "severities", "choices", "subchoices")
APART = ("relations", "links")  # they have names of their own
NAMES = ("value", "name", "field_id")
OPERATIONS: dict[str, tuple[str, ...]] = {  # fields of each beside op and place
    "add": ("value", "label", "before"),
    "rename": ("value", "to", "label"),
    "merge": ("values", "to", "label"),
    "split": ("value", "to", "keep"),
    "retire": ("value", "instead"),
}
WAS = "\0was"  # of a label under change: where it was before, [[place, value], …]

Label = dict[str, Any]
Moved = Mapping[str, Mapping[str, Sequence[str] | None]]


def places(config: Mapping[str, Any]) -> dict[str, list[Label]]:
    """Every list of labels, in the order of the schema."""
    return {written_place(path): labels for path, labels in _walk(config, ())}


def _walk(node: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Label]]]:
    for key, value in node.items():
        if key in APART or not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            continue
        here = (*path, key)
        if key in LISTS and (value or _may_be_empty(key, path)) and all("value" in each for each in value):
            yield here, value
        for each in value:
            if name := next((str(each[name]) for name in NAMES if name in each), ""):
                yield from _walk(each, (*here, name))


def _may_be_empty(key: str, path: Sequence[str]) -> bool:
    """A list that may be filled; branches of a taxonomy and attributes that offer no options are none."""
    return key not in ("choices", "subchoices") and "attributes" not in path[-2:]


def written_place(path: Sequence[str]) -> str:
    """A place's name out of its parts."""
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in path)


def read_place(place: str) -> list[str]:
    """The parts of a place's name."""
    return [part.replace("~1", "/").replace("~0", "~") for part in place.split("/")]


def change_labels(config: Mapping[str, Any], operations: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The config after the operations, still to be cleaned, and ``moved``. Raises InvalidConfig, by operation."""
    changed = copy.deepcopy(dict(config))
    for place, labels in places(changed).items():
        for each in labels:
            each[WAS] = [[place, each["value"]]]
    problems: list[Problem] = []
    if not isinstance(operations, list) or not operations:
        raise InvalidConfig(Problem("changes", "must be a list of at least one change", "required"))
    split: dict[tuple[str, str], list[str]] = {}
    for n, each in enumerate(operations):
        _apply(changed, each, problems, f"changes[{n}]", split)
        if problems:
            raise InvalidConfig(problems)
    moved = _moved(config, changed)
    for labels in places(changed).values():
        for each in labels:
            each.pop(WAS, None)
    _follow_in_relations(changed, moved, split)
    _follow_in_conditions(changed, moved, split)
    _follow_in_attributes(changed, moved)
    return changed, moved


def _apply(
    config: dict[str, Any],
    raw: Any,
    problems: list[Problem],
    path: str,
    split: dict[tuple[str, str], list[str]],
) -> None:
    if not isinstance(raw, dict) or raw.get("op") not in OPERATIONS:
        problems.append(Problem(f"{path}.op", f"must be one of: {', '.join(OPERATIONS)}", "choice"))
        return
    for name in raw:
        if name not in ("op", "place", *OPERATIONS[raw["op"]]):
            problems.append(Problem(f"{path}.{name}", "is not known here", "unknown"))
    known = places(config)
    place = raw.get("place") or next(iter(known), "")
    if place not in known:
        told = f"there is no list of labels {place!r}; there are: {', '.join(known) or 'none'}"
        problems.append(Problem(f"{path}.place", told, "missing"))
    if not problems:
        _Change(known[place], place, raw, problems, path, split).run()


class _Change:
    """One operation on one list of labels."""

    def __init__(
        self,
        labels: list[Label],
        place: str,
        raw: Mapping[str, Any],
        problems: list[Problem],
        path: str,
        split: dict[tuple[str, str], list[str]],
    ) -> None:
        self.labels, self.place, self.raw, self.problems, self.path = labels, place, raw, problems, path
        self.split_into = split

    def run(self) -> None:
        getattr(self, self.raw["op"])()

    def note(self, problem: Problem) -> None:
        self.problems.append(Problem(f"{self.path}.{problem.path}", problem.message, problem.code))

    def text(self, field: str, default: str | None = None) -> str:
        value = self.raw.get(field, default)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= 200:
            self.note(Problem(field, "must be a text of 1 to 200 characters", "required"))
            return ""
        return value.strip()

    def find(self, field: str, value: Any) -> Label | None:
        found = next((each for each in self.labels if each["value"] == value), None)
        if found is None:
            self.note(Problem(field, f"there is no label {str(value)[:80]!r} here", "missing"))
        return found

    def is_free(self, field: str, value: str, besides: Sequence[Label] = ()) -> bool:
        taken = any(each["value"] == value and all(each is not one for one in besides) for each in self.labels)
        if taken:
            self.note(Problem(field, f"there is a label {value[:80]!r} already; merge them instead", "duplicate"))
        return not taken

    def fresh(self, value: str, label: str = "") -> Label:
        """With the fields that its neighbours have; keys and colours are given anew."""
        known = {"value", "label", "key", "color", "attributes", "min_width", "min_height", "description", WAS}
        like = self.labels[0] if self.labels else {}
        kept = {name: copy.deepcopy(what) for name, what in like.items() if name not in (*known, *LISTS)}
        return kept | {"value": value, "label": label or value, WAS: []}

    def add(self) -> None:
        value = self.text("value")
        if value and self.is_free("value", value):
            at = len(self.labels)
            if (before := self.raw.get("before")) is not None and (found := self.find("before", before)):
                at = self.labels.index(found)
            self.labels.insert(at, self.fresh(value, str(self.raw.get("label") or "")))

    def rename(self) -> None:
        found = self.find("value", self.raw.get("value"))
        if found is None:
            return
        to = self.text("to", found["value"])
        if to and self.is_free("to", to, [found]):
            was_named = found.get("label") == found["value"]
            found["value"] = to
            if "label" in self.raw or was_named:
                found["label"] = str(self.raw.get("label") or to)

    def merge(self) -> None:
        values = self.raw.get("values")
        if not isinstance(values, list) or len(values) < 2 or len(set(map(str, values))) < len(values):
            self.note(Problem("values", "must be two or more different labels", "required"))
            return
        found = [self.find("values", value) for value in values]
        to = self.text("to", str(values[0]))
        if self.problems:
            return
        merged = [each for each in found if each is not None]
        target = next((each for each in self.labels if each["value"] == to), merged[0])
        for each in merged:
            if each is not target:
                _take_in(target, each)
                self.labels.remove(each)
        if target["value"] != to or "label" in self.raw:
            target["value"], target["label"] = to, str(self.raw.get("label") or to)

    def split(self) -> None:
        found = self.find("value", self.raw.get("value"))
        to = self.raw.get("to")
        if not isinstance(to, list) or len(to) < 2 or not all(isinstance(each, str) and each.strip() for each in to):
            self.note(Problem("to", "must be two or more labels", "required"))
            return
        if found is None or not all(self.is_free("to", value, [found]) for value in to):
            return
        if len(set(to)) < len(to):
            self.note(Problem("to", "names a label twice", "duplicate"))
            return
        keep = self.raw.get("keep")
        if keep is not None and keep not in to:
            self.note(Problem("keep", "must be one of the new labels", "choice"))
            return
        at = self.labels.index(found)
        made = [copy.deepcopy(found) | {"value": value, "label": value, WAS: []} for value in to]
        for n, each in enumerate(made):
            each.update({"key": ""} if "key" in each else {})
            if n:
                each.update({name: [] for name in ("choices", "subchoices") if name in each})
            if each["value"] == keep:
                each[WAS] = found[WAS]
        for place, value in found[WAS]:
            self.split_into[place, value] = list(to)
        self.labels[at : at + 1] = made

    def retire(self) -> None:
        found = self.find("value", self.raw.get("value"))
        if found is None:
            return
        if (instead := self.raw.get("instead")) is not None:
            target = self.find("instead", instead)
            if target is None or target is found:
                if target is found:
                    self.note(Problem("instead", "must be another label", "choice"))
                return
            target[WAS] += found[WAS]
            _take_in_options(target, found)
        self.labels.remove(found)


def _take_in(target: Label, other: Label) -> None:
    """What the labels merged into one allow, it allows."""
    target[WAS] = [*target[WAS], *other[WAS]]
    if "geometries" in target:
        target["geometries"] += [each for each in other["geometries"] if each not in target["geometries"]]
        target["skeleton"] = target.get("skeleton") or other.get("skeleton")
        for size in ("min_width", "min_height"):
            target[size] = min(target[size], other[size])
    if "attributes" in target:
        _take_in_options(target, other, adds=True)
        names = {each["name"] for each in target["attributes"]}
        target["attributes"] += [each for each in other["attributes"] if each["name"] not in names]
    for name in ("choices", "subchoices"):
        for child in other.get(name) or []:
            mine = target.setdefault(name, [])
            same = next((each for each in mine if each["value"] == child["value"]), None)
            if same is None:
                mine.append(child)
            else:
                _take_in(same, child)


def _take_in_options(target: Label, other: Label, *, adds: bool = False) -> None:
    """What was said in attributes of the one can be said in those of the other that are called so too.

    With ``adds`` they take in the options they have not.
    """
    mine = {each["name"]: each for each in target.get("attributes") or []}
    for theirs in other.get("attributes") or []:
        same = mine.get(theirs["name"])
        if same is None or same["type"] != theirs["type"]:
            continue
        options = {option["value"]: option for option in same.get("options") or []}
        for option in theirs.get("options") or []:
            if option["value"] in options:
                options[option["value"]].setdefault(WAS, []).extend(option.get(WAS, ()))
            elif adds:
                same["options"].append(option)


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    now = {
        (place, value): [here, each["value"]]
        for here, labels in places(after).items()
        for each in labels
        for place, value in each.get(WAS, ())
    }
    moved: dict[str, Any] = {}
    for place, labels in places(before).items():
        for each in labels:
            found = now.get((place, each["value"]))
            if found != [place, each["value"]]:
                moved.setdefault(place, {})[each["value"]] = found
    return moved


def flat(moved: Moved, is_meant: Callable[[list[str]], bool] = lambda parts: True) -> dict[str, str | None]:
    """Old value to new one, or None, over the places that are meant."""
    return {
        value: to[1] if to else None
        for place, values in moved.items()
        if is_meant(read_place(place))
        for value, to in values.items()
    }


def _follow_in_relations(config: dict[str, Any], moved: Moved, split: Mapping[tuple[str, str], list[str]]) -> None:
    """The labels that may stand at the ends of a relation. One without any end left goes."""
    to = flat({"labels": moved.get("labels", {})})
    for name in ("relations", "links"):
        kept = []
        for each in config.get(name) or []:
            ends = {end: _renamed(each.get(end, []), "labels", to, split) for end in ("from", "to")}
            if all(ends[end] or not each.get(end) for end in ends):
                kept.append(each | ends)
        if config.get(name):
            config[name] = kept


def _follow_in_conditions(config: dict[str, Any], moved: Moved, split: Mapping[tuple[str, str], list[str]]) -> None:
    """The values that conditions of a form's fields ask for."""
    for field in [each for outer in config.get("fields") or [] for each in (outer, *outer.get("fields", []))]:
        for alternative in field.get("conditions") or []:
            for wanted in (alternative, alternative.get("not", {})):
                for name, values in wanted.items():
                    if name == "not":
                        continue
                    place = next((p for p in moved if field_of(read_place(p)) == name), "")
                    wanted[name] = _renamed(values, place, flat({place: moved.get(place, {})}), split)


def _follow_in_attributes(config: dict[str, Any], moved: Moved) -> None:
    """The options that conditions of attributes ask for. One that is gone stays, and the config is refused for it."""
    now: dict[str, dict[str, str]] = {}
    for values in moved.values():
        for value, to in values.items():
            if to is not None:
                now.setdefault(to[0], {})[value] = to[1]
    labels = [each for each in config.get("labels") or [] if isinstance(each, dict)]
    lists = [(("attributes",), config), *((("labels", each["value"], "attributes"), each) for each in labels)]
    for path, owner in lists:
        for one in owner.get("attributes") or []:
            whole = one.get("condition") or {"any": []}
            for condition in [each for part in whole.get("any", [[whole]]) for each in part]:
                place = written_place((*path, condition["attribute"], "options"))
                if isinstance(condition["is"], str):
                    condition["is"] = now.get(place, {}).get(condition["is"], condition["is"])


def field_of(parts: Sequence[str]) -> str:
    """The innermost field of a form that a place belongs to."""
    at = [n for n, part in enumerate(parts) if part == "fields"]
    return parts[at[-1] + 1] if at and at[-1] + 1 < len(parts) else ""


def _renamed(
    values: Sequence[Any], place: str, to: Mapping[str, str | None], split: Mapping[tuple[str, str], list[str]]
) -> list[Any]:
    found: list[Any] = []
    for value in values:
        named: Sequence[str | None] = split.get((place, value)) or [to.get(value, value)]
        found += [each for each in named if each is not None and each not in found]
    return found
