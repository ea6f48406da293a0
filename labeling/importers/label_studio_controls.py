"""What Label Studio asks of a region or of the whole item beside labels: attributes of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from labeling.importers.shapes import BadShape
from labeling.types.attributes import MOST_OPTIONS
from labeling.types.strict import is_number

RESULTS = ("choices", "textarea", "number")
TYPES = {"TextArea": "text", "Number": "number"}
YES_NO = ["true", "false"]


@dataclass(frozen=True, slots=True)
class Control:
    """``labels`` are those of the regions it is asked of, empty for all; a kind is one of an attribute's."""

    kind: str
    of_region: bool = False
    labels: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    required: bool = False
    limits: tuple[tuple[str, float], ...] = ()

    def attribute(self, name: str) -> dict[str, Any]:
        """Of a schema of ours."""
        found: dict[str, Any] = {"name": name, "type": self.kind, "required": self.required, **dict(self.limits)}
        return found | ({"options": [{"value": each} for each in self.options]} if self.options else {})

    def value(self, given: dict[str, Any]) -> Any:
        """As an attribute of this kind has it."""
        if self.kind == "number":
            if not is_number(number := given.get("number")):
                raise BadShape("value.number must be a number")
            return number
        listed = given.get("text" if self.kind == "text" else "choices")
        listed = [listed] if isinstance(listed, str) else listed
        if not isinstance(listed, list) or not listed or not all(isinstance(each, str) for each in listed):
            raise BadShape("its text or choices must be a list of texts")
        if self.kind == "text":
            return "\n".join(listed)
        if self.kind == "boolean":
            return listed[0] == YES_NO[0]
        return listed if self.kind == "multiselect" else listed[0]


def read_controls(root: Element, marks: Iterable[str]) -> dict[str, Control]:
    """Those of a configuration, by name. ``marks`` are its labels; what is asked where none of them is, is left out."""
    known = set(marks)
    found = {}
    for element in root.iter():
        name = element.attrib.get("name")
        if not name or element.tag not in ("Choices", *TYPES):
            continue
        options = tuple(dict.fromkeys(each.attrib["value"] for each in element.iter("Choice") if each.get("value")))
        kind = TYPES.get(element.tag, "multiselect" if element.get("choice") == "multiple" else "select")
        if kind in ("select", "multiselect"):
            if not 1 <= len(options) <= MOST_OPTIONS:
                continue
            if list(options) == YES_NO and kind == "select":
                kind, options = "boolean", ()
        wanted = element.get("whenLabelValue", "")
        labels = tuple(each for each in wanted.split(",") if each in known)
        if wanted and not labels:
            continue
        of_region = element.get("perRegion") == "true"
        found[name] = Control(
            kind, of_region, labels, options, element.get("required") == "true", tuple(_limits(element))
        )
    return found


def _limits(element: Element) -> Iterator[tuple[str, float]]:
    for name in ("min", "max") if element.tag == "Number" else ():
        try:
            yield name, float(element.attrib[name])
        except (KeyError, ValueError):
            continue


def guess_controls(results: Iterable[dict[str, Any]]) -> dict[str, Control]:
    """Those that results speak of, where there is no configuration."""
    found: dict[str, Control] = {}
    chosen: dict[str, list[list[Any]]] = {}
    for each in results:
        name, type, value = each.get("from_name"), each.get("type"), each.get("value")
        if not isinstance(name, str) or not name or type not in RESULTS or not isinstance(value, dict):
            continue
        if type == "choices":
            listed = value.get("choices")
            chosen.setdefault(name, []).append(listed if isinstance(listed, list) else [listed])
        else:
            found[name] = Control("number" if type == "number" else "text")
    for name, lists in chosen.items():
        is_flag = all(len(each) == 1 and each[0] in YES_NO for each in lists)
        found[name] = Control("boolean" if is_flag else "select" if all(len(e) < 2 for e in lists) else "multiselect")
    return found
