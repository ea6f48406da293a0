"""A label as a row of cells, and back.

What a row can show is what the type itself knows: the fields of its own clean labels. So a plug-in's lists are edited
like ours. What a row does not show (a skeleton, limits) stays with it while it is edited.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from tasks.web.setup.attribute_lines import read_attributes, write_attributes

COLUMNS: dict[str, Any] = {
    "value": _("In the data"),
    "name": _("In the data"),
    "label": _("Shown as"),
    "key": _("Key"),
    "color": _("Colour"),
    "description": _("Description"),
    "low": _("From"),
    "high": _("To"),
    "attributes": _("Attributes"),
}
SMALL = ("key", "color", "low", "high")
NAMED = ("value", "name")


@dataclass
class Row:
    cells: dict[str, str]
    was: str = ""  # its place in the schema in force
    place: int = 0  # among the rows as they were typed
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(value.strip() for name, value in self.cells.items() if name != "color")


@dataclass
class Rows:
    name: str
    title: Any
    columns: list[str]
    rows: list[Row]
    outline: str | None = None  # in place of rows: one label a line, indented below another
    error: str = ""

    @property
    def heads(self) -> list[dict[str, Any]]:
        return [{"name": one, "title": COLUMNS[one], "is_small": one in SMALL} for one in self.columns]

    @property
    def is_short(self) -> bool:
        return "color" not in self.columns


def has_column(label: dict[str, Any], column: str) -> bool:
    if column in ("low", "high"):
        return isinstance(label.get("scale"), dict)
    return column in label and not (column == "name" and "value" in label)


def cell_of(label: dict[str, Any], column: str) -> str:
    if column in ("low", "high"):
        scale = label.get("scale")
        return str(scale["min" if column == "low" else "max"]) if scale else ""
    if column == "attributes":
        return write_attributes(label.get("attributes") or [])
    value = label.get(column, "")
    named = label.get("value", label.get("name"))
    return "" if column == "label" and value == named else str(value)


def label_of(kept: dict[str, Any], cells: dict[str, str]) -> dict[str, Any]:
    """The label with what was typed; a field left empty gets its default again."""
    for name, raw in cells.items():
        text = raw.strip()
        if name in ("low", "high"):
            if kept.get("options") is None and text:
                end, scale = ("min" if name == "low" else "max"), dict(kept.get("scale") or {})
                scale[end] = int(text) if re.fullmatch(r"-?\d{1,4}", text) else text
                kept["scale"] = _named_points(scale)
        elif name == "attributes":
            if raw.replace("\r\n", "\n").strip() != write_attributes(kept.get("attributes") or []).strip():
                kept["attributes"] = read_attributes(raw, kept.get("attributes") or [])
        elif name == "color":
            kept.pop("color", None)
            if text.isdecimal():
                kept["color"] = int(text[:4])
        elif text or name in NAMED:
            kept[name] = text
        else:
            kept.pop(name, None)
    return kept


def _named_points(scale: dict[str, Any]) -> dict[str, Any]:
    """Names of points that are on the scale no more go with them."""
    low, high, labels = scale.get("min", 1), scale.get("max", 5), scale.get("labels")
    if labels and isinstance(low, int) and isinstance(high, int):
        scale["labels"] = {point: name for point, name in labels.items() if low <= int(point) <= high}
    return scale
