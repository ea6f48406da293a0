"""Label Studio's JSON-MIN: a row for each annotation, the columns of its task, and what was answered beside them.

The row has the task's columns, its ``id``, a column for each control, and who answered when. A row does not say what a
control asked: its shapes and spans do, and a text that stands for a choice or for words is told by all the rows.
"""

from __future__ import annotations

from typing import Any

NEEDED = (b'"annotation_id":', b'"annotator":', b'"lead_time":')
ANSWERED = "annotator"
OWN = (ANSWERED, "annotation_id", "created_at", "updated_at", "lead_time")
TYPES = {
    **{each: each for each in (
        "rectanglelabels", "polygonlabels", "ellipselabels", "keypointlabels", "brushlabels", "vectorlabels",
        "timeserieslabels", "paragraphlabels", "hypertextlabels", "labels", "choices", "rating", "number", "taxonomy",
        "ranker", "datetime", "pairwise",
    )},
    "selected": "pairwise", "text": "textarea",
}  # fmt: skip
"""By the part of a result that only its type has; the first that is there counts."""
SIZES = ("original_width", "original_height")
MOST_OPTIONS, LONGEST_OPTION = 50, 80


def looks_so(head: bytes) -> bool:
    return head.lstrip().startswith(b"[") and all(name in head for name in NEEDED)


def are_rows(document: list[Any]) -> bool:
    first = next((each for each in document if isinstance(each, dict)), {})
    return all(name in first for name in OWN[:2]) and "id" in first and "annotations" not in first


def as_tasks(rows: list[Any], types: dict[str, str]) -> list[Any]:
    """As the whole export has them. ``types`` are those that a configuration tells, by the controls' names."""
    texts: dict[str, list[str]] = {}
    told: dict[str, str] = {}
    for row in rows:
        for name, value in _answered(row, types).items() if isinstance(row, dict) else ():
            if isinstance(value, str):
                texts.setdefault(name, []).append(value)
            elif isinstance(value, dict):  # as those are that a text stands for elsewhere
                told.setdefault(name, _type_in(value))
    types = {name: _type_of(values) for name, values in texts.items()} | told | types
    tasks: list[Any] = []
    by_id: dict[Any, dict[str, Any]] = {}
    for row in rows:
        if not isinstance(row, dict):
            tasks.append(row)
            continue
        answered, number = _answered(row, types), row.get("id")
        task = by_id.get(number) if isinstance(number, int | str) else None
        if task is None:
            data = {name: value for name, value in row.items() if name not in (*answered, *OWN, "id")}
            task = {"id": number, "data": data, "annotations": []}
            tasks.append(task)
            if isinstance(number, int | str):
                by_id[number] = task
        if row.get("annotation_id") is not None or answered:
            results = [one for name, value in answered.items() for one in _results(name, value, types.get(name, ""))]
            listed = {"id": row.get("annotation_id"), "completed_by": row.get(ANSWERED), "result": results}
            task["annotations"].append(listed)
    return tasks


def _answered(row: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    """The columns of the controls: they stand between the id and who answered.

    Where the id stands first, the task had one itself, and a plain text may be the task's as well: it stays a column.
    """
    names = list(row)
    start = names.index("id") if "id" in row else 0
    end = names.index(ANSWERED) if ANSWERED in row else start
    between = {name: row[name] for name in names[start + 1 : end]}
    return {
        name: value
        for name, value in between.items()
        if name in types or _is_result(value) or (start > 0 and isinstance(value, str))
    }


def _is_result(value: Any) -> bool:
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(each, dict) and any(name in each for name in TYPES) for each in listed)


def _type_of(values: list[str]) -> str:
    different = set(values)
    is_short = all(len(value) <= LONGEST_OPTION for value in different) and len(different) <= MOST_OPTIONS
    return "choices" if is_short and (len(different) < len(values) or len(values) < 5) else "textarea"


def _type_in(result: dict[str, Any]) -> str:
    return next((type for part, type in TYPES.items() if part in result), "")


def _results(name: str, value: Any, known: str) -> list[dict[str, Any]]:
    found = []
    for n, each in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(each, dict):
            type = known or _type_in(each)
        else:
            type = known or "textarea"
            each = {"text" if type == "textarea" else type: [each]}
        inner = {part: one for part, one in each.items() if part not in SIZES}
        result = {"id": f"{name} {n + 1}", "from_name": name, "type": type, "value": inner}
        found.append(result | {part: each[part] for part in SIZES if part in each})
    return found
