"""A taxonomy as text: one entry a line, indented below another."""

from typing import Any

OUTLINED = "choices"  # labels below a label


def write_outline(labels: list[dict[str, Any]], depth: int = 0) -> str:
    lines = []
    for one in labels:
        shown = one["value"] if one.get("label", one["value"]) == one["value"] else f"{one['value']} | {one['label']}"
        lines.append("  " * depth + shown)
        if below := one.get(OUTLINED):
            lines.append(write_outline(below, depth + 1))
    return "\n".join(lines)


def read_outline(text: str, before: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """An entry that was there before, at the same place, keeps what a line cannot say."""
    roots: list[dict[str, Any]] = []
    open_at: list[tuple[int, list[dict[str, Any]], list[dict[str, Any]]]] = [(-1, roots, before or [])]
    for line in text.expandtabs(2).splitlines():
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        while open_at[-1][0] >= indent:
            open_at.pop()
        _indent, siblings, known = open_at[-1]
        value, _bar, label = (part.strip() for part in line.partition("|"))
        was = next((one for one in known if one["value"] == value), {})
        kept = {name: each for name, each in was.items() if name not in ("label", OUTLINED)}
        entry: dict[str, Any] = kept | {"value": value, OUTLINED: []} | ({"label": label} if label else {})
        siblings.append(entry)
        open_at.append((indent, entry[OUTLINED], was.get(OUTLINED) or []))
    return roots
