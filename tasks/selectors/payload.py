"""TASK and PROJECT as the labeling page receives them: rows straight to dictionaries, two queries for any number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from labeling.markdown import to_html
from labeling.types import registry
from tasks.models import Assignment, ProjectVersion
from tasks.selectors.media import image_links
from tasks.states import AssignmentState

FIELDS = (
    "pk",
    "task_id",
    "project_id",
    "project__type",
    "schema_version",
    "state",
    "expires_at",
    "task__item_id",
    "task__item__data",
    "task__item__media",
    "draft__seq",
    "draft__value",
)


def tasks_of(assignment_ids: Sequence[int]) -> list[dict[str, Any]]:
    """TASK for each assignment, in the order asked for."""
    if not assignment_ids:
        return []
    rows = {row["pk"]: row for row in Assignment.objects.filter(pk__in=assignment_ids).values(*FIELDS)}
    return [task(rows[pk]) for pk in assignment_ids if pk in rows]


def task(row: Mapping[str, Any]) -> dict[str, Any]:
    open_draft = row["draft__seq"] is not None and row["state"] == AssignmentState.LEASED
    return {
        "assignment": row["pk"],
        "task": row["task_id"],
        "project": row["project_id"],
        "schema_version": row["schema_version"],
        "item": item(row["task__item_id"], row["task__item__data"], row["task__item__media"], row["project__type"]),
        "suggestion": None,
        "draft": {"seq": row["draft__seq"], "value": row["draft__value"]} if open_draft else None,
        "lease_expires_at": row["expires_at"],
    }


def item(pk: int, data: Mapping[str, Any], media: dict[str, Any], type_name: str) -> dict[str, Any]:
    """The text and the image by name, every other column of the upload under `data`.

    `html` holds the fields that the type shows formatted, by path; it is missing where there are none.
    """
    shown: dict[str, Any] = {"id": pk}
    if "text" in data:
        shown["text"] = data["text"]
    if image := image_links(media):
        shown["image"] = image
    shown["data"] = {name: value for name, value in data.items() if name != "text"}
    if html := registry.get(type_name).html(data):
        shown["html"] = html
    return shown


def projects_of(tasks: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """PROJECT by "<project>.<version>" for every version these tasks were given out under."""
    wanted: Collection[tuple[int, int]] = {(task["project"], task["schema_version"]) for task in tasks}
    if not wanted:
        return {}
    rows = ProjectVersion.objects.filter(
        project__in={project for project, _ in wanted}, number__in={number for _, number in wanted}
    ).values("project_id", "number", "config", "guideline", "end_use", "project__name", "project__type")
    return {
        f"{row['project_id']}.{row['number']}": project(row)
        for row in rows
        if (row["project_id"], row["number"]) in wanted
    }


def project(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["project_id"],
        "name": row["project__name"],
        "type": row["project__type"],
        "schema_version": row["number"],
        "config": row["config"],
        "guideline_html": to_html(row["guideline"]),
        "end_use": row["end_use"],
        "widget": f"gw-{row['project__type']}",
    }
