"""TASK and PROJECT as the labeling page receives them: rows straight to dictionaries, two queries for any number.

A check must look like any other task: the same fields, and numbers in place of ids, which would tell its age.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from labeling.importers.found import ANSWERED, KNOWN
from labeling.markdown import to_html
from labeling.pseudonym import number_of
from labeling.types import registry
from tasks.models import Assignment, Item, ProjectVersion
from tasks.selectors.answering import configs_of, judged
from tasks.selectors.entry import place_in_practice
from tasks.selectors.media import image_links, media_url
from tasks.selectors.rereading import rereaders_of
from tasks.selectors.suggestions import is_column, to_show, usable
from tasks.states import AssignmentState, TaskState

FIELDS = (
    "pk",
    "task_id",
    "project_id",
    "project__type",
    "project__suggestion_field",
    "project__gold_field",
    "schema_version",
    "state",
    "leased_at",
    "expires_at",
    "task__item_id",
    "task__item__data",
    "task__item__media",
    "task__suggestion",
    "task__state",
    "annotator_id",
    "draft__seq",
    "draft__value",
)
VERSION_FIELDS = (
    "project_id",
    "number",
    "config",
    "guideline",
    "end_use",
    "content_risks",
    "content_note",
    "examples",
    "project__name",
    "project__type",
)


def tasks_of(assignment_ids: Sequence[int]) -> list[dict[str, Any]]:
    """TASK for each assignment, in the order asked for."""
    if not assignment_ids:
        return []
    rows = {row["pk"]: row for row in Assignment.objects.filter(pk__in=assignment_ids).values(*FIELDS)}
    suggested = suggestions_of(rows.values())
    return [task(rows[pk], suggested.get(pk)) for pk in assignment_ids if pk in rows]


def suggestions_of(rows: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """By assignment. One made under another version of the schema is shown if it is an answer under this one too."""
    given = [row for row in rows if to_show(row["task__suggestion"], row["leased_at"]) is not None]
    newer = [row for row in given if row["task__suggestion"]["schema_version"] != row["schema_version"]]
    configs = configs_of({row["project_id"] for row in newer}, {row["schema_version"] for row in newer})
    readers = rereaders_of(row["project_id"] for row in newer) if newer else {}
    found = {}
    for row in given:
        config = configs.get((row["project_id"], row["schema_version"]), {})
        item = judged(row["task__item__data"], row["task__item__media"])
        reader = readers.get(row["project_id"])
        value = usable(row["task__suggestion"], row["schema_version"], row["project__type"], config, item, reader)
        if value is not None:
            source = row["task__suggestion"].get("source")
            found[row["pk"]] = {"value": value} | ({"source": source} if source else {})
    return found


def task(row: Mapping[str, Any], suggestion: dict[str, Any] | None = None) -> dict[str, Any]:
    data = row["task__item__data"]
    if is_column(row["task__suggestion"]):  # it comes checked, as the suggestion; else it is data like any other
        data = {name: value for name, value in data.items() if name != row["project__suggestion_field"]}
    hidden = (row["project__gold_field"], KNOWN, ANSWERED)  # never told, of any item
    data = {name: value for name, value in data.items() if name not in hidden}
    open_draft = row["draft__seq"] is not None and row["state"] == AssignmentState.LEASED
    told = {
        "assignment": row["pk"],
        "task": number_of("task", row["task_id"]),
        "project": row["project_id"],
        "schema_version": row["schema_version"],
        "item": item(row["task__item_id"], data, row["task__item__media"], row["project__type"]),
        "suggestion": suggestion,
        "draft": {"seq": row["draft__seq"], "value": row["draft__value"]} if open_draft else None,
        "lease_expires_at": row["expires_at"],
    }
    if row["task__state"] == TaskState.PRACTICE:  # said openly; a check has nothing that work has not
        told["entry"] = place_in_practice(row["annotator_id"], row["project_id"], row["task_id"])
    return told


def item(pk: int, data: Mapping[str, Any], media: dict[str, Any], type_name: str) -> dict[str, Any]:
    """The text and the image by name, every other column of the upload under `data`.

    `html` holds the fields that the type shows formatted, by path; it is missing where there are none.
    """
    shown: dict[str, Any] = {"id": number_of("item", pk) if pk else 0}
    if "text" in data:
        shown["text"] = data["text"]
    if image := image_links(media):
        shown["image"] = image
    shown["data"] = {name: value for name, value in data.items() if name != "text"}
    if stored := media.get("attachments"):
        shown["data"]["attachments"] = with_pictures(data["attachments"], stored)
    if html := registry.get(type_name).html(data):
        shown["html"] = html
    return shown


def with_pictures(attachments: list[dict[str, Any]], stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each that we keep a picture of names it by a link of ours: a page loads nothing from elsewhere."""
    return [
        each | {"content": media_url(stored[str(n)]["key"])} if str(n) in stored else each
        for n, each in enumerate(attachments)
    ]


def projects_of(tasks: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """PROJECT by "<project>.<version>" for every version these tasks were given out under."""
    wanted: Collection[tuple[int, int]] = {(task["project"], task["schema_version"]) for task in tasks}
    if not wanted:
        return {}
    rows = ProjectVersion.objects.filter(
        project__in={project for project, _ in wanted}, number__in={number for _, number in wanted}
    ).values(*VERSION_FIELDS)
    chosen = [row for row in rows if (row["project_id"], row["number"]) in wanted]
    items = example_items(chosen)
    return {f"{row['project_id']}.{row['number']}": project(row, items) for row in chosen}


def example_items(rows: Iterable[Mapping[str, Any]]) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """Data and media of the items that examples name by id; one that is gone by now is left out."""
    named = {each["item"]["id"] for row in rows for each in row["examples"] if set(each["item"]) == {"id"}}
    found = Item.objects.filter(pk__in=named).values_list("pk", "data", "media") if named else []
    return {pk: (data, media) for pk, data, media in found}


def example(each: Mapping[str, Any], type_name: str, items: Mapping[int, Any]) -> dict[str, Any] | None:
    given = each["item"]
    if set(given) == {"id"}:
        if given["id"] not in items:
            return None
        data, media = items[given["id"]]
        shown = item(given["id"], data, media, type_name)
    else:
        shown = item(0, given, {}, type_name)
    marked = {"is_wrong": True} if each.get("is_wrong") else {}
    return {"item": shown, "answer": each["answer"], "why": each["why"]} | marked


def project(row: Mapping[str, Any], items: Mapping[int, Any]) -> dict[str, Any]:
    examples = [example(each, row["project__type"], items) for each in row["examples"]]
    return {
        "id": row["project_id"],
        "name": row["project__name"],
        "type": row["project__type"],
        "schema_version": row["number"],
        "config": row["config"],
        "guideline_html": to_html(row["guideline"]),
        "end_use": row["end_use"],
        "content_risks": row["content_risks"],
        "content_note": row["content_note"],
        "widget": registry.get(row["project__type"]).element,
        "examples": [each for each in examples if each],
    }
