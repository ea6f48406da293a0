"""Attributes of a label as text, one a line."""

from typing import Any


def write_attributes(attributes: list[dict[str, Any]]) -> str:
    """`colour: red, blue` is a choice of one, `torn?` yes or no, `remark` words. Others are told by their name only."""
    return "\n".join(_attribute_line(one) for one in attributes)


def _attribute_line(one: dict[str, Any]) -> str:
    kind, name = one.get("type"), one["name"]
    if kind == "boolean":
        return f"{name}?"
    if kind == "select":
        return f"{name}: {', '.join(each['value'] for each in one.get('options', []))}"
    return str(name)


def read_attributes(text: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line that is as it was stands for the attribute that was there, whatever else that has."""
    known = {_attribute_line(one): one for one in before}
    found: list[dict[str, Any]] = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        name, colon, options = line.partition(":")
        if line in known:
            found.append(known[line])
        elif colon:
            choices = [each.strip() for each in options.split(",") if each.strip()]
            found.append({"name": name.strip(), "type": "select", "options": [{"value": each} for each in choices]})
        elif line.endswith(("?", "？")):
            found.append({"name": line[:-1].strip(), "type": "boolean"})
        else:
            found.append({"name": line, "type": "text"})
    return found
