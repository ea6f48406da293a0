"""Attributes in Label Studio: a control each, asked of a region or of the whole item. Its name is the attribute's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from labeling.exporters.snapshot import Snapshot
from labeling.exporters.xml import attribute
from labeling.types.attributes import option_values

TAGS = {"text": "TextArea", "number": "Number"}
"""Of attributes; all others are Choices."""
YES_NO = ["true", "false"]
RENAMED = "an attribute has another name in Label Studio, where one is of another kind or of the whole item"


@dataclass
class Control:
    """``labels`` are those whose regions it is asked of; None for the whole item."""

    name: str
    kind: str
    labels: list[str] | None
    options: dict[str, None] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        return TAGS.get(self.kind, "Choices")

    def value(self, given: Any) -> dict[str, Any]:
        """As its result has it."""
        if self.kind == "number":
            return {"number": given}
        if self.kind == "text":
            return {"text": [given]}
        if self.kind == "boolean":
            return {"choices": [YES_NO[0] if given else YES_NO[1]]}
        return {"choices": given if isinstance(given, list) else [given]}


class Controls:
    """Every attribute of the project's question and of those that single tasks brought."""

    def __init__(self, snapshot: Snapshot, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._found: dict[tuple[bool, str, str], Control] = {}
        self._labels: list[str] = []
        self._asked: dict[tuple[str | None, str], Control] = {}
        for config in snapshot.configs():
            for label in config["labels"]:
                self._labels.append(label["value"])
                for one in label.get("attributes") or []:
                    self._add(one, label["value"])
            for one in config.get("attributes") or []:
                self._add(one, None)

    def _add(self, one: dict[str, Any], label: str | None) -> None:
        key = label is None, one["name"], one["type"]
        control = self._found.get(key)
        if control is None:
            name, n = one["name"], 1
            while name in self._taken:
                n += 1
                name = f"{one['name']} {n}"
            self._taken.add(name)
            control = self._found[key] = Control(name, one["type"], None if label is None else [])
        if label is not None and control.labels is not None and label not in control.labels:
            control.labels.append(label)
        if one["type"] in ("select", "multiselect"):
            control.options |= dict.fromkeys(option_values(one))
        control.limits |= {name: one[name] for name in ("min", "max") if one.get(name) is not None}
        self._asked[label, one["name"]] = control

    @property
    def names(self) -> list[str]:
        return [one.name for one in self._found.values()]

    def of(self, label: str | None, name: str) -> Control:
        return self._asked[label, name]

    def lines(self, shown: str) -> Iterator[str]:
        for one in self._found.values():
            more = "" if one.labels is None else f' perRegion="true"{self._when(one.labels)}'
            if one.tag != "Choices":
                limits = "".join(f' {name}="{value}"' for name, value in one.limits.items())
                yield f'  <{one.tag} name={attribute(one.name)} toName="{shown}"{limits}{more}/>'
                continue
            many = "multiple" if one.kind == "multiselect" else "single"
            yield f'  <Choices name={attribute(one.name)} toName="{shown}" choice="{many}"{more}>'
            yield from (f"    <Choice value={attribute(each)}/>" for each in one.options or YES_NO)
            yield "  </Choices>"

    def _when(self, labels: list[str]) -> str:
        """Asked of some labels' regions only, unless a comma, which parts them, is in a name."""
        if set(labels) == set(self._labels) or any("," in label for label in labels):
            return ""
        return f' visibleWhen="region-selected" whenLabelValue={attribute(",".join(labels))}'
